"use client";

import type { ReactNode } from "react";
import { many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { useUses } from "./use-uses";

const SHOWN = 6;

interface WhoUsesProps {
  environment: string;
  name: string;
  /** Leads in to the list of services: "They get the new value with their next read:". */
  lead: ReactNode;
  /** What to say when no read is on record. */
  none: ReactNode;
}

/** Which services read a secret, and when each last did. */
export function WhoUses({ environment, name, lead, none }: WhoUsesProps) {
  const uses = useUses(environment, name);
  if (uses.state === "loading")
    return <p className="text-muted">Looking up which services use it…</p>;
  if (uses.state === "failed")
    return <p className="text-muted">Which services use it is not known: {uses.why}</p>;
  if (uses.uses.length === 0) return <p className="text-muted">{none}</p>;
  const more = uses.uses.length - SHOWN;
  return (
    <div>
      <p className="mb-1.5">{lead}</p>
      <ul aria-label="Services that use it" className="divide-y divide-line rounded-md border">
        {uses.uses.slice(0, SHOWN).map((use) => (
          <li
            key={use.service.id}
            className="flex items-baseline justify-between gap-3 px-3 py-1.5"
          >
            <span className="min-w-0 truncate font-strong">{use.service.name}</span>
            <span className="shrink-0 text-small text-muted">
              read <Ago at={use.lastUsedAt} />
            </span>
          </li>
        ))}
        {more > 0 ? (
          <li className="px-3 py-1.5 text-small text-muted">and {many(more, "more service")}</li>
        ) : null}
      </ul>
    </div>
  );
}
