import type { SecretInfo } from "../../lib/shapes";
import { Section } from "../ui/page-header";
import { TrashButton } from "./secret-actions";

/** The end of a secret's page: what breaks things. */
export function DangerZone({ secret }: { secret: SecretInfo }) {
  return (
    <Section title="Danger">
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-danger-line px-4 py-3">
        <div className="min-w-0 flex-1 basis-72">
          <p className="font-strong">Move to the trash</p>
          <p className="text-muted">
            Configs that refer to it stop resolving (422). It can be restored with all its versions.
          </p>
        </div>
        <TrashButton secret={secret} />
      </div>
    </Section>
  );
}
