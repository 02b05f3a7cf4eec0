import type { Role } from "../shapes";
import { nameKeyOf } from "../name";
import type { Caller, ServiceCaller } from "./caller";
import type { CompiledRule } from "./rules";

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
  | "secrets.import"
  /** All that is known of every secret of an environment, in one file; no values. */
  | "secrets.export"
  | "secrets.resolve"
  /** Hearing that the version of a secret has changed: for who may have the value. */
  | "secrets.watch"
  /** Saying what would resolve: a service for itself, people for a service that they choose. */
  | "secrets.check"
  /** Seeing incidents and their stories. */
  | "incidents.read"
  /** Seeing who read a secret, when and from where. */
  | "incidents.look"
  /** Opening and closing an incident, writing its entries, and what is done under it. */
  | "incidents.handle"
  | "services.list"
  | "services.create"
  | "services.update"
  /** Changing what a service may do, from where, or enabling it. */
  | "services.grant"
  | "services.delete"
  /** Deciding about services that are held: which go on, and which stay off. */
  | "services.release"
  | "tokens.create"
  | "tokens.revoke"
  | "environments.list"
  | "environments.create"
  | "environments.update"
  /** Letting others than admins write in an environment. */
  | "environments.unprotect"
  | "environments.delete"
  | "users.list"
  | "users.create"
  | "users.update"
  | "users.delete"
  | "users.link"
  | "users.two_step"
  /** Setting somebody's password, at the terminal. */
  | "users.password"
  /** Everything that people do for themselves: their name, password and sessions. */
  | "account"
  /** Setting up and taking away one's own second factor. */
  | "account.secure"
  | "policy.read"
  | "policy.update"
  /** Asking which rows of the database are not as Coffer wrote them. */
  | "integrity.check"
  /** Searching and exporting the audit record. */
  | "audit.read"
  /** Seeing where the audit record goes as it is written, and whether it arrives. */
  | "audit.sinks"
  /** Asking whether the audit record is as Coffer wrote it. */
  | "audit.verify"
  /** Taking along, signed, where the audit record stands. */
  | "audit.checkpoint"
  /** Pruning what the audit record has kept for as long as it is to. */
  | "audit.prune"
  /** Seeing which keys there are. */
  | "keys.read"
  /** Making a new data key. */
  | "keys.rotate"
  /** Opening every value once, to say which don't. */
  | "keys.check"
  /** Having an old master key open the vault no more. */
  | "keys.end"
  /** Giving up every value of a vault whose master key is lost. */
  | "keys.reset"
  /** Purging what the trash has kept for its time. */
  | "trash.sweep"
  /** Deleting what is kept of sessions that ended long ago. */
  | "sessions.prune"
  | "setup.prepare"
  /** Taking the whole vault away, sealed, in one file. */
  | "backup.create"
  /** Seeing when the vault was last backed up. */
  | "backup.read"
  /** Making a vault of such a file. */
  | "backup.restore"
  /** Moving the vault to another database. */
  | "vault.move"
  | "whoami";

/** What an action is done to. An action on a whole list has no name. */
export interface Target {
  environment?: { slug: string; protected: boolean } | undefined;
  name?: string | undefined;
  /** For `secrets.resolve`, `secrets.watch` and `secrets.check`: whether a version other than the current one is asked for. */
  otherVersion?: boolean | undefined;
  /** For the same, in place of a name: a variable of the server's environment. */
  variable?: string | undefined;
}

type Grant = "yes" | "unprotected" | "no";

const ADMIN_ONLY = { admin: "yes", editor: "no", viewer: "no", auditor: "no" } as const;
const AUDITORS = { admin: "yes", editor: "no", viewer: "no", auditor: "yes" } as const;
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
  "secrets.import": ADMIN_ONLY,
  "secrets.export": ADMIN_ONLY,
  "secrets.resolve": NO_ONE,
  "secrets.watch": NO_ONE,
  "secrets.check": { admin: "yes", editor: "yes", viewer: "no", auditor: "no" },
  "incidents.read": ADMIN_ONLY,
  "incidents.look": ADMIN_ONLY,
  "incidents.handle": ADMIN_ONLY,
  "services.list": ADMIN_ONLY,
  "services.create": ADMIN_ONLY,
  "services.update": ADMIN_ONLY,
  "services.grant": ADMIN_ONLY,
  "services.delete": ADMIN_ONLY,
  "services.release": ADMIN_ONLY,
  "tokens.create": ADMIN_ONLY,
  "tokens.revoke": ADMIN_ONLY,
  "environments.list": EVERYONE,
  "environments.create": ADMIN_ONLY,
  "environments.update": ADMIN_ONLY,
  "environments.unprotect": ADMIN_ONLY,
  "environments.delete": ADMIN_ONLY,
  "users.list": ADMIN_ONLY,
  "users.create": ADMIN_ONLY,
  "users.update": ADMIN_ONLY,
  "users.delete": ADMIN_ONLY,
  "users.link": ADMIN_ONLY,
  "users.two_step": ADMIN_ONLY,
  "users.password": NO_ONE,
  account: EVERYONE,
  "account.secure": EVERYONE,
  "policy.read": ADMIN_ONLY,
  "policy.update": ADMIN_ONLY,
  "integrity.check": ADMIN_ONLY,
  "audit.read": AUDITORS,
  "audit.sinks": AUDITORS,
  "audit.verify": AUDITORS,
  "audit.checkpoint": AUDITORS,
  "audit.prune": NO_ONE,
  "keys.read": ADMIN_ONLY,
  "keys.rotate": ADMIN_ONLY,
  "keys.check": ADMIN_ONLY,
  "keys.end": ADMIN_ONLY,
  "keys.reset": NO_ONE,
  "trash.sweep": NO_ONE,
  "sessions.prune": NO_ONE,
  "setup.prepare": NO_ONE,
  "backup.create": ADMIN_ONLY,
  "backup.read": ADMIN_ONLY,
  "backup.restore": NO_ONE,
  "vault.move": NO_ONE,
  whoami: EVERYONE,
};

/**
 * What gives somebody rights or takes protection away, or stops services at once: it wants the password or a code
 * again after a while.
 */
const SENSITIVE: ReadonlySet<Action> = new Set<Action>([
  "incidents.look",
  "incidents.handle",
  "services.grant",
  "services.release",
  "tokens.create",
  "environments.unprotect",
  "users.create",
  "users.update",
  "users.delete",
  "users.link",
  "users.two_step",
  "account.secure",
  "policy.update",
  "keys.rotate",
  "keys.end",
  "backup.create",
]);

/**
 * What the operator at the terminal may do. Who has the key and the database can reach all of it anyway; this way it
 * is on record. No value is among it.
 */
const OPERATOR_MAY: ReadonlySet<Action> = new Set<Action>([
  "setup.prepare",
  "secrets.import",
  /** To say where an import goes. */
  "environments.list",
  "trash.sweep",
  "sessions.prune",
  "audit.read",
  "audit.verify",
  "audit.checkpoint",
  "audit.prune",
  "users.create",
  "users.password",
  "keys.read",
  "keys.rotate",
  "keys.check",
  "keys.end",
  "keys.reset",
  "backup.create",
  "backup.restore",
  "vault.move",
]);

/** What somebody may do who must set up a second factor first. */
const BEFORE_TWO_STEP: ReadonlySet<Action> = new Set<Action>([
  "account",
  "account.secure",
  "whoami",
]);

/** Whether `caller` has to show again that it is them before `action`. */
export function mustConfirm(caller: Caller, action: Action): boolean {
  return caller.kind === "user" && !caller.isConfirmed && SENSITIVE.has(action);
}

/**
 * Whether `caller` may do `action` to `target`. Pure: decided from its arguments alone, before anything is
 * looked up, so that what exists and what does not are refused alike.
 */
export function may(caller: Caller, action: Action, target: Target = {}): boolean {
  switch (caller.kind) {
    case "user": {
      if (caller.owesTwoStep && !BEFORE_TWO_STEP.has(action)) return false;
      const grant = ROLES[action][caller.role];
      return (
        grant === "yes" || (grant === "unprotected" && target.environment?.protected === false)
      );
    }
    case "service":
      return serviceMay(caller, action, target);
    case "operator":
      return OPERATOR_MAY.has(action);
    case "nobody":
      return false;
  }
}

function serviceMay(caller: ServiceCaller, action: Action, target: Target): boolean {
  if (action === "whoami") return true;
  if (target.environment && target.environment.slug !== caller.environment.slug) return false;
  const { name, variable } = target;
  switch (action) {
    case "secrets.resolve":
    case "secrets.watch":
    case "secrets.check": {
      const reads = action === "secrets.check" ? "check" : "resolve";
      if (variable !== undefined) {
        return caller.rules.some(({ actions, env }) => actions.has(reads) && env.has(variable));
      }
      return someRule(
        caller,
        reads,
        name,
        ({ versions }) => versions === "any" || target.otherVersion !== true,
      );
    }
    case "secrets.list":
      return someRule(caller, "list", name);
    case "secrets.create":
    case "secrets.rotate":
      return someRule(
        caller,
        "write",
        name,
        ({ protectedWrite }) => protectedWrite || !caller.environment.protected,
      );
    default:
      return false;
  }
}

/**
 * Whether one rule has the action, covers the name, and is `enough`: rules are never added up. Without a name:
 * whether any rule has the action at all.
 */
function someRule(
  caller: ServiceCaller,
  action: "resolve" | "check" | "list" | "write",
  name: string | undefined,
  enough: (rule: CompiledRule) => boolean = () => true,
): boolean {
  const nameKey = name === undefined ? undefined : nameKeyOf(name);
  return caller.rules.some(
    (rule) =>
      rule.actions.has(action) && (nameKey === undefined || rule.matches(nameKey)) && enough(rule),
  );
}
