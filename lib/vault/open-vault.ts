import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OPERATOR } from "../access/caller";
import { Chain } from "../audit/chain";
import { Checkpoints } from "../audit/checkpoint";
import { openJournal } from "../audit/journal";
import { systemNow } from "../clock";
import { keptMasterKey, makeMasterKey, type Config } from "../config";
import { createKeyring, type Keyring } from "../crypto/keyring";
import type { KeyringRecord } from "../crypto/keyring-record";
import { isInTheClear } from "../database-url";
import { CofferError } from "../errors";
import { LIMITS, type Limits } from "../limits";
import { describeError, type Log } from "../log";
import { DEFAULT_ENVIRONMENT } from "../name";
import { NO_VARIABLES, type ServerVariables } from "../server-variables";
import { NO_SINKS, type Sinks } from "../sinks";
import {
  peekKeyring,
  readHead,
  readKeyring,
  readKeyringCount,
  storeFirstKeyring,
} from "../store/keyring-rows";
import { requireMoved } from "../store/moved";
import { searchInThisThread, type RecordSearcher } from "../store/record-searcher";
import { openStore, type Store } from "../store/store";
import { accountFunctions } from "./account";
import { makeBackup, type BackupMaker } from "./backup-maker";
import { auditFunctions } from "./audit";
import { backupFunctions } from "./backups";
import { Delivery } from "./delivery";
import { IN_THIS_THREAD, type DocumentWorker } from "./documents";
import { Door } from "./door";
import { environmentFunctions } from "./environment-functions";
import { incidentFunctions } from "./incidents";
import { importFunctions } from "./imports";
import { startBeating } from "./heartbeat";
import { Instances } from "./instances";
import { integrityFunctions } from "./integrity";
import { KeyChecker } from "./key-check";
import { keyFunctions } from "./keys";
import { LiveKeyring, requireHead, requireKeyring } from "./live-keyring";
import { peopleFunctions } from "./people";
import { policyFunctions } from "./policy";
import { providerFunctions } from "./providers";
import { recordFunctions } from "./record";
import { RecordChecker } from "./record-check";
import { verifyHere, type RecordVerifier } from "./record-verifier";
import { Retention } from "./retention";
import { rekey, unlockWith, type Unlocked } from "./rekey";
import { Reseal } from "./reseal";
import { resolverFunctions } from "./resolver";
import { Rows } from "./rows";
import { secretFunctions } from "./secrets";
import { SecondFactors } from "./second-factor";
import { SecretCache } from "./secret-cache";
import { ServiceCallers } from "./service-callers";
import { serviceFunctions } from "./services";
import { callerOfSession } from "./sessions";
import { moveFunctions } from "./moves";
import { openLines } from "./threaded-lines";
import { openSinks, sinkFunctions } from "./sinks";
import { UseCounter } from "./uses";
import { userFunctions } from "./users";
import { noVault, unusable } from "./unusable";
import type { Vault } from "./vault";
import { WatchRounds } from "./watch-rounds";
import { whoami } from "./whoami";

export interface OpenOptions {
  config: Config;
  masterKey: string | undefined;
  /** The master key that `masterKey` replaces, while a rekey is under way. */
  previousMasterKey?: string | undefined;
  /** The client secret of each OpenID provider, by its id. */
  providerSecrets?: ReadonlyMap<string, string>;
  /** What `$ENV` references may read: nothing unless given. */
  variables?: ServerVariables;
  /** Where the audit record goes as it is written: nowhere unless given. Not from a command. */
  sinks?: Sinks;
  /** Who deals with documents of other formats than JSON: this thread unless given. */
  documents?: DocumentWorker;
  /** Who makes backups: this thread unless given. */
  backups?: BackupMaker;
  /** The bundled lib/audit/write-thread.ts, which writes the audit record: this thread does unless given. */
  writer?: string;
  /** Who looks through the audit record of a database that is there: this thread unless given. */
  searcher?: (databaseUrl: string) => RecordSearcher;
  /** The bundled line-thread.ts, which reads the record for the sinks on SQLite: this thread does unless given. */
  lines?: string;
  /** Who verifies the audit record: this thread unless given. */
  verifier?: RecordVerifier;
  /**
   * The `coffer` command that opens it, in a process beside the server's or without one. It opens what is there: it
   * makes no vault and migrates none, since a server of another version may be running.
   */
  command?: string;
  /** Whether it is opened by the move that has brought it there, which is not at its end. */
  isByMove?: boolean;
  log: Log;
  /** The clock; a test gives one that it moves. */
  now?: () => Date;
  /** How often anything may be done; a test gives others. */
  limits?: Limits;
  /** Opens the audit record. The benchmark gives one that keeps nothing, to measure what the record costs. */
  openJournal?: typeof openJournal;
}

export interface OpenedVault {
  vault: Vault;
  /** Whether Coffer made a master key, because there was neither a key nor data. */
  madeKey: boolean;
}

/**
 * Opens the vault: checks the key before anything is changed, migrates, makes a keyring where every table is empty, and
 * wraps the keyring's keys under a new master key that came with the previous one.
 * @throws CofferError `wrong_key` for a missing or wrong key, `unavailable` for a database that can't be used
 */
export async function openVault(options: OpenOptions): Promise<OpenedVault> {
  const { config } = options;
  const now = options.now ?? systemNow;
  warnOfClear(config, options.log);
  const { databaseUrl } = config;
  const refuse = unusable(config);
  const wait = tellWait(options.log);
  const record = await peekKeyring(databaseUrl, options.isByMove, wait).catch(refuse);
  const existing = record && (await unlock(record, options));
  if (!existing && options.command !== undefined) throw noVault(config);
  if (options.previousMasterKey !== undefined && existing?.isPreviousUseless !== false) {
    options.log.warn({}, USELESS_PREVIOUS);
  }
  const store = await openStore({
    databaseUrl: config.databaseUrl,
    prismaDirectory: join(config.root, "prisma"),
    mustBeCurrent: options.command !== undefined,
    writer: options.writer,
    directUrl: config.directUrl,
    log: options.log,
  }).catch(refuse);
  try {
    const { unlocked, madeKey } = existing
      ? { unlocked: existing, madeKey: false }
      : await firstKeyring(store, options, now()).catch(refuse);
    const { keyring } = unlocked;
    const rows = new Rows(keyring.derive("row-mac"));
    const keys = new LiveKeyring(keyring, store, rows, await readKeyringCount(store.db));
    requireHead(rows, await readHead(store.db), await requireKeyring(store.db));
    const journal = await (options.openJournal ?? openJournal)(
      store,
      { caller: OPERATOR, action: "start", target: targetOf(options), outcome: "ok" },
      now,
      keyring.derive("audit"),
    ).catch(refuse);
    if (unlocked.rekeyBy) {
      await journal.commit((tx, note) => rekey(tx, note, OPERATOR, unlocked)).catch(refuse);
    }
    const instances = new Instances(store, now);
    await store
      .write(async (tx) => {
        await instances.register(
          tx,
          options.command === undefined ? "server" : "command",
          keyring.fingerprint,
        );
        keyring.take(await requireKeyring(tx)); // the key may have been ended since
        if (!options.isByMove) await requireMoved(tx); // from here on a move sees who is here
      })
      .catch(refuse);
    const door = new Door(
      ...([store, journal, rows, keys, now] as const),
      ...([options.log, options.limits, config.trashDays] as const),
    );
    return { vault: assemble(door, keyring, instances, options), madeKey };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const USELESS_PREVIOUS =
  "TYK_AI_SECRET_KEY_PREVIOUS opens nothing here and is not needed: remove it";

function warnOfClear({ databaseUrl, directUrl }: Config, log: Log): void {
  for (const [name, url] of Object.entries({
    DATABASE_URL: databaseUrl,
    DATABASE_URL_DIRECT: directUrl,
  })) {
    if (url === undefined || !isInTheClear(url)) continue;
    log.warn(
      {},
      `${name} leads to another machine and has no sslmode, so the connection is not encrypted unless PGSSLMODE says so: add sslmode=verify-full, or sslmode=disable if that is meant`,
    );
  }
}

function tellWait(log: Log): (seconds: number, error: unknown) => void {
  return (seconds, error) => {
    const why = describeError(error).code;
    log.warn({ seconds, code: why }, "waiting for the database that DATABASE_URL names");
  };
}

/** How long a stop waits for the sinks to be given the end of the record. */
const SINKS_WITHIN_MS = 3_000;

/** What the record says was started: nothing is the server. */
function targetOf({ command }: Pick<OpenOptions, "command">): string | undefined {
  return command === undefined ? undefined : `coffer ${command}`;
}

function assemble(door: Door, keyring: Keyring, instances: Instances, options: OpenOptions): Vault {
  const { config, log, providerSecrets = new Map() } = options;
  const { variables = NO_VARIABLES, documents = IN_THIS_THREAD } = options;
  const { verifier = verifyHere, limits = LIMITS } = options;
  const { store } = door;
  const backups = backupFunctions(door, config, options.backups ?? makeBackup, log);
  const searcher = (options.searcher ?? searchInThisThread)(config.databaseUrl);
  const uses = new UseCounter(store, log);
  const callers = new ServiceCallers(door, uses);
  const rounds = new WatchRounds(door, limits.watch, log);
  const factors = new SecondFactors(door, keyring);
  const key = keyring.derive("session").toString("base64url");
  const secure = config.url.startsWith("https:");
  let closed: Promise<void> | undefined;
  const work = {
    reseal: new Reseal(door, log),
    checker: new KeyChecker(door, log),
    instanceId: instances.id,
  };
  const sinks = options.command === undefined ? openSinks(options.sinks ?? NO_SINKS, door.now) : [];
  const lines = sinks.length > 0 ? openLines(store, config.databaseUrl, options.lines) : null;
  const deliveries = lines
    ? sinks.map((sink) => new Delivery(door, sink, lines, instances.id, log))
    : [];
  for (const delivery of deliveries) delivery.start();
  const checkpoints = new Checkpoints(keyring.id, keyring.derive("checkpoint"));
  const { anchors } = checkpoints;
  const task = { databaseUrl: config.databaseUrl, key: keyring.derive("audit"), anchors };
  const record = {
    checker: new RecordChecker(door, log, verifier, task),
    retention: new Retention(door, {
      ...{ keep: config.auditKeep, sinks: sinks.map(({ kind }) => kind), checkpoints },
      verify: (signal) => verifier({ ...task, checkpoint: null }, () => undefined, signal),
      chain: new Chain(task.key),
    }),
    checkpoints,
  };
  const beating =
    options.command === undefined ? startBeating(door, instances, work.reseal, log) : null;
  async function close(): Promise<void> {
    await rounds.stop();
    await uses.close();
    await beating?.stop();
    await backups.stop();
    await work.reseal.stop();
    await work.checker.stop();
    await record.checker.stop();
    await record.retention.stop();
    await instances.leave().catch(() => undefined); // it is taken for gone soon enough
    await documents.close();
    await searcher.close();
    await door.repeats.stop();
    const target = targetOf(options);
    await door.journal
      .record({ caller: OPERATOR, action: "stop", target, outcome: "ok" })
      .catch((error: unknown) => {
        log.warn(describeError(error), "that Coffer stops is not on record");
      });
    await Promise.all(deliveries.map((delivery) => delivery.stop(SINKS_WITHIN_MS)));
    await lines?.close();
    await store.close();
  }
  return {
    secrets: secretFunctions(door, keyring, uses),
    imports: importFunctions(door, keyring, documents, uses),
    services: serviceFunctions(door, uses),
    incidents: incidentFunctions(door, uses),
    people: peopleFunctions(door, keyring, factors),
    providers: providerFunctions(door, keyring, { config, providerSecrets, log }),
    users: userFunctions(door, factors, config),
    account: accountFunctions(door, factors, config.providers),
    policy: policyFunctions(door),
    environments: environmentFunctions(door),
    integrity: integrityFunctions(door),
    moves: moveFunctions(door),
    sinks: sinkFunctions(door, sinks),
    audit: auditFunctions(door, record),
    keys: keyFunctions(door, work),
    backups,
    record: recordFunctions(door, searcher, keyring.derive("record-cursor")),
    resolver: resolverFunctions(door, {
      ...{ keyring, callers, secrets: new SecretCache(door), uses },
      ...{ log, variables, documents, rounds, limits: limits.watch },
    }),
    whoami: (caller) => whoami(door, caller),
    callerOfToken: (token, origin, tier) => callers.ofToken(token, origin, tier),
    callerOfSession: (claims, origin) => callerOfSession(door, log, claims, origin),
    takeTurn: (caller, tier) => door.rates.take(caller, tier),
    noteRefusal: (caller, attempt, error) => door.noteRefusal(caller, attempt, error),
    sessionCookie: () => ({ key, secure }),
    async ready() {
      await door.lookUp(() => store.db.revision.findUniqueOrThrow({ where: { id: 1 } }));
      if (door.journal.isWriting()) return;
      // Nothing else may be trying: one event finds out whether the record can be written again.
      await door.journal.record({ caller: OPERATOR, action: "ready", outcome: "ok" });
    },
    close: () => (closed ??= close()),
  };
}

/** Opens a stored keyring with the key that was given or that another process has kept since. */
async function unlock(
  record: KeyringRecord,
  {
    config,
    masterKey = keptMasterKey(config.envFile),
    previousMasterKey,
  }: Pick<OpenOptions, "config" | "masterKey" | "previousMasterKey">,
): Promise<Unlocked> {
  if (masterKey !== undefined) return unlockWith(record, masterKey, previousMasterKey);
  const fingerprints = [...new Set(record.wrapped.map(({ kekFingerprint }) => kekFingerprint))];
  throw new CofferError(
    "wrong_key",
    `TYK_AI_SECRET_KEY is not set, and this database is sealed under the key with the fingerprint ${fingerprints.join(" or ")}. Set TYK_AI_SECRET_KEY to that key. Nothing was changed.`,
  );
}

/**
 * Makes the keyring of an empty database, and the master key where none was given. Where another process was
 * first, opens the keyring that it made, with the key that it kept.
 */
async function firstKeyring(
  store: Store,
  { config, masterKey: given }: Pick<OpenOptions, "config" | "masterKey">,
  now: Date,
): Promise<{ unlocked: Unlocked; madeKey: boolean }> {
  let masterKey = given;
  let made: Keyring | undefined;
  const environment = {
    id: randomUUID(),
    slug: DEFAULT_ENVIRONMENT,
    name: "Default",
    protected: false,
  };
  const make: Parameters<typeof storeFirstKeyring>[1] = async () => {
    masterKey ??= makeMasterKey(config.envFile); // kept before anything is sealed under it
    const { record, keyring } = await createKeyring(masterKey);
    made = keyring;
    const rows = new Rows(keyring.derive("row-mac"));
    return {
      record,
      macOf: {
        environment: (row) => rows.sealed("environment", row).mac,
        head: (row) => rows.sealed("keyring", row).mac,
      },
    };
  };
  const stored = await storeFirstKeyring(store, make, environment, now);
  if (stored && made) {
    const unlocked = { keyring: made, rekeyBy: null, isPreviousUseless: false };
    return { unlocked, madeKey: given === undefined };
  }
  const theirs = await readKeyring(store.db);
  if (theirs) {
    await requireMoved(store.db); // asked last: what a move brings is there at once with what says that it is not at its end
    return { unlocked: await unlock(theirs, { config, masterKey: given }), madeKey: false };
  }
  throw new CofferError(
    "wrong_key",
    "The database has data and no keyring, so nothing in it can be opened. Restore it from a backup.",
  );
}
