import Database from "better-sqlite3";
import type { BackupTable, Cell, Snapshot } from "./backup-rows";
import { BUSY_TIMEOUT_MS, openReadOnly, sqlitePath } from "./sqlite";
import { TABLES } from "./tables";

/** Kept by the migrations themselves. */
const MIGRATIONS = "_prisma_migrations";

/** Rows that are given at a time. */
const PAGE = 100;

/** A column of a table, as SQLite describes it. */
export interface Column {
  name: string;
  type: string;
  pk: number;
}

/** As `openSnapshot`, of a SQLite file. */
export function openSqliteSnapshot(
  databaseUrl: string,
  leftOut: Readonly<Record<string, string>>,
): Snapshot {
  const database = openReadOnly(databaseUrl);
  database.exec("BEGIN");
  const own = tableNames(database).filter((table) => TABLES.includes(table));
  const columns = new Map(own.map((table) => [table, columnsOf(database, table)]));
  const where = (table: string) => leftOut[table] ?? "1";
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
      let page: Cell[][] = [];
      for (const row of select.iterate() as IterableIterator<unknown[]>) {
        page.push(row.map((value, index) => cellOf(value, all[index]?.type)));
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

/** Whether the file has no row, whoever's: what is put in its place takes the whole file away. */
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

/** The tables, in the order of their names: but for those of SQLite and of the migrations. */
export function tableNames(database: Database): string[] {
  const names = database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .pluck()
    .all() as string[];
  return names.filter((name) => name !== MIGRATIONS);
}

/** The columns of a table, in the order of their names. */
export function columnsOf(database: Database, table: string): Column[] {
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

/** How a time ends that is stored, where a backup has Z. */
export const OFFSET = "+00:00";

function cellOf(value: unknown, type: string | undefined): Cell {
  if (type === "BOOLEAN" && typeof value === "number") return value !== 0;
  if (type === "DATETIME" && typeof value === "string" && value.endsWith(OFFSET)) {
    return `${value.slice(0, -OFFSET.length)}Z`;
  }
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("A column has a kind of value that backups can't hold.");
}
