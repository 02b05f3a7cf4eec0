import type { Caller, Origin } from "../access/caller";
import type { Attention } from "../attention";
import type { CofferError } from "../errors";
import type { Provider } from "../provider";
import type {
  AccountInfo,
  AuditCheckpoint,
  AuditVerification,
  AttentionCounts,
  BackupStatus,
  CheckReport,
  Demand,
  EnvironmentInfo,
  EnvironmentSummary,
  IncidentInfo,
  IncidentStory,
  ImportReport,
  IntegrityReport,
  KeyCheck,
  KeyringInfo,
  LinkInfo,
  Page,
  PersonInfo,
  PolicyInfo,
  ProviderInfo,
  ReadersReport,
  RecordPage,
  Role,
  Rule,
  SecretInfo,
  ServiceInfo,
  SessionInfo,
  SinkInfo,
  TokenInfo,
  TwoStepSetup,
  UseInfo,
  UserInfo,
  VersionInfo,
  WatchEvent,
} from "../shapes";
import type { ImportProgress, ImportRequest, WatchImport } from "./import-request";
import type { ProviderClaims } from "./provider-claims";
import type { Tier } from "./rates";

/**
 * The vault: THE ONE DOOR. Each function checks access, does the work, and puts it on the audit record
 * before it answers; if the record can't be written, nothing is done and no value leaves. Every function
 * throws CofferError and nothing else that a caller should see.
 *
 * There is one vault in the process, from `openVault()`. Console pages reach it through `globalThis`
 * because Next bundles its own copy of this folder; they import this type only.
 */
export interface Vault {
  readonly secrets: Secrets;
  readonly imports: Imports;
  readonly services: Services;
  readonly incidents: Incidents;
  readonly people: People;
  readonly providers: Providers;
  readonly users: Users;
  readonly account: Account;
  readonly policy: Policy;
  readonly resolver: Resolver;
  readonly environments: Environments;
  readonly integrity: Integrity;
  readonly moves: Moves;
  readonly sinks: AuditSinks;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly backups: Backups;
  readonly record: AuditRecord;
  /** Who the caller is. */
  whoami(caller: Caller): Promise<WhoAmI>;
  /** The caller behind a bearer token, for a call of that tier. @throws CofferError `invalid_token`, `token_revoked`, `token_expired`, `service_disabled`, `address_not_allowed` */
  callerOfToken(token: string, origin: Origin, tier: Tier): Promise<Caller>;
  /** The caller behind a session's claims, or null when it has ended. */
  callerOfSession(claims: SessionClaims, origin: Origin): Promise<Caller | null>;
  /** Counts a call of a person or a service. @throws CofferError `rate_limited` when there are too many of the tier */
  takeTurn(caller: Caller, tier: Tier): void;
  /** Puts a request on record that was refused before it reached a vault function. */
  noteRefusal(
    caller: Caller,
    attempt: { action: string; environment?: string | undefined },
    error: unknown,
  ): Promise<void>;
  /** @throws CofferError `unavailable` unless the database answers and the audit record can be written. */
  ready(): Promise<void>;
  /** Key of the session cookie, derived from the root key, and whether the cookie is for https only. */
  sessionCookie(): { key: string; secure: boolean };
  /** Puts the stop on record and closes the database. Done once, however often it is asked for. */
  close(): Promise<void>;
}

/** What a session cookie says. Everything else is decided from the database at each request. */
export interface SessionClaims {
  userId: string;
  /** The session token's random id. */
  jti: string;
  epoch: number;
}

export type WhoAmI =
  | { kind: "user"; user: UserInfo }
  | {
      kind: "service";
      service: { id: string; name: string; environment: string; rules: Rule[] };
      token: { id: string; hint: string; expiresAt: string | null };
    };

export interface ListQuery {
  environment?: string | undefined;
  /** Looked for in name, description and tags, without regard to case. */
  search?: string | undefined;
  tag?: string | undefined;
  state?: "active" | "trashed" | "all" | undefined;
  /** Only those that ask for attention in this way. */
  attention?: Attention | undefined;
  cursor?: string | undefined;
  /** 1 to 500; 100 unless given. */
  limit?: number | undefined;
}

/** A secret's place: the environment's slug (a service's is its own) and its name, in any case. */
export interface SecretPlace {
  environment?: string | undefined;
  name: string;
  /** Where it is a step of one: the open incident of that secret, by id. Asks again who it is. */
  incident?: string | undefined;
}

export interface Describe {
  description?: string | undefined;
  tags?: string[] | undefined;
  expiresAt?: string | null | undefined;
  rotateEveryDays?: number | null | undefined;
}

/** What becomes of a secret of the same name that is in the trash: unless it says so, nothing is created. */
export interface CreateOptions {
  /** Needs the right to purge. */
  purgeTrashed?: boolean | undefined;
}

export interface Secrets {
  list(caller: Caller, query: ListQuery): Promise<Page<SecretInfo>>;
  /** How many of an environment's secrets ask for attention, in each way. For people: a service sees only some names. */
  attention(caller: Caller, environment: string | undefined): Promise<AttentionCounts>;
  /** The tags of an environment's secrets in that state, to choose from: the first 500 in order. For people, too. */
  tags(
    caller: Caller,
    environment: string | undefined,
    state: "active" | "trashed",
  ): Promise<string[]>;
  get(caller: Caller, place: SecretPlace): Promise<SecretInfo>;
  /** @throws CofferError `already_exists`, `in_trash`, `invalid_name`, `invalid_value`, `invalid_request` */
  create(
    caller: Caller,
    place: SecretPlace,
    value: string,
    describe: Describe,
    options?: CreateOptions,
  ): Promise<SecretInfo>;
  describe(caller: Caller, place: SecretPlace, changes: Describe): Promise<SecretInfo>;
  rotate(
    caller: Caller,
    place: SecretPlace,
    value: string,
    expectedVersion: number | undefined,
  ): Promise<SecretInfo>;
  versions(caller: Caller, place: SecretPlace): Promise<VersionInfo[]>;
  activate(
    caller: Caller,
    place: SecretPlace,
    version: number,
    expectedVersion: number | undefined,
  ): Promise<SecretInfo>;
  destroyVersion(caller: Caller, place: SecretPlace, version: number): Promise<void>;
  trash(caller: Caller, place: SecretPlace): Promise<void>;
  restore(caller: Caller, place: SecretPlace): Promise<SecretInfo>;
  purge(caller: Caller, place: SecretPlace): Promise<void>;
  uses(caller: Caller, place: SecretPlace): Promise<UseInfo[]>;
  /**
   * For the operator, to be called often: once a day purges what the trash has kept for as long as it keeps
   * anything. Returns how many secrets were purged.
   */
  sweepTrash(caller: Caller): Promise<number>;
}

/** Many secrets at once: in from a file, and out of here without values. */
export interface Imports {
  /**
   * Lets an import in before its body is read, which may be large: few at a time. To be called when it is over is
   * what it returns.
   * @throws CofferError `unauthenticated`, `forbidden`; `unavailable` while others are under way
   */
  enter(caller: Caller): () => void;
  /** What an import would do, and writes nothing. @throws CofferError `invalid_document`, `limit_exceeded`, `body_too_large`, `invalid_request` */
  preview(caller: Caller, request: ImportRequest, told?: WatchImport): Promise<ImportReport>;
  /**
   * All that is chosen, or nothing, in one transaction.
   * @throws CofferError as `preview`; `import_refused` with the entries that can't be taken; `import_conflict` with
   *   the names that are not as they were chosen
   */
  run(caller: Caller, request: ImportRequest, told?: WatchImport): Promise<ImportReport>;
  /** How far the caller's import under way is; null when there is none. */
  progress(caller: Caller): Promise<ImportProgress | null>;
  /** A file with all that is known of an environment's secrets, and no value, in pieces. */
  exported(caller: Caller, request: ExportRequest): Promise<ExportedFile>;
}

export interface ExportRequest {
  environment?: string | undefined;
  format: "json" | "csv";
}

export interface ExportedFile {
  mediaType: string;
  fileName: string;
  pieces: AsyncIterable<string | Buffer>;
}

export interface NewService {
  name: string;
  environment?: string | undefined;
  description?: string | undefined;
  rules: Rule[];
  allowedCidrs?: string[] | undefined;
  demands?: Demand[] | undefined;
}

export interface ServiceChanges {
  name?: string | undefined;
  description?: string | undefined;
  rules?: Rule[] | undefined;
  allowedCidrs?: string[] | undefined;
  demands?: Demand[] | undefined;
  disabled?: boolean | undefined;
}

export interface Services {
  list(caller: Caller, environment: string | undefined): Promise<ServiceInfo[]>;
  get(caller: Caller, id: string): Promise<ServiceInfo>;
  create(caller: Caller, service: NewService): Promise<ServiceInfo>;
  update(caller: Caller, id: string, changes: ServiceChanges): Promise<ServiceInfo>;
  remove(caller: Caller, id: string): Promise<void>;
  /** `expiresAt` null: never expires; undefined: in 90 days. The token is in this answer and nowhere else. */
  mintToken(
    caller: Caller,
    id: string,
    expiresAt: string | null | undefined,
  ): Promise<TokenInfo & { token: string }>;
  revokeToken(caller: Caller, id: string, tokenId: string): Promise<void>;
  /** Those of every environment that are off until an admin has looked at them. */
  held(caller: Caller): Promise<ServiceInfo[]>;
  /** How many these are. Asked for every page, so on no record of its own: it names none. */
  countHeld(caller: Caller): Promise<number>;
  /**
   * Decides about services that are held, all or none: their tokens work again, or they stay disabled. Says how many are
   * still held.
   * @throws CofferError `not_held` where somebody has decided meanwhile
   */
  release(
    caller: Caller,
    ids: { enable: readonly string[]; leaveOff: readonly string[] },
  ): Promise<{ left: number }>;
}

export interface IncidentQuery {
  environment?: string | undefined;
  /** A secret's name, in any case: only its incidents. */
  secret?: string | undefined;
  state?: "open" | "closed" | "all" | undefined;
  cursor?: string | undefined;
  /** 1 to 500; 100 unless given. */
  limit?: number | undefined;
}

/**
 * For the day when a value has leaked. What is done under an incident, here or by naming it in a `SecretPlace`,
 * carries its id on the record, so that the record tells it as one story. Each step is a change of its own: one that
 * fails leaves the others done. Once the incident is closed, all but `write` throw `incident_closed`.
 */
export interface Incidents {
  /** Who read a secret since a date, when and from where, and who may. Of a purged secret too. */
  readers(
    caller: Caller,
    place: SecretPlace,
    since: string,
    incident: string | undefined,
  ): Promise<ReadersReport>;
  /** Newest first. */
  list(caller: Caller, query: IncidentQuery): Promise<Page<IncidentInfo>>;
  get(caller: Caller, id: string): Promise<IncidentStory>;
  /** @throws CofferError `already_exists` while the secret has an open one, with its id as `incident` */
  open(
    caller: Caller,
    place: SecretPlace,
    since: string,
    text: string | undefined,
  ): Promise<IncidentInfo>;
  /** Writes an entry, which is never changed. Also once it is closed. @throws CofferError `invalid_request` for a text with a token */
  write(caller: Caller, id: string, text: string): Promise<void>;
  /** Revokes every token of a service; says how many. */
  endTokens(caller: Caller, id: string, serviceId: string): Promise<{ ended: number }>;
  disableService(caller: Caller, id: string, serviceId: string): Promise<void>;
  /** For good. Another one can be opened. */
  close(caller: Caller, id: string, text: string | undefined): Promise<IncidentInfo>;
}

export interface Environments {
  list(caller: Caller): Promise<EnvironmentInfo[]>;
  /** The same, each with what it holds: that is counted, so it is not for every page. */
  survey(caller: Caller): Promise<EnvironmentSummary[]>;
  /** @throws CofferError `already_exists` */
  create(caller: Caller, environment: NewEnvironment): Promise<EnvironmentSummary>;
  update(caller: Caller, slug: string, changes: EnvironmentChanges): Promise<EnvironmentSummary>;
  /** @throws CofferError `not_empty` while it holds anything, `forbidden` for `default` */
  remove(caller: Caller, slug: string): Promise<void>;
}

export interface NewEnvironment {
  /** For good: it is in addresses and configs. */
  slug: string;
  name: string;
  protected?: boolean | undefined;
}

export interface EnvironmentChanges {
  name?: string | undefined;
  protected?: boolean | undefined;
}

export interface People {
  /** Whether the first admin is still to be made. */
  needsSetup(): Promise<boolean>;
  /** For the operator: makes the only valid setup link, or null once somebody has ever existed. Returns its secret. */
  makeSetupLink(caller: Caller): Promise<string | null>;
  /** For the operator: makes the first admin from the configuration. False once somebody has ever existed. */
  makeFirstAdmin(caller: Caller, admin: { email: string; password: string }): Promise<boolean>;
  /** Makes the first admin. Consumes the link in the same transaction. */
  setUp(
    caller: Caller,
    link: string,
    person: { email: string; name: string; password: string },
  ): Promise<UserInfo>;
  /**
   * Checks the password, and the second factor of who has one, and opens a session.
   * @throws CofferError `sign_in_failed`, alike for every reason; `too_many_attempts`, alike for every account;
   *   once the password is right, `second_factor_required` without a code, and `wrong_code`
   */
  signIn(origin: Origin, email: string, password: string, code?: string): Promise<SessionClaims>;
  /** Ends the session. Not an error when it has ended already. */
  signOut(claims: SessionClaims, origin: Origin): Promise<void>;
  /**
   * Sets the password of the person whom an invitation or a reset link is for, and consumes the link. Every
   * session of theirs ends.
   * @throws CofferError `invalid_link`, alike for every reason; `weak_password`
   */
  acceptLink(
    caller: Caller,
    link: string,
    person: { name?: string | undefined; password: string },
  ): Promise<UserInfo>;
}

/** Signing in by the OpenID providers of the configuration. */
export interface Providers {
  list(): ProviderInfo[];
  /** What next-auth needs to carry a sign-in, the client secret too; null if there is no such provider. */
  client(id: string): (Provider & { clientSecret: string }) | null;
  /**
   * Opens a session of the person whom the provider vouches for, whose answer was checked for signature, nonce
   * and expiry. Finds them by issuer and subject; makes them, or ties the provider to who was invited, where
   * it may. `session` is the one that the browser has: it lets people connect a provider to their own account.
   * @throws CofferError `provider_refused`, `email_not_allowed`, `email_not_verified`, `no_role`, `not_invited`,
   * `account_not_linked`, `account_disabled`, `confirmation_required`, `sign_in_failed`, `tampered`
   */
  signIn(
    origin: Origin,
    id: string,
    claims: ProviderClaims,
    session: SessionClaims | null,
  ): Promise<SessionClaims>;
  /** Puts a sign-in on record that ended before anybody was vouched for. `reason` goes to the log. */
  noteFailure(origin: Origin, id: string, error: CofferError, reason: string): Promise<void>;
}

/** What admins do with people. The last active admin can't be demoted, disabled or removed: `last_admin`. */
export interface Users {
  list(caller: Caller): Promise<PersonInfo[]>;
  /** Makes a person who can sign in once they have accepted. The link is in this answer and nowhere else. */
  invite(
    caller: Caller,
    person: { email: string; name: string; role: Role },
  ): Promise<{ user: PersonInfo; link: LinkInfo }>;
  /** Changing the role and disabling end every session of theirs; disabling ends their link too. */
  update(
    caller: Caller,
    id: string,
    changes: { role?: Role | undefined; disabled?: boolean | undefined },
  ): Promise<PersonInfo>;
  remove(caller: Caller, id: string): Promise<void>;
  /** Takes a second factor away from somebody who lost theirs, and ends their sessions. */
  resetTwoStep(caller: Caller, id: string): Promise<void>;
  /**
   * For the operator: makes a person who can sign in at once.
   * @throws CofferError `already_exists`, `weak_password`
   */
  add(
    caller: Caller,
    person: { email: string; name: string; role: Role; password: string },
  ): Promise<PersonInfo>;
  /**
   * For the operator: sets a password, or makes a link to choose one where none is given. Ends every session of
   * theirs, and takes their second factor away if `twoStep`.
   * @throws CofferError `not_found`, `user_disabled`, `weak_password`
   */
  reset(
    caller: Caller,
    email: string,
    how: { password: string | undefined; twoStep: boolean },
  ): Promise<{ user: PersonInfo; link: LinkInfo | null }>;
  /** A new invitation for who is invited, a reset link for who has joined. The one before it ends. */
  makeLink(caller: Caller, id: string): Promise<LinkInfo>;
}

/** What people do for themselves, and for nobody else. */
export interface Account {
  get(caller: Caller): Promise<AccountInfo>;
  rename(caller: Caller, name: string): Promise<AccountInfo>;
  /** Ends every session, this one too: sign in again. @throws CofferError `wrong_password`, `weak_password`, `too_many_attempts` */
  changePassword(caller: Caller, current: string, password: string): Promise<void>;
  /** The sessions that are live, the one seen last first. */
  sessions(caller: Caller): Promise<SessionInfo[]>;
  endSession(caller: Caller, id: string): Promise<void>;
  /** Ends every session but this one. */
  endOtherSessions(caller: Caller): Promise<void>;
  /** Deletes what is kept of everybody's sessions that ended more than 30 days ago. Returns how many. */
  pruneSessions(caller: Caller): Promise<number>;
  /**
   * Shows again that it is them, for what asks for it.
   * @throws CofferError `wrong_password`, `wrong_code`
   */
  confirm(caller: Caller, proof: { password: string } | { code: string }): Promise<void>;
  /** Makes a second factor that waits for its first code. The secret is in this answer and nowhere else. */
  beginTwoStep(caller: Caller): Promise<TwoStepSetup>;
  /** Puts it into force, and ends every session but this one. @throws CofferError `wrong_code` */
  enableTwoStep(caller: Caller, code: string): Promise<{ recoveryCodes: string[] }>;
  disableTwoStep(caller: Caller): Promise<void>;
  /** Makes new recovery codes; the ones before them stop working. */
  newRecoveryCodes(caller: Caller): Promise<{ recoveryCodes: string[] }>;
}

/** What admins decide for everybody. */
export interface Policy {
  get(caller: Caller): Promise<PolicyInfo>;
  update(caller: Caller, policy: PolicyInfo): Promise<PolicyInfo>;
}

export interface Backups {
  /**
   * The vault as one encrypted file, of one moment, while others go on working: a stream that is to be read to its end,
   * or returned from. On record before it begins, and when it has ended or was broken off. `progress` is told how many rows
   * of how many are in it.
   * @throws CofferError `weak_password`, `backup_under_way`
   */
  take(
    caller: Caller,
    passphrase: string,
    progress?: (done: number, total: number) => void,
  ): Promise<BackupFile>;
  /** When the vault was last backed up, and how far a backup is that is being taken. */
  status(caller: Caller): Promise<BackupStatus>;
}

export interface BackupFile {
  fileName: string;
  pieces: AsyncIterableIterator<Buffer>;
}

/** Which events of the audit record are looked for: those to which all of it applies. */
export interface RecordFilters {
  /** Who did it, by id or name. */
  actor?: string | undefined;
  /** `secrets.rotate`, or the first part: `secrets`. */
  action?: string | undefined;
  /** A secret's name, in any case: what read it, tried to, or was done to it. */
  secret?: string | undefined;
  /** A service, by id or name: what it did, and what was done to it. */
  service?: string | undefined;
  outcome?: "ok" | "denied" | "failed" | undefined;
  address?: string | undefined;
  environment?: string | undefined;
  requestId?: string | undefined;
  /** From this time on, and before that one. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface RecordQuery extends RecordFilters {
  /** Goes on to what is older, or asks for what is newer, in a search that was made before. */
  cursor?: string | undefined;
  newer?: string | undefined;
  /** 1 to 500; 100 unless given. */
  limit?: number | undefined;
  /** Whether to count what there is over the time, too. */
  chart?: boolean | undefined;
}

/** The audit record, to be read. */
export interface AuditRecord {
  /** On record once for each search, and not for each page of it. */
  search(caller: Caller, query: RecordQuery): Promise<RecordPage>;
  /**
   * Every event that passes, newest first, as a file in pieces: on record before the first.
   * @param progress is told how many events there are by now, and of how many where that is known
   */
  exported(
    caller: Caller,
    request: RecordFilters & { format: "jsonl" | "csv" },
    progress?: (done: number, total: number | null) => void,
  ): Promise<ExportedFile>;
}

export interface Integrity {
  /** Reads every row that access is decided by, and names those that are not as Coffer wrote them. */
  check(caller: Caller): Promise<IntegrityReport>;
}

/** The vault's part in being moved to another database: what is on record of it here and there. */
export interface Moves {
  /**
   * Begins to leave this database. Returns the id of this process's journal: the others stay as they are until all is over.
   * @throws CofferError `unavailable` while another process works on the vault
   */
  leave(caller: Caller, to: string): Promise<string>;
  /** Says how that has ended. */
  left(caller: Caller, to: string, how: "finished" | "failed" | "changed"): Promise<void>;
  /** Says that the vault has arrived, once every row that access is decided by was looked at. */
  arrive(caller: Caller, from: string): Promise<{ journal: string; report: IntegrityReport }>;
}

/** How work that takes long tells how far it is, and is told to stop. */
export interface Watch {
  progress: (done: number, total: number) => void;
  signal: AbortSignal;
}

/** Where the audit record goes as it is written, by the configuration. */
export interface AuditSinks {
  /** Each with how far it has come. */
  list(caller: Caller): Promise<SinkInfo[]>;
}

/** What is done with the audit record as a whole. */
export interface Audit {
  /**
   * Begins to verify it, in the background, in place of a verification that is under way. `progress` is told how many
   * events of how many are done.
   * @throws CofferError `invalid_request` for a checkpoint that this vault has not signed
   */
  verify(
    caller: Caller,
    checkpoint?: string,
    progress?: (done: number, total: number) => void,
  ): Promise<AuditVerification>;
  /**
   * The same with a whole record that was exported or streamed in JSON Lines, in pieces of any size. Of the database only the
   * journals' rows are used, and not the events. What is not in it, as a filter left it out, is found as missing.
   * @throws CofferError `invalid_request` for a line that is no event
   */
  verifyExported(
    caller: Caller,
    text: AsyncIterable<string>,
    checkpoint?: string,
    progress?: (done: number, total: number) => void,
  ): Promise<AuditVerification>;
  /** What the last verification of this process has found, or how far it is; null before the first. */
  verified(caller: Caller): Promise<AuditVerification | null>;
  /** Where the record stands, signed. */
  checkpoint(caller: Caller): Promise<AuditCheckpoint>;
  /** Returns once no verification is under way. */
  settled(): Promise<void>;
  /** Ends one that is under way, where it is. */
  stopVerifying(): void;
  /**
   * Prunes what the record need not keep any longer, once a day whoever asks and however often. Returns how many events.
   * @throws CofferError `tampered` where the record is not as Coffer wrote it: then nothing is pruned
   */
  prune(caller: Caller): Promise<number>;
}

/** What admins do with the keyring. Giving it another master key is done by starting with that key. */
export interface Keys {
  status(caller: Caller): Promise<KeyringInfo>;
  /**
   * Makes a data key for new values, and begins to seal the old ones anew in the background.
   * @throws CofferError `reseal_under_way`; `rekey_under_way` where this process can't wrap it for all
   */
  rotate(caller: Caller): Promise<KeyringInfo>;
  /**
   * The same here and now: returns once every value that opens is sealed under the newest data key, or the work has
   * stopped (`reseal.problem`). Where values are still to be sealed anew from before, goes on with that and makes no key.
   * @throws CofferError `rekey_under_way`, `unavailable` once it is told to stop
   */
  rotateAll(caller: Caller, watch: Watch): Promise<{ info: KeyringInfo; isNew: boolean }>;
  /** Begins to open every value once, in the background, unless that is under way. */
  check(caller: Caller): Promise<KeyCheck>;
  /** What the last check of this process has found; null before the first. */
  checked(caller: Caller): Promise<KeyCheck | null>;
  /** Opens every value once, and returns what was found. @throws CofferError `unavailable` once it is told to stop */
  checkAll(caller: Caller, watch: Watch): Promise<KeyCheck>;
  /** Has a master key open the vault no more. @throws CofferError `not_found`, `key_in_use` */
  endWrap(caller: Caller, fingerprint: string): Promise<KeyringInfo>;
  /** Returns once nothing is being done in the background. */
  settled(): Promise<void>;
}

/** What becomes of a reference to a name that does not exist. */
export type OnMissing = "fail" | "keep" | "empty";

/** A JSON body with a `config`, as it was sent and already known to be valid JSON; what of it is looked into. */
export interface SentConfig {
  body: string;
  paths: string[] | undefined;
}

/** A document as it was sent: its format, without parameters, and its text. `paths` are for JSON only. */
export interface SentDocument {
  mediaType: string;
  text: string;
  paths: string[] | undefined;
}

interface Terms {
  onMissing: OnMissing;
  /** Patterns of the names that this request may use: what no pattern covers is denied. */
  only: string[] | undefined;
}

export interface ResolveRequest extends SentConfig, Terms {
  ifChangedFrom: string | undefined;
}

export interface RenderRequest extends SentDocument, Terms {
  ifChangedFrom: string | undefined;
}

/** A document with its references expanded; null where it is the one that the caller's tag is of. */
export interface Rendered {
  text: string | null;
  tag: string;
}

export interface CheckRequest extends Terms {
  sent: SentConfig | SentDocument;
  paths: string[] | undefined;
  /** Whose rules count, by id: people choose, a service is its own. */
  service: string | undefined;
  /** Whether failures, or warnings too, are an error; else they are in the answer. */
  fail: "never" | "errors" | "warnings";
}

export interface WatchRequest extends Terms {
  sent: SentConfig | SentDocument;
  paths: string[] | undefined;
  /** The tag of what they were told last, where they were connected before. */
  lastEventId: string | undefined;
}

/** What a service that watches is told, for as long as it is connected. */
export interface WatchStream {
  /**
   * Ends by itself after an `end`. Whoever takes one event late is told in the next one of all that has changed meanwhile. Must be
   * taken from until it has ended, or be returned from.
   */
  events: AsyncIterable<WatchEvent>;
  /** How often to write where there is nothing to tell. */
  heartbeatMs: number;
  /** The client has gone: `events` end. */
  close(): void;
}

export interface Resolver {
  /**
   * The answer as JSON text: the sent text with its references expanded, spliced in.
   * @throws CofferError `unresolved` with every failure, `limits_required`, `limit_exceeded`, `output_too_large`
   */
  resolve(caller: Caller, request: ResolveRequest): Promise<string>;
  /** The same for a document. @throws CofferError `invalid_document`, `invalid_json`, and as `resolve` */
  render(caller: Caller, request: RenderRequest): Promise<Rendered>;
  /** What would resolve. Opens nothing. @throws CofferError as `render`; `unresolved` only as `fail` says */
  check(caller: Caller, request: CheckRequest): Promise<CheckReport>;
  /**
   * Tells of changes of what would resolve.
   * @throws CofferError as `check`; `rate_limited`, `unavailable` where too many are connected
   */
  watch(caller: Caller, request: WatchRequest): Promise<WatchStream>;
  /** Ends every connection that watches, and takes no more. */
  endWatches(): Promise<void>;
  /** The services that the caller can choose for a check. */
  checkable(
    caller: Caller,
    environment: string | undefined,
  ): Promise<{ id: string; name: string }[]>;
}
