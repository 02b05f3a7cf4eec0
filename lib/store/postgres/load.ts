import { CofferError } from "../../errors";
import type { BackupTable, Cell, Snapshot } from "../backup-rows";
import { meterOf, requireSame, summed, type CopyWatch, type Sums } from "../row-sums";
import { isComing } from "./errors";
import { openPool } from "./pool";
import type { Query } from "./query";
import { SCHEMA } from "./schema";
import { columnsOf, isEmpty, snapshotOn, UNHURRIED, type Column } from "./snapshot";
import { BEGINNING, transaction } from "./transaction";

/** What is to be copied, and what is told of it. */
export interface Load extends CopyWatch {
  source: Pick<Snapshot, "tables" | "rows">;
  /** Runs first in the transaction, and may make room. */
  first?: (query: Query) => Promise<void>;
}

/**
 * Copies every row into a PostgreSQL database that is migrated and has none, and compares what is there then with what
 * was read, all in one transaction: it is there whole, or nothing is. Returns false if it has rows.
 * @throws CofferError `unavailable` for a row that PostgreSQL can't hold, or that is another one there; and where it is not
 * known whether all is there
 */
export async function loadInto(databaseUrl: string, load: Load): Promise<boolean> {
  const pool = openPool(databaseUrl, { max: 1, isPatient: true });
  /** Whether nothing is missing but the commit. */
  const end = { isNear: false };
  try {
    // The lock is that of every write: a server that starts here meanwhile waits, and finds rows.
    return await transaction(pool, BEGINNING, async (query) => {
      await query(UNHURRIED);
      await load.first?.(query);
      if (!(await isEmpty(query))) return false;
      const sums: Sums = new Map();
      const meter = meterOf(load.source, load, "writing");
      for (const table of await inOrder(query, load.source.tables)) {
        const write = await writerOf(query, table);
        for await (const page of summed(table.table, load.source.rows(table), sums)) {
          await write(page);
          meter(page.length);
        }
      }
      await requireSame(await snapshotOn(query, {}), sums, load);
      return (end.isNear = true);
    });
  } catch (error) {
    throw end.isNear && isComing(error) ? unknownEnd(error) : error;
  } finally {
    await pool.end();
  }
}

const REFERENCES = `
  SELECT DISTINCT f.relname AS "from", t.relname AS "to"
  FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
  WHERE c.contype = 'f' AND c.connamespace = '${SCHEMA}'::regnamespace`;

/** Each table after those that its rows refer to; and Revision last: what is written before it raises no number. */
async function inOrder(query: Query, tables: readonly BackupTable[]): Promise<BackupTable[]> {
  const references = await query<{ from: string; to: string }>(REFERENCES);
  const ordered = new Set<BackupTable>();
  const add = (table: BackupTable) => {
    for (const { from, to } of references) {
      const earlier = from === table.table && to !== from && tables.find((t) => t.table === to);
      if (earlier && !ordered.has(earlier)) add(earlier);
    }
    ordered.add(table);
  };
  const isLast = ({ table }: BackupTable) => table === "Revision";
  for (const table of tables) if (!isLast(table)) add(table);
  return [...ordered, ...tables.filter(isLast)];
}

/** Writes rows of a table. @throws CofferError `unavailable` */
async function writerOf(
  query: Query,
  { table, columns: names }: BackupTable,
): Promise<(page: readonly Cell[][]) => Promise<void>> {
  const there = await columnsOf(query, table);
  const columns = names.map((name) => there.find((column) => column.name === name));
  if (there.length !== columns.length || columns.includes(undefined)) throw otherTable(table);
  const insert = insertInto(table, columns as Column[]);
  return async (page) => {
    const rows = page.map((row) => Object.fromEntries(row.entries())); // {"0": …, "1": …}
    try {
      await query(insert, [JSON.stringify(rows)]);
    } catch (error) {
      throw isRefusedData(error) ? notHeld(table, error) : error;
    }
  };
}

function insertInto(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const cells = columns.map((_, index) => `"${String(index)}"`).join(", ");
  const typed = columns.map(({ type }, index) => `"${String(index)}" ${type}`).join(", ");
  return `INSERT INTO "${table}" (${names}) SELECT ${cells} FROM json_to_recordset($1::json) AS r(${typed})`;
}

/** Class 22: a text with U+0000, a number that is too large, what is no time. */
function isRefusedData(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("22");
}

function notHeld(table: string, cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    `PostgreSQL can't hold a row of ${table}: it has a text, a number or a time that Coffer does not write. GET /api/v1/integrity and coffer audit verify say which rows were changed. Nothing was changed.`,
    { cause },
  );
}

function unknownEnd(cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    "The connection to the database was lost while the copy was being committed, so it is not known whether it is there: all of it is, or nothing. Type this again: it says if the vault is there already, and begins anew if not.",
    { cause },
  );
}

function otherTable(table: string): CofferError {
  return new CofferError(
    "unavailable",
    `The table ${table} is another one in the two databases. Both have to be of this version of Coffer. Nothing was changed.`,
  );
}
