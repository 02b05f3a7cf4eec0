/**
 * What the vault answers: metadata only. No type in this file has room for a secret's value. Times are
 * ISO 8601 in UTC. The same shapes go over HTTP (DESIGN: "a secret, everywhere") and to console pages.
 */

export type Role = "admin" | "editor" | "viewer" | "auditor";

export type SecretState = "active" | "trashed" | "unreadable";

export interface SecretInfo {
  name: string;
  environment: string;
  description: string;
  tags: string[];
  /** Number of the current version. */
  version: number;
  createdAt: string;
  createdBy: string;
  rotatedAt: string;
  rotatedBy: string;
  /** When a service last resolved it; null when no read is on record. */
  lastUsedAt: string | null;
  expiresAt: string | null;
  rotateEveryDays: number | null;
  /** When `rotateEveryDays` from the making of the current version are over. */
  rotateDueAt: string | null;
  /** Until when the trash keeps it; null while it is not there. */
  purgeAt: string | null;
  state: SecretState;
  /** Why its state is `unreadable`: lost with the key, until it is rotated; or its row was changed by something else. */
  unreadable: "lost" | "tampered" | null;
}

/** One entry of what is to be imported: everything about it but its value. */
export interface ImportEntry {
  /** Its number in the source, from 0: it is chosen by it. */
  entry: number;
  name: string;
  /** Where it stands: `line 3`, `row 12`. */
  place: string;
  description: string;
  /** Bytes of its value; null where there is none to take. */
  bytes: number | null;
  /**
   * `add`: nothing has the name. `exists`, `trashed`: a secret has it. `left_out`: deleted or empty where it comes
   * from. `invalid`: can't be taken. After an import also `added` and `rotated`. Nothing says whether a value is the
   * one that is stored.
   */
  state: "add" | "exists" | "trashed" | "left_out" | "invalid" | "added" | "rotated";
  /** Version of the secret that exists, as of now; null where there is none. */
  version: number | null;
  /** Why it is left out or invalid. */
  reason: string | null;
  /** A legal name like the one that is not, under which it can be added; null where there is none. */
  suggestion: string | null;
  /** Whether its name stands more than once, so that one of them has to be chosen. */
  duplicate: boolean;
}

export interface ImportReport {
  environment: string;
  /** What the source was read as. */
  format: "dotenv" | "json" | "yaml" | "tyk";
  /** Whether anything was written, or this is a preview. */
  done: boolean;
  entries: ImportEntry[];
  /** Sentences about the whole, such as what is known of the key. */
  notes: string[];
}

/** How many secrets that are in use ask for attention: a secret can be counted in two. */
export interface AttentionCounts {
  /** Their value was lost with the key. */
  lost: number;
  expired: number;
  overdue: number;
  expiring: number;
  due: number;
}

export interface VersionInfo {
  version: number;
  current: boolean;
  createdAt: string;
  createdBy: string;
  destroyedAt: string | null;
  /** Who destroyed it; null where it is not destroyed. */
  destroyedBy: string | null;
  /** Whether its value was lost with the key. */
  lost: boolean;
}

export interface UseInfo {
  /** One that is deleted has the name that it had last. */
  service: { id: string; name: string; deleted: boolean };
  /** Whether its rules let it ask for a version that is not the current one. */
  mayPin: boolean;
  firstUsedAt: string;
  lastUsedAt: string;
  count: number;
  /** How often on each of the last 30 days, in UTC, today last. */
  days: number[];
}

/** When something first and last happened, and how often. */
export interface Span {
  count: number;
  firstAt: string;
  lastAt: string;
}

/** A service that read a secret since a date, or may read it now. */
export interface ReaderInfo {
  service: { id: string; name: string };
  state: "active" | "disabled" | "deleted";
  /** Whether its rules let it read the secret now; and whether older versions too. */
  mayRead: boolean;
  mayReadOlder: boolean;
  liveTokens: number;
  /** Its reads on the audit record; null: there is none since the date. */
  reads: Span | null;
  /** How many of them got no value, because it was the one that the service had. */
  unchanged: number;
  versions: number[];
  /** From where, the last one first; the 100 that were seen last. */
  addresses: (Span & { address: string })[];
  /** By which tokens, where the record says so. `hint` is null once the token is gone. */
  tokens: (Span & { id: string; hint: string | null; live: boolean })[];
  /** When it last read the secret by the count of uses, which is kept apart from the record; null: not since. */
  lastCountedAt: string | null;
}

/** Attempts on a secret that were refused, or at its value that failed. */
export interface RefusalInfo extends Span {
  by: { kind: string; id: string; name: string };
  address: string;
  action: string;
  code: string;
}

/** Who read a secret since a date, and who may. */
export interface ReadersReport {
  name: string;
  environment: string;
  since: string;
  until: string;
  /** How many events of the record were looked at. */
  looked: number;
  /** Those who read it, the last one first; then those who may and did not. */
  readers: ReaderInfo[];
  /** The 200 that were seen last. */
  refusals: RefusalInfo[];
}

/** A secret whose value may have leaked, and since when. */
export interface IncidentInfo {
  id: string;
  environment: string;
  /** The secret's name. */
  secret: string;
  since: string;
  openedAt: string;
  openedBy: string;
  closedAt: string | null;
  closedBy: string | null;
}

/** One event of an incident, as it is on the audit record. */
export interface StoryEvent {
  at: string;
  by: string;
  address: string;
  /** What was done, as the record calls it: `secrets.rotate`. */
  action: string;
  target: string;
  versions: number[];
  outcome: "ok" | "denied" | "failed";
  code: string;
  /** What was written; null where nothing was, or it is not there as it was written (`isTextLost`). */
  text: string | null;
  isTextLost: boolean;
}

/** An incident with all that was done under it, in order. */
export interface IncidentStory extends IncidentInfo {
  events: StoryEvent[];
  /** Whether there are more events than these 1,000. */
  more: boolean;
}

/** One event of the audit record. Never a value. */
export interface RecordEvent {
  /** The journal that it is in, and its number there. */
  journal: string;
  seq: number;
  at: string;
  /** `user`, `service`, `operator` or `nobody`. */
  actor: { kind: string; id: string; name: string };
  /** A noun and a verb: `secrets.rotate`. */
  action: string;
  environment: string;
  target: string;
  /** Secrets with the version that was read or written; 0 where none was. */
  names: { name: string; version: number }[];
  /** In what a search has found: how many names more it has, where those are only its first. An export has all. */
  moreNames?: number | undefined;
  outcome: string;
  code: string;
  address: string;
  userAgent: string;
  requestId: string;
  tokenId: string | null;
  incident: string | null;
  /** How many denials alike it stands for; null where it stands for itself. */
  repeats: number | null;
  /** lib/audit/FORMAT.md: what binds it to the event before it. Null in one from before there was such a thing. */
  mac: string | null;
}

/** How many events there were in a stretch of time: values read, refusals, failures, and the rest. */
export interface RecordStep {
  at: string;
  reads: number;
  denied: number;
  failed: number;
  other: number;
}

/** How many events there were over a time, in steps of one length. */
export interface RecordChart {
  from: string;
  to: string;
  stepMs: number;
  steps: RecordStep[];
  /** From when on it is whole: later than `from` where counting all of it took too long. */
  countedFrom: string;
}

/** What a search of the record has found, newest first. */
export interface RecordPage {
  items: RecordEvent[];
  /** Goes on to what is older; null once there is nothing more. A page may be short and go on all the same. */
  nextCursor: string | null;
  /** How far it was looked, where there is more. */
  lookedBackTo: string | null;
  /** Asks for what was written since; null on pages further on. */
  newerCursor: string | null;
  /** Where it was asked for. */
  chart: RecordChart | null;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type ServiceAction = "resolve" | "check" | "list" | "write" | "metrics";

/** What a service may do. `names` are patterns in which `*` is the only wildcard, matched without regard to case. */
export interface Rule {
  actions: ServiceAction[];
  names: string[];
  /** Exact names of server environment variables that `$ENV` references may read. */
  env: string[];
  versions: "current" | "any";
  /** Whether `write` holds also where the environment is protected. */
  protectedWrite: boolean;
}

/** What a service may have to send with each request, so that text of others can't read all that its rules cover. */
export type Demand = "only" | "paths";

/** What would become of a reference. `status` is `ok`, or the reason why it fails. */
export interface CheckedReference {
  /** In its canonical spelling, without a default's text. */
  reference: string;
  name: string | null;
  status: string;
  message: string | null;
  /** JSON pointers, or `line:column`. */
  paths: readonly string[];
}

/** A reference as `check` would tell of it, with the version that it stands for now; null where it stands for none. */
export interface WatchedReference extends Omit<CheckedReference, "paths"> {
  version: number | null;
}

/** What somebody who watches is told. Never a value. */
export type WatchEvent =
  | { kind: "state"; tag: string; references: WatchedReference[] }
  /** All is as when they were told of that tag. */
  | { kind: "unchanged"; tag: string }
  /** Those that have changed, and whether the service's rules have. */
  | { kind: "change"; tag: string; rules: boolean; references: WatchedReference[] }
  /** The last one. `reason` is an error's code, or `stopping`. */
  | { kind: "end"; reason: string; message: string; reconnect: boolean };

export interface CheckReport {
  /** Whether every reference would resolve, as far as that can be said without opening a value. */
  ok: boolean;
  references: CheckedReference[];
  /** What looks like a reference and is none, or stands where none is expanded. */
  warnings: { text: string; message: string; path: string }[];
}

export interface TokenInfo {
  id: string;
  /** The token's first characters, enough to recognise it and too few to use it. */
  hint: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  lastAddress: string | null;
  state: "live" | "expired" | "revoked";
}

export interface ServiceInfo {
  id: string;
  name: string;
  environment: string;
  description: string;
  rules: Rule[];
  allowedCidrs: string[];
  /** What it has to send with each request. */
  demands: Demand[];
  createdAt: string;
  createdBy: string;
  disabledAt: string | null;
  /** Why it is off until an admin has looked at it; null: it is not held. */
  held: HeldBecause | null;
  lastUsedAt: string | null;
  tokens: TokenInfo[];
}

/** Why a service is held: the vault came out of a backup, or its keys were reset. */
export type HeldBecause = "restored" | "reset";

/** Where the audit record goes as it is written, and whether it arrives. */
export interface SinkInfo {
  kind: "stream" | "webhook";
  /** `standard output`, a file's path, or an origin: the rest of an address may be a secret. */
  to: string;
  /** `failing`: nothing can be delivered, which is tried again. `behind`: some of what waits is older than 15 s. */
  state: "up_to_date" | "behind" | "failing";
  /** How many events have not been delivered. */
  waiting: number;
  /** When something was last delivered. */
  deliveredAt: string | null;
  failingSince: string | null;
  /** Why it fails, in words. */
  problem: string | null;
}

/** A row that something other than Coffer has written. */
export interface TamperedRow {
  kind:
    | "environment"
    | "secret"
    | "service"
    | "token"
    | "user"
    | "link"
    | "identity"
    | "policy"
    | "keyring";
  id: string;
  /** What the row says that it is called: not to be relied on. */
  name: string;
  environment: string | null;
}

export interface IntegrityReport {
  checkedAt: string;
  /** How many rows were read. */
  checked: number;
  /** How many of them are not as Coffer wrote them. */
  tampered: number;
  /** Those, up to 500. */
  items: TamperedRow[];
}

/** Something in the audit record that is not as Coffer wrote it. */
export interface AuditFinding {
  /**
   * `missing`: deleted, and others come after it. `cut`: nothing comes after it. `moved`: it was written under another
   * number. `added`: it was not written there at all.
   */
  kind: "changed" | "moved" | "missing" | "cut" | "added";
  /** The journal's id, and the number of the event. */
  journal: string;
  seq: number;
  /** When, by what stands there: not to be relied on. Null where nothing does. */
  at: string | null;
  /** Why, in words. */
  message: string;
}

/** A verification of the audit record, under way or over. */
export interface AuditVerification {
  state: "running" | "done" | "failed";
  startedAt: string;
  finishedAt: string | null;
  total: number;
  checked: number;
  journals: number;
  /** Events from before the chain: bound as a whole. */
  unchained: number;
  /** When the chain began, where there are such: an upgrade of Coffer, or somebody who took the chain away before then. */
  chainedSince: string | null;
  /** Events from before the keys were reset: bound as a whole since. */
  beforeReset: number;
  /** When that was; null where they were not. */
  resetAt: string | null;
  /** Of when the checkpoint is that it is held against. */
  checkpoint: string | null;
  findings: number;
  /** Those, up to 100, in the order of the record. */
  items: AuditFinding[];
}

/** Where the audit record stands, signed. */
export interface AuditCheckpoint {
  text: string;
  /** Ed25519, base64url. */
  publicKey: string;
}

/** A key that values are sealed under. */
export interface DataKeyInfo {
  id: number;
  createdAt: string;
  /** Who made it; null for the first. */
  createdBy: string | null;
  /** How many values are sealed under it. */
  values: number;
}

/** A master key that opens the keyring. */
export interface WrapInfo {
  fingerprint: string;
  /** Whether the process that answers was started with it. */
  isCurrent: boolean;
  /** Whether it opens every key. */
  isComplete: boolean;
  /** How many live processes were started with it. */
  instances: number;
}

/** A process that has the database open. */
export interface InstanceInfo {
  id: string;
  kind: "server" | "command";
  /** Of the master key that it was started with. */
  fingerprint: string;
  startedAt: string;
  seenAt: string;
  /** Whether it is the one that answers. */
  isThis: boolean;
}

/** How far the sealing anew of values under older data keys has come. */
export interface ResealInfo {
  /** `waiting`: there is work left, and the process that answers is not at it: another is, or it will be tried again. */
  state: "idle" | "running" | "waiting";
  /** How many values there are. */
  total: number;
  /** How many of them are under the newest data key. */
  done: number;
  /** Values that don't open, and are left as they are, as far as this process has come. */
  unreadable: number;
  /** Why it stopped, in words. */
  problem: string | null;
}

export interface KeyringInfo {
  /** Of the master key that the process that answers was started with. */
  fingerprint: string;
  /** Of the one that it was given as `TYK_AI_SECRET_KEY_PREVIOUS`; null where there was none that opened the vault. */
  previous: string | null;
  kdf: string;
  createdAt: string;
  newestKeyId: number;
  /** The newest first. */
  dataKeys: DataKeyInfo[];
  /** Values that say of themselves that no key of these opens them. */
  unopened: number;
  /** Values that were lost with a keyring of before, and are none of those. */
  lost: number;
  /** How many values the newest data key may have sealed, and how many it may seal. */
  seals: { used: number; limit: number };
  /** More than one while a rekey is under way. */
  wraps: WrapInfo[];
  instances: InstanceInfo[];
  reseal: ResealInfo;
}

/** A value that does not open. */
export interface UnopenedValue {
  name: string;
  environment: string;
  version: number;
  keyId: number | null;
  reason: "unknown_format" | "malformed" | "unknown_key" | "not_authentic";
}

/** What opening every value has found. */
export interface KeyCheck {
  state: "running" | "done" | "failed";
  startedAt: string;
  finishedAt: string | null;
  total: number;
  checked: number;
  /** How many of them don't open. */
  unopened: number;
  /** Values that were lost with a keyring of before, and are none of those. */
  lost: number;
  /** Those, up to 500. */
  items: UnopenedValue[];
}

export interface EnvironmentInfo {
  slug: string;
  name: string;
  /** Whether only admins write there. */
  protected: boolean;
}

/** An environment with what it holds. */
export interface EnvironmentSummary extends EnvironmentInfo {
  /** Secrets that are not in the trash. */
  secrets: number;
  trashed: number;
  services: number;
}

export interface UserInfo {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** A person as admins see them. */
export interface PersonInfo extends UserInfo {
  /**
   * `invited`: has not accepted yet, so there is nothing to sign in with. `tampered`: changed behind Coffer's
   * back, so it can't be used; remove it.
   */
  state: "active" | "invited" | "disabled" | "tampered";
  /** Whether they sign in with a second factor. */
  twoStep: boolean;
  createdAt: string;
  lastSignInAt: string | null;
  /** Until when the newest unused link of this person works, or worked; null when there is none. */
  linkExpiresAt: string | null;
}

/** A one-time link, at the only moment when it is known. */
export interface LinkInfo {
  url: string;
  expiresAt: string;
}

/** An OpenID provider that people may sign in by. */
export interface ProviderInfo {
  id: string;
  /** What its button says. */
  name: string;
}

/** What admins decide for everybody. */
export interface PolicyInfo {
  /** Whether everybody who signs in by password needs a second factor. */
  requireTwoStep: boolean;
}

export interface AccountInfo extends UserInfo {
  /** Whether there is one to sign in with: people who came by a provider have none. */
  hasPassword: boolean;
  /** Whether a second factor is asked for when they sign in by password. */
  twoStep: boolean;
  recoveryCodesLeft: number;
  createdAt: string;
  lastSignInAt: string | null;
  /** The providers that they can sign in by. */
  providers: ProviderInfo[];
}

/** A second factor that waits for its first code, at the only moment when its secret is known. */
export interface TwoStepSetup {
  /** Base32, to type into an app. */
  secret: string;
  /** `otpauth://…`, to show as a QR code. */
  uri: string;
}

export interface SessionInfo {
  /** Names the session and opens nothing. */
  id: string;
  /** Whether it is the one that asks. */
  current: boolean;
  createdAt: string;
  /** To the minute. */
  lastSeenAt: string;
  address: string;
  userAgent: string;
}

/** A backup that was taken to its end. */
export interface BackupInfo {
  takenAt: string;
  takenBy: string;
  rows: number;
  bytes: number;
}

export interface BackupStatus {
  /** Null where none was ever taken. */
  last: BackupInfo | null;
  /** The one that this process is taking: how many rows of how many are in it; null before that is known. */
  underWay: { startedAt: string; by: string; done: number; total: number | null } | null;
  /** Of the master key that opens what is in a backup taken now. */
  fingerprint: string;
}
