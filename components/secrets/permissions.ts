import type { UserCaller } from "../../lib/access/caller";
import { may } from "../../lib/access/may";
import type { EnvironmentInfo } from "../../lib/shapes";

/** What the reader may do to an environment's secrets: what a page offers. The vault decides again. */
export interface Permissions {
  create: boolean;
  rotate: boolean;
  describe: boolean;
  activate: boolean;
  trash: boolean;
  restore: boolean;
  destroy: boolean;
  purge: boolean;
  handleIncidents: boolean;
  import: boolean;
  export: boolean;
}

export function permissionsOf(caller: UserCaller, environment: EnvironmentInfo): Permissions {
  const target = { environment };
  return {
    create: may(caller, "secrets.create", target),
    rotate: may(caller, "secrets.rotate", target),
    describe: may(caller, "secrets.describe", target),
    activate: may(caller, "secrets.activate", target),
    trash: may(caller, "secrets.trash", target),
    restore: may(caller, "secrets.restore", target),
    destroy: may(caller, "secrets.destroy", target),
    purge: may(caller, "secrets.purge", target),
    handleIncidents: may(caller, "incidents.handle", target),
    import: may(caller, "secrets.import", target),
    export: may(caller, "secrets.export", target),
  };
}
