import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";

/**
 * Set on every connection. `synchronous=FULL` makes a commit durable before it is acknowledged;
 * `secure_delete` overwrites what is deleted, so a destroyed ciphertext does not linger in free pages.
 */
export const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
`;

/**
 * For migrations. A migration rebuilds a table by dropping the old one, which with foreign keys on would
 * delete the rows that refer to it; and the pragma does nothing inside a script's transaction.
 */
const MIGRATION_PRAGMAS = `${PRAGMAS} PRAGMA foreign_keys = OFF;`;

/**
 * How long SQLite itself waits for another process's lock. Short, because it sleeps on the event loop; the
 * store waits for longer without stopping anything else.
 */
export const BUSY_TIMEOUT_MS = 20;

/** The file behind a `file:` URL, as SQLite takes it. */
export function sqlitePath(databaseUrl: string): string {
  return databaseUrl.slice("file:".length);
}

/** A connection past Prisma that can't write. @throws where there is no such file */
export function openReadOnly(databaseUrl: string): Database {
  return new Database(sqlitePath(databaseUrl), {
    ...{ readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS },
  });
}

/**
 * A factory of connections to one SQLite file, each with Coffer's pragmas. It remembers what it opened,
 * because the schema engine does not close what it connects to, and its lock would stay.
 */
export class SqliteConnections implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = "sqlite" as const;
  readonly adapterName = "@prisma/adapter-better-sqlite3";
  readonly #factory: PrismaBetterSqlite3;
  readonly #pragmas: string;
  readonly #open: SqlDriverAdapter[] = [];

  constructor(databaseUrl: string, use: "work" | "migration" = "work") {
    this.#pragmas = use === "work" ? PRAGMAS : MIGRATION_PRAGMAS;
    const path = sqlitePath(databaseUrl);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#factory = new PrismaBetterSqlite3({ url: path, timeout: BUSY_TIMEOUT_MS });
  }

  async connect(): Promise<SqlDriverAdapter> {
    const adapter = await this.#factory.connect();
    this.#open.push(adapter);
    await adapter.executeScript(this.#pragmas);
    return adapter;
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const adapter = await this.#factory.connectToShadowDb();
    this.#open.push(adapter);
    return adapter;
  }

  /** Closes every connection that this factory opened. */
  async dispose(): Promise<void> {
    for (const adapter of this.#open.splice(0)) await adapter.dispose();
  }
}
