import type { Role } from "../shapes";
import { nameKeyOf } from "../name";
import type { Caller, ServiceCaller } from "./caller";

/** Everything that can be asked of Coffer. One row of the permission table each. */
export type Action =
  | "secrets.list"
  | "secrets.create"
  | "secrets.rotate"
  | "secrets.describe"
  | "secrets.activate"
  | "secrets.trash"
  | "secrets.restore"
  | "secrets.destroy"
  | "secrets.purge"
  | "secrets.resolve"
  | "services.list"
  | "services.create"
  | "services.update"
  | "services.delete"
  | "tokens.create"
  | "tokens.revoke"
  | "environments.list"
  | "environments.create"
  | "environments.update"
  | "environments.delete"
  | "users.list"
  | "users.create"
  | "users.update"
  | "users.delete"
  | "users.link"
  /** Everything that people do for themselves: their name, password and sessions. */
  | "account"
  | "setup.prepare"
  | "whoami";

/** What an action is done to. An action on a whole list has no name. */
export interface Target {
  environment?: { slug: string; protected: boolean } | undefined;
  name?: string | undefined;
  /** For `secrets.resolve`: whether a version other than the current one is asked for. */
  otherVersion?: boolean | undefined;
}

type Grant = "yes" | "unprotected" | "no";

const ADMIN_ONLY = { admin: "yes", editor: "no", viewer: "no", auditor: "no" } as const;
const EVERYONE = { admin: "yes", editor: "yes", viewer: "yes", auditor: "yes" } as const;
const WRITERS = { admin: "yes", editor: "unprotected", viewer: "no", auditor: "no" } as const;
const NO_ONE = { admin: "no", editor: "no", viewer: "no", auditor: "no" } as const;

/** What people may do, by role: DESIGN's permission table, row for row. No role ever resolves. */
const ROLES: Record<Action, Record<Role, Grant>> = {
  "secrets.list": EVERYONE,
  "secrets.create": WRITERS,
  "secrets.rotate": WRITERS,
  "secrets.describe": WRITERS,
  "secrets.activate": WRITERS,
  "secrets.trash": WRITERS,
  "secrets.restore": WRITERS,
  "secrets.destroy": ADMIN_ONLY,
  "secrets.purge": ADMIN_ONLY,
  "secrets.resolve": NO_ONE,
  "services.list": ADMIN_ONLY,
  "services.create": ADMIN_ONLY,
  "services.update": ADMIN_ONLY,
  "services.delete": ADMIN_ONLY,
  "tokens.create": ADMIN_ONLY,
  "tokens.revoke": ADMIN_ONLY,
  "environments.list": EVERYONE,
  "environments.create": ADMIN_ONLY,
  "environments.update": ADMIN_ONLY,
  "environments.delete": ADMIN_ONLY,
  "users.list": ADMIN_ONLY,
  "users.create": ADMIN_ONLY,
  "users.update": ADMIN_ONLY,
  "users.delete": ADMIN_ONLY,
  "users.link": ADMIN_ONLY,
  account: EVERYONE,
  "setup.prepare": NO_ONE,
  whoami: EVERYONE,
};

/**
 * Whether `caller` may do `action` to `target`. Pure: decided from its arguments alone, before anything is
 * looked up, so that what exists and what does not are refused alike.
 */
export function may(caller: Caller, action: Action, target: Target = {}): boolean {
  switch (caller.kind) {
    case "user": {
      const grant = ROLES[action][caller.role];
      return (
        grant === "yes" || (grant === "unprotected" && target.environment?.protected === false)
      );
    }
    case "service":
      return serviceMay(caller, action, target);
    case "operator":
      return action === "setup.prepare";
    case "nobody":
      return false;
  }
}

function serviceMay(caller: ServiceCaller, action: Action, target: Target): boolean {
  if (action === "whoami") return true;
  if (target.environment && target.environment.slug !== caller.environment.slug) return false;
  switch (action) {
    case "secrets.resolve":
      return someRule(caller, "resolve", target.name, target.otherVersion ?? false);
    case "secrets.list":
      return someRule(caller, "list", target.name, false);
    case "secrets.create":
    case "secrets.rotate":
      return !caller.environment.protected && someRule(caller, "write", target.name, false);
    default:
      return false;
  }
}

/** Without a name: whether any rule has the action at all. */
function someRule(
  caller: ServiceCaller,
  action: "resolve" | "list" | "write",
  name: string | undefined,
  otherVersion: boolean,
): boolean {
  const nameKey = name === undefined ? undefined : nameKeyOf(name);
  return caller.rules.some(
    (rule) =>
      rule.actions.has(action) &&
      (nameKey === undefined || rule.matches(nameKey)) &&
      (!otherVersion || rule.versions === "any"),
  );
}
