import Link from "next/link";
import type { AuditFinding, AuditVerification } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Notice } from "../ui/notice";
import { kindWords, wayTo } from "./verify-words";

/** Findings that are shown at first. The others unfold. */
const SHOWN = 5;

/** What is not as Coffer wrote it, each with the reason and the way there, and what to do now. */
export function Findings({
  verification: { findings, items },
}: {
  verification: AuditVerification;
}) {
  const more = items.slice(SHOWN);
  return (
    <div role="alert">
      <Notice tone="danger" title="Something other than Coffer wrote to the record">
        <p className="max-w-[80ch]">
          Stop Coffer, keep the database file as it is, and compare it with a backup, which has the
          events, too. Find out who can write to the database. What a changed event says, also its
          time, may be false.
        </p>
        <List items={items.slice(0, SHOWN)} />
        {more.length > 0 ? (
          <details className="mt-2">
            <summary className="cursor-pointer">Show {count(more.length)} more</summary>
            <List items={more} />
          </details>
        ) : null}
        {findings > items.length ? (
          <p className="mt-2 text-muted">
            And {count(findings - items.length)} more, which are counted and not listed.
          </p>
        ) : null}
      </Notice>
    </div>
  );
}

function List({ items }: { items: readonly AuditFinding[] }) {
  return (
    <ul className="mt-2 flex flex-col gap-2">
      {items.map((item) => (
        <Finding key={`${item.kind} ${item.journal} ${String(item.seq)}`} item={item} />
      ))}
    </ul>
  );
}

function Finding({ item }: { item: AuditFinding }) {
  const way = wayTo(item);
  return (
    <li>
      <p>
        <span className="font-strong">{kindWords(item)}</span>{" "}
        <span className="text-muted">
          of journal <span className="mono [overflow-wrap:anywhere]">{item.journal}</span>
        </span>
      </p>
      <p>
        {item.message}{" "}
        {way ? (
          <Link
            href={way.href}
            prefetch={false}
            className="whitespace-nowrap underline underline-offset-2"
          >
            {way.label}
          </Link>
        ) : null}
      </p>
    </li>
  );
}
