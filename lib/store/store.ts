import { Prisma, type PrismaClient } from "./generated/sqlite/client";
import type { Log } from "../log";
import { wordsOf } from "./busy";
import type { DirectReader } from "./direct";
import type { Appended } from "./append-events";
import type { EventToWrite } from "./event-rows";
import type { Feed } from "./feed";
import type { Opening, Placing, RecordRows } from "./journal-rows";
import { migrate, type MigrateOptions } from "./migrate";
import type { Moment } from "./moment";
import { isPostgresError } from "./postgres/errors";
import { providerOf } from "./provider";
import type { Resealed } from "./sealed-rows";
import type { Delivered } from "./sink-rows";
import type { SecretUse, TokenUse } from "./use-rows";

/** What a query runs on: the reader client, or a transaction of the writer's. */
export type Db = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends" | "$use"
>;

/** What comes last in a transaction. From `last` on until it is over, nothing else is put on record by this process. */
export interface Closing {
  /** The last statements. `record` has at least what stands at the end of this process's journal. */
  last(tx: Db, record: RecordRows): Promise<void>;
  /** The transaction is durable, and no other one has begun. */
  committed(): void;
}

/**
 * The database. Reads go through `db`; writes only through `write`. There is one write transaction at a time: in this
 * process by a promise chain, and among all processes by SQLite's own lock, or by one that it takes first on PostgreSQL.
 * So what a transaction reads after its beginning is as it stays until its end, in both.
 */
export interface Store {
  readonly db: Db;
  /** What a resolve reads, and what reads every value or every event, past Prisma. */
  readonly direct: DirectReader;
  /** The newest state of the database that is known, without looking. The same object as long as it is the same. */
  readonly latest: Moment;
  /** Looks what the newest state of the database is, which is then `latest`. */
  look(): Promise<Moment>;
  /** Calls `heard` after each transaction of `write`, once it is durable. Returns what ends that. */
  onWrite(heard: () => void): () => void;
  /** What the database says of changes that other processes make. */
  readonly feed: Feed;
  /**
   * Runs `work` in one transaction and returns once it is durable. Nothing of it remains if it throws, unless it
   * `isUnknown` whether it does. Its first statement must be a write: on SQLite a transaction that reads first fails
   * at once beside another process. `work` may run more than once, and with it `closing.last`.
   */
  write<T>(work: (tx: Db) => Promise<T>, closing?: Closing): Promise<T>;
  /**
   * Writes a journal and its first event in one transaction, in which `open` reads what it is to be linked to, and once more
   * for another attempt. Nothing else is put on record by this process meanwhile. `committed` is told that it is durable,
   * before anything else is put on record.
   */
  openJournal(open: (record: RecordRows) => Opening, committed: () => void): Promise<void>;
  /**
   * Writes in one transaction the events that may be written (`EventToWrite`), each where what `begin` returns
   * places it, and returns once they are durable. `begin` is asked again for another attempt. `committed` is told what
   * was written, before another transaction begins; `latest` is that transaction's by then, or a later one.
   */
  appendEvents(
    events: readonly EventToWrite[],
    begin: (record: RecordRows) => Placing,
    committed: (appended: Appended) => void,
  ): Promise<void>;
  /** Replaces each sealed text that is still the one it was, all in one transaction. Returns how many were. */
  replaceSealed(resealed: readonly Resealed[]): Promise<number>;
  /** Adds use counts. */
  writeSecretUses(uses: readonly SecretUse[]): Promise<void>;
  /** Notes when tokens were last used. */
  writeTokenUses(uses: readonly TokenUse[]): Promise<void>;
  /**
   * Notes what a sink was given and has its lease last on, if that is still the holder's, and returns whether it is. No
   * transaction of `write`, so that what is kept in memory outlives it and no resolve is decided again for it.
   */
  writeDelivered(delivered: Delivered): Promise<boolean>;
  /**
   * Overwrites what SQLite's write-ahead log still holds of deleted rows. Where somebody who reads the file is in the
   * way, it is tried again in the background until it is done. Never throws: the change is made already.
   */
  scrubLog(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions extends MigrateOptions {
  /** The bundled lib/audit/write-thread.ts, for the record to be written in a thread of its own on SQLite: in this one unless given. */
  writer?: string | undefined;
  /** Of a PostgreSQL server itself, where `databaseUrl` leads to a pooler. Only its feed is listened to there. */
  directUrl?: string | undefined;
  /** For what is to be said of a database on a server; nothing is said unless given. */
  log?: Log | undefined;
}

/** Migrates the database, then opens it. @throws CofferError `unavailable` */
export async function openStore(options: StoreOptions): Promise<Store> {
  await migrate(options);
  if (providerOf(options.databaseUrl) === "postgresql") {
    const { openPostgresStore } = await import("./postgres/store");
    return openPostgresStore(options.databaseUrl, options);
  }
  const { openSqliteStore } = await import("./sqlite-store");
  return openSqliteStore(options.databaseUrl, options.writer);
}

/** Whether `error` says that a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Whether `error` says that the file can't grow: the disk is full, or a quota is. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && ["SQLITE_FULL", "53100"].includes(String(error.code))) return true;
  return /SQLITE_FULL|database or disk is full|\b53100\b/.test(wordsOf(error));
}

/** Whether `error` came from the database or its client, and not from code above it. */
export function isDatabaseError(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError ||
    error instanceof Prisma.PrismaClientUnknownRequestError ||
    error instanceof Prisma.PrismaClientInitializationError ||
    error instanceof Prisma.PrismaClientValidationError ||
    (error instanceof Error &&
      ["DriverAdapterError", "SqliteError", "WriterGone", "NotKept"].includes(error.name)) ||
    error instanceof Prisma.PrismaClientRustPanicError ||
    isPostgresError(error)
  );
}
