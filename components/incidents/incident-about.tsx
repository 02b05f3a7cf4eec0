import type { IncidentInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Facts } from "../ui/page-header";

/** What is known of an incident at a glance. */
export function IncidentAbout({ incident }: { incident: IncidentInfo }) {
  const { since, openedAt, openedBy, closedAt, closedBy } = incident;
  const facts = [
    { label: "May have leaked since", value: <Ago at={since} /> },
    { label: "Opened", value: <When at={openedAt} by={openedBy} /> },
  ];
  if (closedAt !== null) {
    facts.push({ label: "Closed", value: <When at={closedAt} by={closedBy ?? ""} /> });
  }
  return (
    <div className="rounded-md border px-4 py-3">
      <Facts facts={facts} />
    </div>
  );
}

function When({ at, by }: { at: string; by: string }) {
  return (
    <>
      <Ago at={at} /> <span className="text-muted">by {by}</span>
    </>
  );
}
