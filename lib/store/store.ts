import { Prisma, PrismaClient } from "./generated/sqlite/client";
import { openDirect, type Direct } from "./direct";
import type { EventRow, EventToWrite, StoredEvent } from "./event-rows";
import type { Opening, RecordRows } from "./journal-rows";
import { migrate, type MigrateOptions } from "./migrate";
import { holds, type Moment } from "./moment";
import { writeHere } from "./record-writer";
import type { Resealed } from "./sealed-rows";
import type { RecordReader } from "./sink-rows";
import { BUSY_TIMEOUT_MS, SqliteConnections } from "./sqlite";
import { writeInThread } from "./threaded-writer";
import type { SecretUse, TokenUse } from "./use-rows";

/** What a query runs on: the reader client, or a transaction of the writer's. */
export type Db = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends" | "$use"
>;

/** How long a transaction is tried again while another process has the file locked. */
const BUSY_PATIENCE_MS = 5_000;
const BUSY_PAUSE_MS = 25;
const SCRUB_AGAIN_MS = 1_000;
const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 30_000 };

/**
 * The database. Reads go through `db`; writes only through `write`.
 *
 * The SQLite adapter has one connection, and a query made while a transaction is open on it runs inside
 * that transaction: it would see uncommitted rows, and be lost with a rollback. Hence two clients, and a
 * lock that lets one write transaction exist at a time. Two more connections, without Prisma, are for what is
 * done at every resolve: one reads, and one writes the record.
 */
export interface Store {
  readonly db: Db;
  /** What a resolve reads, and what reads every value or every event, past Prisma. */
  readonly direct: Pick<
    Direct,
    | "record"
    | "stamp"
    | "readRevision"
    | "findToken"
    | "readResolveRows"
    | "readSealedHeads"
    | "readSealedRows"
    | keyof RecordReader
  >;
  /** The newest state of the database that is known, without looking. The same object as long as it is the same. */
  readonly latest: Moment;
  /**
   * Runs `work` in one transaction and returns once it is durable. Nothing of it remains if it throws. Its
   * first statement must be a write: a transaction that reads first fails at once beside another process.
   * `work` may run more than once. `committed` is called once the transaction is durable and before
   * another one begins.
   */
  write<T>(work: (tx: Db) => Promise<T>, committed?: () => void): Promise<T>;
  /** Writes a journal and its first event in one transaction, in which `open` reads what it is to be linked to. */
  openJournal(open: (record: RecordRows) => Opening): Promise<void>;
  /**
   * Writes in one transaction the events that may be written (`EventToWrite`), each where it is placed by what `begin`
   * returns, and returns once they are durable. `begin` is asked again for another attempt. `committed` is told
   * which were written, before another transaction begins; `latest` is that transaction's by then, or a later one.
   */
  appendEvents(
    events: readonly EventToWrite[],
    begin: () => (row: EventRow) => StoredEvent,
    committed: (written: readonly boolean[]) => void,
  ): Promise<void>;
  /** Replaces each sealed text that is still the one it was, all in one transaction. Returns how many were. */
  replaceSealed(resealed: readonly Resealed[]): Promise<number>;
  /** Adds use counts. */
  writeSecretUses(uses: readonly SecretUse[]): Promise<void>;
  /** Notes when tokens were last used. */
  writeTokenUses(uses: readonly TokenUse[]): Promise<void>;
  /**
   * Overwrites what the write-ahead log still holds of deleted rows. Where somebody who reads the file is in the
   * way, it is tried again in the background until it is done. Never throws: the change is made already.
   */
  scrubLog(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions extends MigrateOptions {
  /** The bundled write-thread.ts, for the record to be written in a thread of its own: in this one unless given. */
  writer?: string | undefined;
}

/** Migrates the database, then opens it. @throws CofferError `unavailable` */
export async function openStore(options: StoreOptions): Promise<Store> {
  await migrate(options);
  const connections = new SqliteConnections(options.databaseUrl);
  const reader = new PrismaClient({ adapter: connections });
  const writer = new PrismaClient({ adapter: connections });
  await Promise.all([reader.$connect(), writer.$connect()]);
  const direct = openDirect(options.databaseUrl);
  const record = options.writer
    ? writeInThread(options.writer, options.databaseUrl)
    : writeHere(options.databaseUrl, BUSY_TIMEOUT_MS);
  let latest = await record.look();

  let last: Promise<unknown> = Promise.resolve();
  function locked<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  }

  /** Writes those that hold as far as is known; where that is no more so, those that still hold in what was found. */
  async function append(
    events: readonly EventToWrite[],
    begin: () => (row: EventRow) => StoredEvent,
  ): Promise<boolean[]> {
    for (;;) {
      const present = events.map(({ under }) => under === null || holds(under, latest));
      const place = begin();
      const rows = events.filter((_, at) => present[at]);
      if (rows.length === 0) return present;
      const isBound = rows.some(({ under }) => under !== null);
      const isStrict = rows.some(({ under }) => under !== null && under.epoch !== null);
      const under = { revision: latest.revision, epoch: isStrict ? latest.epoch : null };
      const placed = rows.map(({ row }) => place(row));
      const found = await record.append(placed, isBound ? under : null);
      if (found === null) return present;
      if (found.epoch !== latest.epoch || found.revision !== latest.revision) latest = found;
      if (holds(under, found)) return present;
    }
  }

  let scrubAgain: NodeJS.Timeout | undefined;
  async function scrubLog(): Promise<void> {
    clearTimeout(scrubAgain);
    const done = await locked(() => truncateLog(writer)).catch(() => false);
    if (!done) scrubAgain = setTimeout(() => void scrubLog(), SCRUB_AGAIN_MS).unref();
  }
  await scrubLog(); // the process may have been killed between a deletion and its scrubbing

  return {
    db: reader,
    direct,
    get latest() {
      return latest;
    },
    write: (work, committed) =>
      locked(async () => {
        const result = await retryBusy(() =>
          writer.$transaction((tx) => work(tx), TRANSACTION_LIMITS),
        );
        committed?.();
        return result;
      }),
    openJournal: (open) => locked(() => retryBusy(() => direct.openJournal(open))),
    appendEvents: (events, begin, committed) =>
      locked(async () => {
        committed(await retryBusy(() => append(events, begin)));
      }),
    replaceSealed: (resealed) => locked(() => retryBusy(() => record.replaceSealed(resealed))),
    writeSecretUses: (uses) => locked(() => retryBusy(() => record.writeSecretUses(uses))),
    writeTokenUses: (uses) => locked(() => retryBusy(() => record.writeTokenUses(uses))),
    scrubLog,
    close: async () => {
      clearTimeout(scrubAgain);
      await last;
      await record.close();
      direct.close();
      await Promise.all([reader.$disconnect(), writer.$disconnect()]);
      await connections.dispose();
    },
  };
}

/** False where a reader of the file was in the way. */
async function truncateLog(writer: PrismaClient): Promise<boolean> {
  const [row] = await writer.$queryRaw<{ busy: number | bigint }[]>(
    Prisma.sql`PRAGMA wal_checkpoint(TRUNCATE)`,
  );
  return Number(row?.busy) === 0;
}

/** Repeats a transaction that found the file locked by another process. */
async function retryBusy<T>(attempt: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + BUSY_PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
    }
  }
}

/** Prisma reports SQLITE_BUSY as a time-out of the operation; in raw statements and commits the driver does. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "P1008") return true;
  return /SQLITE_BUSY|database is locked|SocketTimeout/.test(`${error.message} ${causeOf(error)}`);
}

function causeOf(error: Error): string {
  return error.cause === undefined ? "" : JSON.stringify(error.cause);
}

/** Whether `error` says that a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Whether `error` says that the file can't grow: the disk is full, or a quota is. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "SQLITE_FULL") return true;
  return /SQLITE_FULL|database or disk is full/.test(`${error.message} ${causeOf(error)}`);
}

/** Whether `error` came from the database or its client, and not from code above it. */
export function isDatabaseError(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError ||
    error instanceof Prisma.PrismaClientUnknownRequestError ||
    error instanceof Prisma.PrismaClientInitializationError ||
    error instanceof Prisma.PrismaClientValidationError ||
    (error instanceof Error &&
      ["DriverAdapterError", "SqliteError", "WriterGone"].includes(error.name)) ||
    error instanceof Prisma.PrismaClientRustPanicError
  );
}
