import Database from "better-sqlite3";
import {
  openingWriter,
  recordRows,
  type LiveRecord,
  type Opening,
  type RecordRows,
} from "./journal-rows";
import { resolveRowReader, type ResolveRow } from "./resolve-rows";
import { recordReader, type RecordReader } from "./sink-rows";
import { sealedRows, type SealedHead, type SealedRow, type VersionKey } from "./sealed-rows";
import type { Soon } from "./soon";
import { BUSY_TIMEOUT_MS, PRAGMAS, sqlitePath } from "./sqlite";
import { tokenReader, type StoredToken } from "./token-rows";

/** Makes a statement ready for many uses. */
export type Prepare = (sql: string) => Database.Statement;

/** What a resolve reads, and what reads every value or every event, past Prisma. */
export interface DirectReader extends RecordReader {
  readonly record: LiveRecord;
  /** The record as far as a link to it has to be known: its journals, where each ends, and those from before the chain. */
  readHeads(): Soon<RecordRows>;
  /** A number that changes whenever another connection has committed to the file, whatever it wrote; always on PostgreSQL. */
  stamp(): number;
  /** The present Revision. */
  readRevision(): Soon<number>;
  /** A token with its service and environment, by the hash of the token. */
  findToken(hash: string): Promise<StoredToken | null>;
  /** The current version of each named secret and, of the same secrets, those numbered in `versions`. */
  readResolveRows(
    environmentId: string,
    nameKeys: readonly string[],
    versions: readonly number[],
  ): Promise<ResolveRow[]>;
  /** Up to `limit` versions that have a value, in order, after the one given. */
  readSealedHeads(after: VersionKey, limit: number): Promise<SealedHead[]>;
  /** The sealed values of those of these versions that still have one. */
  readSealedRows(keys: readonly VersionKey[]): Promise<SealedRow[]>;
}

/**
 * All of it on SQLite: statements that are made ready once, on a connection of their own. What writes takes
 * SQLite's write lock: only the store calls it, under its own lock, or this connection and the writer's
 * would wait for each other with the event loop standing still.
 */
export interface Direct extends DirectReader {
  readonly record: RecordRows;
  /** Writes in one transaction a journal and its first event. Durable when it returns. */
  openJournal(open: (record: RecordRows) => Opening): void;
  close(): void;
}

/** Opens the connection to a database that is migrated. */
export function openDirect(databaseUrl: string): Direct {
  const database = new Database(sqlitePath(databaseUrl), { timeout: BUSY_TIMEOUT_MS });
  database.exec(PRAGMAS);
  const prepare: Prepare = (sql) => database.prepare(sql);
  const inTransaction = transactions(database);
  const stamp = prepare("PRAGMA data_version").pluck();
  const revision = prepare(`SELECT "counter" FROM "Revision" WHERE "id" = 1`).pluck();
  const readRevision = (): number => {
    const counter = revision.get();
    return typeof counter === "number" ? counter : 0;
  };
  const findToken = tokenReader(prepare);
  const readResolveRows = resolveRowReader(prepare);
  const writeOpening = openingWriter(prepare);
  const record = recordRows(prepare);

  return {
    stamp: () => stamp.get() as number,
    readRevision,
    readHeads: () => record,
    findToken: (hash) => Promise.resolve(findToken(hash)),
    readResolveRows: (...wanted) => Promise.resolve(readResolveRows(...wanted)),
    ...recordReader(prepare),
    record,
    openJournal: (open) => inTransaction(() => writeOpening(open(record))),
    ...sealedRows(prepare),
    close: () => database.close(),
  };
}

/** Runs work in a transaction that has the write lock from its beginning. */
export function transactions(database: Database): <T>(work: () => T) => T {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  return (work) => {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
}
