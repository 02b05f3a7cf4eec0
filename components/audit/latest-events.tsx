"use client";

import type { Latest } from "../../app/record";
import { ButtonLink } from "../ui/button";
import { Section } from "../ui/page-header";
import { auditUrl, type AuditFilters } from "./audit-url";
import { EventLine } from "./event-list";
import { isLook } from "./event-words";
import { keyOf } from "./use-events";

const SHOWN = 5;

interface LatestEventsProps {
  /** The newest, as many as LATEST_LIMIT. */
  latest: Latest;
  /** What or whom they are of, for the way to all of them. */
  filters: Partial<AuditFilters>;
}

/** The last events of a thing or a person that are more than a look at it, and the way to the record. */
export function LatestEvents({ latest: { events, trouble }, filters }: LatestEventsProps) {
  const shown = events?.filter((event) => !isLook(event)).slice(0, SHOWN) ?? [];
  return (
    <Section
      title="On the record"
      about="The last events in the audit record, without those where somebody only looked."
      actions={
        <ButtonLink href={auditUrl({ ...filters, range: "all" })}>
          All in the audit record
        </ButtonLink>
      }
    >
      {shown.length === 0 ? (
        <p className="rounded-md border px-3 py-3 text-muted">
          {events ? "Nothing else is among the last events on record." : trouble}
        </p>
      ) : (
        <ol aria-label="Latest events" className="divide-y divide-line rounded-md border">
          {shown.map((event) => (
            <li
              key={keyOf(event)}
              className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5 min-[640px]:py-1"
            >
              <EventLine event={event} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
