import type { IncidentInfo } from "../../lib/shapes";
import { ButtonLink } from "../ui/button";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { incidentUrl } from "./incident-url";

/** On a secret's page while an incident is open, so that it is not lost. */
export function OpenIncidentNotice({ incident }: { incident: IncidentInfo | undefined }) {
  if (incident === undefined) return null;
  return (
    <div className="mb-4">
      <Notice
        tone="danger"
        title="An incident is open"
        actions={
          <ButtonLink href={incidentUrl(incident.environment, incident.id)}>
            Go on with it
          </ButtonLink>
        }
      >
        {incident.openedBy} opened it <Ago at={incident.openedAt} />: this secret&apos;s value may
        have leaked.
      </Notice>
    </div>
  );
}
