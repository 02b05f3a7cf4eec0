import type { RecordEvent } from "../../lib/shapes";
import { count, many } from "../ui/amount";

/** What was done, and what was tried, with `*` for what it was done to. */
const WORDS: Record<string, [done: string, tried: string]> = {
  "secrets.resolve": ["resolved *", "resolve *"],
  resolve: ["resolved *", "resolve *"],
  "secrets.render": ["rendered *", "render *"],
  "secrets.watch": ["watched *", "watch *"],
  "secrets.check": ["checked what would resolve *", "check what would resolve *"],
  "secrets.list": ["looked at secrets *", "look at secrets *"],
  "secrets.create": ["created *", "create *"],
  "secrets.rotate": ["rotated *", "rotate *"],
  "secrets.describe": ["described *", "describe *"],
  "secrets.activate": ["made current *", "make another version current of *"],
  "secrets.trash": ["moved to the trash *", "move to the trash *"],
  "secrets.restore": ["restored *", "restore *"],
  "secrets.destroy": ["destroyed *", "destroy a version of *"],
  "secrets.purge": ["purged *", "purge *"],
  "secrets.import": ["imported *", "import secrets *"],
  "secrets.export": ["exported what is known of secrets", "export what is known of secrets"],
  "services.list": ["looked at services *", "look at services *"],
  "services.create": ["made the service *", "make the service *"],
  "services.update": ["changed the service *", "change the service *"],
  "services.hold": ["switched off the service *", "switch off the service *"],
  "services.delete": ["deleted the service *", "delete the service *"],
  "services.release": ["decided about the held service *", "decide about the held service *"],
  "tokens.create": ["made a token for *", "make a token for *"],
  "tokens.revoke": ["revoked a token of *", "revoke a token of *"],
  "tokens.use": ["showed a token", "use a token"],
  "environments.list": ["looked at environments", "look at environments"],
  "environments.create": ["created the environment *", "create the environment *"],
  "environments.update": ["changed the environment *", "change the environment *"],
  "environments.delete": ["deleted the environment *", "delete the environment *"],
  "users.list": ["looked at people", "look at people"],
  "users.create": ["invited *", "invite *"],
  "users.update": ["changed *", "change *"],
  "users.delete": ["removed *", "remove *"],
  "users.link": ["made a link for *", "make a link for *"],
  "users.password": ["set the password of *", "set the password of *"],
  "users.two_step": ["took the second factor away from *", "take the second factor away from *"],
  "links.accept": ["used a link", "use a link"],
  sign_in: ["signed in", "sign in *"],
  sign_out: ["signed out", "sign out"],
  "sessions.use": ["used a session", "use a session"],
  "sessions.list": ["looked at their sessions", "look at their sessions"],
  "sessions.end": ["ended a session", "end a session"],
  "sessions.prune": ["deleted sessions that ended long ago", "delete sessions that ended long ago"],
  "sessions.end_others": ["ended their other sessions", "end their other sessions"],
  "account.read": ["looked at their account", "look at their account"],
  "account.update": ["changed their name", "change their name"],
  "account.password": ["changed their password", "change their password"],
  "account.confirm": ["showed that it is them", "show that it is them"],
  "two_step.begin": ["began to set up a second factor", "set up a second factor"],
  "two_step.enable": ["turned their second factor on", "turn their second factor on"],
  "two_step.disable": ["turned their second factor off", "turn their second factor off"],
  "two_step.recovery_codes": ["made new recovery codes", "make new recovery codes"],
  "policy.read": ["looked at the policy", "look at the policy"],
  "policy.update": ["changed the policy", "change the policy"],
  "integrity.check": ["checked the database's integrity", "check the database's integrity"],
  "incidents.list": ["looked at incidents *", "look at incidents *"],
  "incidents.read": ["read an incident of *", "read an incident of *"],
  "incidents.handle": ["looked after a leak", "look after a leak"],
  "incidents.look": ["looked who read *", "look who read *"],
  "incidents.open": ["opened an incident for *", "open an incident for *"],
  "incidents.write": ["wrote an entry about *", "write an entry about *"],
  "incidents.close": ["closed the incident of *", "close the incident of *"],
  "keys.read": ["looked at the keys", "look at the keys"],
  "keys.rotate": ["made a new data key", "make a new data key"],
  "keys.rekey": ["changed the master key", "change the master key"],
  "keys.reseal": ["sealed the values anew", "seal the values anew"],
  "keys.check": ["checked that every value opens", "check that every value opens"],
  "keys.end": ["ended a master key", "end a master key"],
  "keys.reset": ["reset the keys, with every value lost", "reset the keys"],
  "backup.create": ["backed the vault up", "back the vault up"],
  "backup.read": ["looked at backups", "look at backups"],
  "backup.restore": ["restored the vault", "restore the vault"],
  "vault.move": ["moved the vault", "move the vault"],
  "audit.read": ["looked at the audit record", "look at the audit record"],
  "audit.search": ["searched the audit record", "search the audit record"],
  "audit.sinks": ["looked at where the record is sent", "look at where the record is sent"],
  "audit.export": ["exported the audit record", "export the audit record"],
  "audit.verify": ["verified the audit record", "verify the audit record"],
  "audit.checkpoint": ["made a checkpoint", "make a checkpoint"],
  "audit.continue": ["went on in a new journal", "go on in a new journal"],
  "audit.prune": ["pruned the audit record up to *", "prune the audit record"],
  "trash.sweep": ["swept the trash", "sweep the trash"],
  "setup.prepare": ["made the setup link", "make the setup link"],
  setup: ["set Coffer up", "set Coffer up"],
  start: ["started Coffer *", "start Coffer *"],
  stop: ["stopped Coffer *", "stop Coffer *"],
  ready: ["found that the record can be written again", "write the record"],
  whoami: ["asked who they are", "ask who they are"],
  unknown_route: ["asked for an address that there is not", "reach an address that there is not"],
};

/** What was done where the remark says more than the action. */
const REMARKS: Record<string, string> = {
  "secrets.watch started": "began to watch *",
  "secrets.watch changed": "heard of a change of *",
  "secrets.watch ended": "stopped watching *",
  "keys.reset lost": "gave up the lost values of *",
  "audit.verify started": "began to verify the audit record",
  "audit.verify progress": "looked at the verification of the audit record",
  "audit.verify intact": "verified the audit record, which is as Coffer wrote it",
  "audit.verify tampered": "verified the audit record, which is not as Coffer wrote it",
  "audit.verify stopped": "ended the verification of the audit record",
};

/** Whether somebody only looked at a page or list, and got what they asked for. */
export function isLook({ action, outcome }: RecordEvent): boolean {
  return outcome === "ok" && /\.(list|read|search|sinks)$/.test(action);
}

/** Every action that has words of its own, for a list to choose from. */
export const ACTIONS: readonly string[] = Object.keys(WORDS).sort();

/** What an event says after who it was: "resolved OPENAI_API_KEY v4 and 2 more". */
export function eventWords(event: RecordEvent): string {
  const { action, outcome, code } = event;
  const [does, tried] = WORDS[action] ?? [`${action} *`, `${action} *`];
  const done = REMARKS[`${action} ${code}`] ?? does;
  const what = objectOf(event);
  // By a function, and once: a name that was chosen by somebody may hold $& or * itself.
  const put = (words: string) => words.replace(" *", () => (what === "" ? "" : ` ${what}`));
  const times = event.repeats === null ? "" : `, ${many(event.repeats, "more time")}`;
  if (outcome === "denied") return `was refused to ${put(tried)} (${code})${times}`;
  if (outcome !== "ok") return `failed to ${put(tried)} (${code})`;
  return `${put(done)}${code === "unchanged" ? ", unchanged" : ""}`;
}

/** What it was done to: the first name with its version, and how many more; else the target. */
function objectOf({ action, names, moreNames = 0, target }: RecordEvent): string {
  if (action === "secrets.check" && target !== "") return `for ${target}`;
  const [first, ...more] = names;
  if (!first) return action.startsWith("audit.") ? "" : target;
  const version = first.version > 0 ? ` v${String(first.version)}` : "";
  const others = more.length + moreNames;
  return `${first.name}${version}${others > 0 ? ` and ${count(others)} more` : ""}`;
}

/** Who it was, in words. */
export function actorWords({ actor }: RecordEvent): string {
  if (actor.kind === "nobody") return "Somebody without credentials";
  return actor.kind === "operator" ? "Coffer or its operator" : actor.name;
}
