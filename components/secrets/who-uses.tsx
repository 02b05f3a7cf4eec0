"use client";

import type { ReactNode } from "react";
import type { UseInfo } from "../../lib/shapes";
import { many } from "../ui/amount";
import { Ago } from "../ui/clock";
import { useUses } from "./use-uses";

const SHOWN = 6;

interface WhoUsesProps {
  environment: string;
  name: string;
  /** Leads in to the list of services: "They get the new value with their next read:". */
  lead: ReactNode;
  /** Leads in to those that may ask for a version by number, where that makes a difference. */
  pinLead?: ReactNode;
  /** What to say when no read is on record. */
  none: ReactNode;
}

/** Which services read a secret, and when each last did. One that was deleted reads nothing any more. */
export function WhoUses({ environment, name, lead, pinLead, none }: WhoUsesProps) {
  const uses = useUses(environment, name);
  if (uses.state === "loading")
    return <p className="text-muted">Looking up which services use it…</p>;
  if (uses.state === "failed")
    return <p className="text-muted">Which services use it is not known: {uses.why}</p>;
  const live = uses.uses.filter(({ service }) => !service.deleted);
  if (live.length === 0 && uses.uses.length > 0)
    return <p className="text-muted">Only services that are deleted by now have read it.</p>;
  if (live.length === 0) return <p className="text-muted">{none}</p>;
  const pinning = pinLead === undefined ? [] : live.filter(({ mayPin }) => mayPin);
  const others = live.filter((use) => !pinning.includes(use));
  return (
    <>
      <Services label="Services that use it" lead={lead} uses={others} />
      <Services label="Services that may ask for a version" lead={pinLead} uses={pinning} />
    </>
  );
}

interface ServicesProps {
  label: string;
  lead: ReactNode;
  uses: readonly UseInfo[];
}

function Services({ label, lead, uses }: ServicesProps) {
  if (uses.length === 0) return null;
  const more = uses.length - SHOWN;
  return (
    <div>
      <p className="mb-1.5">{lead}</p>
      <ul aria-label={label} className="divide-y divide-line rounded-md border">
        {uses.slice(0, SHOWN).map((use) => (
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
