import type { SecretInfo } from "../../lib/shapes";
import { incidentsUrl, leakedUrl } from "../incidents/incident-url";
import { ButtonLink } from "../ui/button";
import { Danger, DangerRow } from "../ui/danger";
import type { Permissions } from "./permissions";
import { TrashButton } from "./secret-actions";

/** The end of a secret's page. */
export function DangerZone({ secret, can }: { secret: SecretInfo; can: Permissions }) {
  return (
    <Danger>
      {can.handleIncidents ? (
        <DangerRow
          title="Its value has leaked"
          about="Shows who read it, and leads through rotating, destroying old versions and ending tokens. Looking changes nothing."
          action={
            <>
              <ButtonLink href={incidentsUrl(secret.environment)} tone="quiet">
                Incidents
              </ButtonLink>
              <ButtonLink href={leakedUrl(secret.environment, secret.name)} tone="risky">
                Leaked?
              </ButtonLink>
            </>
          }
        />
      ) : null}
      <DangerRow
        title="Move to the trash"
        about="Configs that refer to it stop resolving (422). It can be restored with all its versions."
        action={<TrashButton secret={secret} />}
      />
    </Danger>
  );
}
