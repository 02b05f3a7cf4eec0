import Database from "better-sqlite3";

/** A row of a table that somebody else's program made, by its columns' names. */
export type ForeignRow = ReadonlyMap<string, unknown>;

/** What a file is, in place of rows. */
export type NotRead = "not_sqlite" | "no_table" | "broken";

const MAGIC = "SQLite format 3\0";
/** In the header (https://www.sqlite.org/fileformat.html, 1.3): how the file is to be written and read; 2 is WAL. */
const WRITE_VERSION = 18;
const READ_VERSION = 19;
const WANTED = ["id", "deleted_at", "value", "var_name"];

/** Whether `bytes` say that they are a SQLite database. */
export function isSqliteFile(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).toString("latin1") === MAGIC;
}

/**
 * Up to `limit` rows of the table `secrets` in a SQLite file that anybody may have made. It is opened in memory and
 * never as a file; nothing that is in it is run: `secrets` has to be a plain table with plain columns, without
 * generated ones, and is read without a condition, so that a view, a trigger, a virtual table or an index of the
 * file's making has no say.
 */
export function readSecretsTable(bytes: Buffer, limit: number): ForeignRow[] | NotRead {
  if (!isSqliteFile(bytes)) return "not_sqlite";
  // In memory there is no WAL: a file that was used with one is read as it was last checkpointed.
  const image = Buffer.from(bytes);
  image[WRITE_VERSION] = 1;
  image[READ_VERSION] = 1;
  let database: Database | undefined;
  try {
    database = new Database(image, { readonly: true });
    database.exec(`
      PRAGMA query_only = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON;
      PRAGMA temp_store = MEMORY;`);
    const table = database
      .prepare(`SELECT type, rootpage, sql FROM sqlite_schema WHERE name = 'secrets' LIMIT 1`)
      .get() as { type: string; rootpage: number } | undefined;
    if (table?.type !== "table" || table.rootpage === 0) return "no_table";
    const columns = database
      .prepare(`SELECT name, hidden FROM pragma_table_xinfo('secrets') LIMIT 100`)
      .all() as { name: string; hidden: number }[];
    if (columns.some(({ hidden }) => hidden !== 0)) return "no_table";
    const found = WANTED.filter((wanted) => columns.some(({ name }) => name === wanted));
    if (!found.includes("value") || !found.includes("var_name")) return "no_table";
    const names = found.map((name) => `"${name}"`).join(", ");
    const rows = database
      .prepare(`SELECT ${names} FROM main."secrets" NOT INDEXED LIMIT ${String(limit)}`)
      .all();
    return rows.map((row) => new Map(Object.entries(row as object)));
  } catch {
    return "broken"; // its own message may quote the file
  } finally {
    database?.close();
  }
}
