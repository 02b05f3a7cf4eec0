import { OPERATOR, type Caller, type ServiceCaller, type UserCaller } from "../lib/access/caller";
import { may, mustConfirm, type Action, type Target } from "../lib/access/may";
import { compileRules } from "../lib/access/rules";
import type { Role, Rule } from "../lib/shapes";

/** Every action of the policy, in words. One that is missing here does not compile. */
const ACTIONS: Record<Action, string> = {
  "secrets.list": "See secrets, their versions and where they are used, never values",
  "secrets.create": "Create a secret",
  "secrets.rotate": "Rotate a secret",
  "secrets.describe": "Describe, tag, set when it expires",
  "secrets.activate": "Make an older version the current one",
  "secrets.trash": "Move to the trash",
  "secrets.restore": "Restore from the trash",
  "secrets.destroy": "Destroy a version",
  "secrets.purge": "Purge a secret",
  "secrets.import": "Import secrets",
  "secrets.export": "Export what is known of secrets, never values",
  "secrets.resolve": "Resolve and render",
  "secrets.watch": "Watch for changes of what one may resolve",
  "secrets.check": "Check what would resolve: people for a service that they choose",
  "incidents.read": "See incidents and their stories",
  "incidents.look": "See who read a secret, when and from where",
  "incidents.handle": "Open, handle and close an incident",
  "services.list": "See services and their tokens' hints",
  "services.create": "Make a service",
  "services.update": "Rename, describe, disable a service",
  "services.grant": "Change what a service may do, from where; enable it",
  "services.delete": "Delete a service",
  "services.release": "Decide about services that are held, as after a restore",
  "tokens.create": "Make a token",
  "tokens.revoke": "Revoke a token",
  "environments.list": "See environments",
  "environments.create": "Create an environment",
  "environments.update": "Rename or protect an environment",
  "environments.unprotect": "Take the protection off an environment",
  "environments.delete": "Delete an empty environment",
  "users.list": "See people",
  "users.create": "Invite somebody",
  "users.update": "Change a role, disable, enable",
  "users.delete": "Remove somebody",
  "users.link": "Make a link to join or to reset a password",
  "users.two_step": "Take somebody's second factor away",
  "users.password": "Set somebody's password",
  account: "Change one's own name and password, end one's own sessions",
  "account.secure": "Set up one's own second factor, or take it away",
  "policy.read": "See whether a second factor is required",
  "policy.update": "Require a second factor of everybody",
  "integrity.check": "Find rows that something other than Coffer has written",
  "audit.sinks": "See where the audit record goes, and whether it arrives",
  "audit.verify": "Ask whether the audit record is as Coffer wrote it",
  "audit.checkpoint": "Take along, signed, where the audit record stands",
  "setup.prepare": "Make the first admin",
  "audit.read": "Search and export the audit record",
  "keys.read": "See which keys there are, and who uses them",
  "keys.rotate": "Make a new data key",
  "keys.check": "Open every value once, to find those that don't",
  "keys.end": "End an old master key",
  "keys.reset": "Give up every value of a vault whose master key is lost",
  "audit.prune": "Prune the audit record (Coffer itself, daily)",
  "sessions.prune": "Delete sessions that ended 30 days ago (Coffer itself, daily)",
  "trash.sweep": "Purge what the trash has kept for its time (Coffer itself, daily)",
  "backup.create": "Back the vault up",
  "backup.read": "See when the vault was last backed up",
  "backup.restore": "Restore it, into an empty database",
  "vault.move": "Move the vault to another database",
  whoami: "See who one is",
};

const ROLES: readonly Role[] = ["admin", "editor", "viewer", "auditor"];
const RULE_ACTIONS: readonly Rule["actions"][number][] = [
  ...(["resolve", "list", "write", "check", "metrics"] as const),
];
const origin = { address: "", userAgent: "", requestId: "" };
const OPEN = { slug: "e", protected: false };
const PROTECTED = { slug: "e", protected: true };

/** The permission table in Markdown: who may do what, as `may` answers. */
export function permissionTable(): string {
  const heads = ["", ...ROLES, "service", "operator ²"];
  const rows = (Object.keys(ACTIONS) as Action[]).map((action) => [
    ACTIONS[action],
    ...ROLES.map((role) => cellOfPerson(role, action)),
    cellOfService(action),
    may(OPERATOR, action) ? "yes" : "no",
  ]);
  return [heads, heads.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function cellOfPerson(role: Role, action: Action): string {
  const caller: UserCaller = {
    ...{ kind: "user", id: "u", email: "", name: "", role, sessionId: "", origin },
    ...{ isConfirmed: false, owesTwoStep: false },
  };
  const yes = inWords(caller, action, { name: "A" }, "yes");
  return yes !== "no" && mustConfirm(caller, action) ? `${yes} ¹` : yes;
}

function cellOfService(action: Action): string {
  if (may(service([]), action)) return "yes";
  const granting = RULE_ACTIONS.filter((rule) => may(service([rule]), action, { name: "A" }));
  const [first] = granting;
  if (first === undefined) return "no";
  const isNamed = !may(service([first]), action, { name: "B" });
  const what = `\`${first}\`${isNamed ? ", its names" : ""}`;
  const plain = inWords(service([first]), action, { name: "A" }, what);
  const allowed = inWords(service([first], true), action, { name: "A" }, what);
  return plain === allowed ? plain : `${allowed}; where protected only if its rule says so`;
}

/** `yes`, or in which environments it is, or `no`. */
function inWords(caller: Caller, action: Action, target: Target, yes: string): string {
  const place = (environment: typeof OPEN): Caller =>
    caller.kind === "service"
      ? { ...caller, environment: { ...caller.environment, ...environment } }
      : caller;
  const inOpen = may(place(OPEN), action, { ...target, environment: OPEN });
  const inProtected = may(place(PROTECTED), action, { ...target, environment: PROTECTED });
  if (inOpen) return inProtected ? yes : `${yes}, not where protected`;
  return "no";
}

function service(actions: Rule["actions"], protectedWrite = false): ServiceCaller {
  const rules: Rule[] = [{ actions, names: ["A"], env: [], versions: "current", protectedWrite }];
  return {
    ...{ kind: "service", id: "s", name: "", tokenId: "t", origin },
    environment: { id: "e", ...OPEN },
    ...{ rules: compileRules(rules), rulesText: JSON.stringify(rules), demands: [] },
  };
}
