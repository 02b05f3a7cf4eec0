import type { SecretInfo } from "../../lib/shapes";
import { Danger, DangerRow } from "../ui/danger";
import { TrashButton } from "./secret-actions";

/** The end of a secret's page. */
export function DangerZone({ secret }: { secret: SecretInfo }) {
  return (
    <Danger>
      <DangerRow
        title="Move to the trash"
        about="Configs that refer to it stop resolving (422). It can be restored with all its versions."
        action={<TrashButton secret={secret} />}
      />
    </Danger>
  );
}
