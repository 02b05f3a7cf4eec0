import Database from "better-sqlite3";
import type { Cell } from "./backup-rows";
import { sqlitePath } from "./sqlite";
import { columnsOf, OFFSET, tableNames } from "./sqlite-snapshot";

/** Writes the rows of a backup into a database that is migrated and empty. Nothing of it is durable before `end`. */
export interface Loader {
  /**
   * The rows of a table that the schema does not have are left out: they are not Coffer's, and a backup of an earlier
   * version may have some.
   * @throws Error for columns that the table does not have
   */
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
      if (!tables.has(table)) return () => undefined;
      const known = columnsOf(database, table);
      const types = names.map((name) => known.find((column) => column.name === name)?.type);
      if (types.length === 0 || types.includes(undefined)) throw new Error("unknown columns");
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

function storedOf(cell: Cell, type: string | undefined): string | number | null {
  if (typeof cell === "boolean") return cell ? 1 : 0;
  if (type === "DATETIME" && typeof cell === "string" && cell.endsWith("Z")) {
    return `${cell.slice(0, -1)}${OFFSET}`;
  }
  return cell;
}
