import Database from "better-sqlite3";
import { BUSY_TIMEOUT_MS, openReadOnly, sqlitePath } from "./sqlite";

/** A value of a row as a backup holds it: a time is ISO 8601 in UTC. */
export type Cell = string | number | boolean | null;

/** A table of a backup: its columns in the order in which each row has their values. */
export interface BackupTable {
  table: string;
  columns: string[];
  rows: number;
}

/**
 * What no backup holds, with the rows that it keeps of it all the same. A copy must let nobody in who was let in
 * elsewhere: sessions end, links that nobody has used are made anew. A used link says that the setup is over. And the
 * processes that work on a database do not work on a copy of it.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  Instance: "0",
  Session: "0",
  OneTimeLink: `"consumedAt" IS NOT NULL`,
};

/** Kept by the migrations themselves. */
const MIGRATIONS = "_prisma_migrations";

/** The whole database at one moment. Others write on meanwhile. */
export interface Snapshot {
  migrations: string[];
  /** Where each journal ends: its id, and the number of its last event. */
  heads: [journal: string, seq: number][];
  tables: BackupTable[];
  rows(table: BackupTable): Iterable<Cell[]>;
  close(): void;
}

interface Column {
  name: string;
  type: string;
  pk: number;
}

/** Begins to read a database in one read transaction, on a connection of its own. */
export function openSnapshot(databaseUrl: string): Snapshot {
  const database = openReadOnly(databaseUrl);
  database.exec("BEGIN");
  const columns = new Map(tableNames(database).map((table) => [table, columnsOf(database, table)]));
  const where = (table: string) => LEFT_OUT[table] ?? "1";
  const tables = Array.from(columns, ([table, all]): BackupTable => {
    const count = database.prepare(`SELECT count(*) FROM "${table}" WHERE ${where(table)}`).pluck();
    return { table, columns: all.map(({ name }) => name), rows: count.get() as number };
  });
  return {
    tables,
    migrations: migrationsOf(database),
    heads: database
      .prepare(`SELECT "journalId", max("seq") FROM "AuditEvent" GROUP BY 1 ORDER BY 1`)
      .raw()
      .all() as [string, number][],
    *rows({ table }) {
      const all = columns.get(table) ?? [];
      const names = all.map(({ name }) => `"${name}"`).join(", ");
      const key = all.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
      const order = key.map(({ name }) => `"${name}"`).join(", ") || "rowid";
      const select = database
        .prepare(`SELECT ${names} FROM "${table}" WHERE ${where(table)} ORDER BY ${order}`)
        .raw();
      for (const row of select.iterate() as IterableIterator<unknown[]>) {
        yield row.map((value, index) => cellOf(value, all[index]?.type));
      }
    },
    close: () => database.close(),
  };
}

/** Whether the file has no row of Coffer's, or there is no file. */
export function hasNoRows(databaseUrl: string): boolean {
  const database = new Database(sqlitePath(databaseUrl), { timeout: BUSY_TIMEOUT_MS });
  try {
    return tableNames(database).every(
      (table) => database.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() === undefined,
    );
  } finally {
    database.close();
  }
}

/** Writes the rows of a backup into a database that is migrated and empty. Nothing of it is durable before `end`. */
export interface Loader {
  /** @throws Error for a table or columns that the database does not have */
  begin(table: string, columns: readonly string[]): (row: readonly Cell[]) => void;
  /** @throws Error where rows refer to rows that are not there */
  end(): void;
  close(): void;
}

/** Opens a database to load a backup into. */
export function openLoader(databaseUrl: string): Loader {
  const database = new Database(sqlitePath(databaseUrl), { fileMustExist: true });
  // Not durable while it is filled: nobody uses the file before it is whole and has been synced.
  database.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
  const tables = new Set(tableNames(database));
  return {
    begin(table, names) {
      const known = tables.has(table) ? columnsOf(database, table) : [];
      const types = names.map((name) => known.find((column) => column.name === name)?.type);
      if (types.length === 0 || types.includes(undefined)) throw new Error("unknown table");
      const list = names.map((name) => `"${name}"`).join(", ");
      const marks = names.map(() => "?").join(", ");
      const insert = database.prepare(`INSERT INTO "${table}" (${list}) VALUES (${marks})`);
      return (row) => insert.run(...row.map((cell, index) => storedOf(cell, types[index])));
    },
    end() {
      if (database.pragma("foreign_key_check", { simple: true }) !== undefined) {
        throw new Error("a row refers to one that is missing");
      }
      database.exec("COMMIT");
      database.pragma("wal_checkpoint(TRUNCATE)");
    },
    close: () => database.close(),
  };
}

function tableNames(database: Database): string[] {
  const names = database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .pluck()
    .all() as string[];
  return names.filter((name) => name !== MIGRATIONS);
}

function columnsOf(database: Database, table: string): Column[] {
  const columns = database.pragma(`table_info("${table}")`) as Column[];
  return columns.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function migrationsOf(database: Database): string[] {
  return database
    .prepare(
      `SELECT migration_name FROM ${MIGRATIONS} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    )
    .pluck()
    .all() as string[];
}

const OFFSET = "+00:00";

function cellOf(value: unknown, type: string | undefined): Cell {
  if (type === "BOOLEAN" && typeof value === "number") return value !== 0;
  if (type === "DATETIME" && typeof value === "string" && value.endsWith(OFFSET)) {
    return `${value.slice(0, -OFFSET.length)}Z`;
  }
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("A column has a kind of value that backups can't hold.");
}

function storedOf(cell: Cell, type: string | undefined): string | number | null {
  if (typeof cell === "boolean") return cell ? 1 : 0;
  if (type === "DATETIME" && typeof cell === "string" && cell.endsWith("Z")) {
    return `${cell.slice(0, -1)}${OFFSET}`;
  }
  return cell;
}
