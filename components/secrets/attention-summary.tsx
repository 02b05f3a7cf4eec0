import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { AttentionCounts } from "../../lib/shapes";
import { count } from "../ui/amount";
import { ATTENTION_WORDS } from "./attention-words";
import { listUrl } from "./list-url";

const ORDER = ["lost", "expired", "overdue", "expiring", "due"] as const;

interface AttentionSummaryProps {
  environment: string;
  counts: AttentionCounts;
}

/** What asks for attention in the whole environment: "1 expired · 3 due for rotation soon". Nothing if nothing does. */
export function AttentionSummary({ environment, counts }: AttentionSummaryProps) {
  const asking = ORDER.filter((attention) => counts[attention] > 0);
  if (asking.length === 0) return null;
  return (
    <nav aria-label="What needs attention" className="mb-3 flex items-start gap-2">
      <TriangleAlert
        aria-hidden
        size={16}
        className={`mt-0.5 shrink-0 ${counts.lost + counts.expired > 0 ? "text-danger-text" : "text-soon-text"}`}
      />
      <ul className="flex flex-wrap gap-x-2">
        {asking.map((attention, at) => (
          <li key={attention} className="flex gap-x-2">
            <Link
              href={listUrl(environment, { attention })}
              prefetch={false}
              className="underline decoration-line-strong underline-offset-2 hover:decoration-current"
            >
              {count(counts[attention])} {ATTENTION_WORDS[attention].counted}
            </Link>
            {at < asking.length - 1 ? (
              <span aria-hidden className="text-muted">
                ·
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </nav>
  );
}
