import Link from "next/link";
import type { IncidentInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Empty } from "../ui/page-header";
import { IncidentState } from "./incident-state";
import { incidentUrl } from "./incident-url";

/** Incidents, newest first. */
export function IncidentList({ incidents }: { incidents: readonly IncidentInfo[] }) {
  if (incidents.length === 0) {
    return (
      <Empty title="No incidents">
        When a value has leaked, open the secret and choose “Leaked?”: it shows who read it and
        leads through what to do.
      </Empty>
    );
  }
  return (
    <ul aria-label="Incidents" className="divide-y divide-line rounded-md border">
      {incidents.map((incident) => (
        <li
          key={incident.id}
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2"
        >
          <span className="flex min-w-0 items-center gap-3">
            <Link
              href={incidentUrl(incident.environment, incident.id)}
              prefetch={false}
              className="mono break-all hover:underline"
            >
              {incident.secret}
            </Link>
            <IncidentState incident={incident} />
          </span>
          <span className="text-small text-muted">
            opened <Ago at={incident.openedAt} /> by {incident.openedBy}
            {incident.closedAt ? (
              <>
                , closed <Ago at={incident.closedAt} />
              </>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
