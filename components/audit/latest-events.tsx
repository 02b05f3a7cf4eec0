"use client";

import type { RecordEvent } from "../../lib/shapes";
import { ButtonLink } from "../ui/button";
import { Section } from "../ui/page-header";
import { auditUrl, type AuditFilters } from "./audit-url";
import { EventLine } from "./event-list";
import { keyOf } from "./use-events";

interface LatestEventsProps {
  events: readonly RecordEvent[];
  /** What they are of, for the way to all of them. */
  filters: Partial<AuditFilters>;
}

/** The last events of a thing, and the way to the record. */
export function LatestEvents({ events, filters }: LatestEventsProps) {
  return (
    <Section
      title="On the record"
      about="The last events, as they are in the audit record."
      actions={
        <ButtonLink href={auditUrl({ ...filters, range: "all" })}>
          All in the audit record
        </ButtonLink>
      }
    >
      {events.length === 0 ? (
        <p className="rounded-md border px-3 py-3 text-muted">Nothing is on record yet.</p>
      ) : (
        <ol aria-label="Latest events" className="divide-y divide-line rounded-md border">
          {events.map((event) => (
            <li
              key={keyOf(event)}
              className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5"
            >
              <EventLine event={event} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
