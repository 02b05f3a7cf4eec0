import { createHash, type Hash } from "node:crypto";
import { CofferError } from "../../errors";
import type { BackupTable, Cell, Snapshot } from "../backup-rows";
import { openPool } from "./pool";
import type { Query } from "./query";
import { columnsOf, isEmpty, snapshotOn, UNHURRIED, type Column } from "./snapshot";
import { BEGINNING, transaction } from "./transaction";

/** What is to be copied, and what is told of it. */
export interface Load {
  source: Pick<Snapshot, "tables" | "rows">;
  /** How many rows of all are written, and compared after that. */
  progress: (step: "writing" | "comparing", done: number, total: number) => void;
  signal: AbortSignal;
  /** Runs first in the transaction, and may make room. */
  first?: (query: Query) => Promise<void>;
}

/** What a table's rows come to. Two that have the same have the same rows, byte for byte. */
interface Sum {
  rows: number;
  digest: string;
}

/**
 * Copies every row into a PostgreSQL database that is migrated and has none, and compares what is there then with what
 * was read, all in one transaction: it is there whole, or nothing is. Returns false if it has rows.
 * @throws CofferError `unavailable` for a row that PostgreSQL can't hold, or that is another one there
 */
export async function loadInto(databaseUrl: string, load: Load): Promise<boolean> {
  const pool = openPool(databaseUrl, { max: 1 });
  try {
    // The lock is that of every write: a server that starts here meanwhile waits, and finds rows.
    return await transaction(pool, BEGINNING, async (query) => {
      await query(UNHURRIED);
      await load.first?.(query);
      if (!(await isEmpty(query))) return false;
      const sums = new Map<string, Sum>();
      const meter = meterOf(load, "writing");
      for (const table of await inOrder(query, load.source.tables)) {
        sums.set(table.table, await copyTable(query, table, load, meter));
      }
      await requireSame(query, sums, load);
      return true;
    });
  } finally {
    await pool.end();
  }
}

const REFERENCES = `
  SELECT DISTINCT f.relname AS "from", t.relname AS "to"
  FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
  WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`;

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

async function copyTable(
  query: Query,
  table: BackupTable,
  { source }: Load,
  meter: (rows: number) => void,
): Promise<Sum> {
  const there = await columnsOf(query, table.table);
  const columns = table.columns.map((name) => there.find((column) => column.name === name));
  if (there.length !== columns.length || columns.includes(undefined)) throw otherTable(table.table);
  const insert = insertInto(table.table, columns as Column[]);
  const digest = createHash("sha256");
  let rows = 0;
  for await (const page of source.rows(table)) {
    digestOf(digest, page);
    try {
      await query(insert, [JSON.stringify(page.map((row) => Object.fromEntries(row.entries())))]); // {"0": …, "1": …}
    } catch (error) {
      throw isRefusedData(error) ? notHeld(table.table, error) : error;
    }
    rows += page.length;
    meter(page.length);
  }
  return { rows, digest: digest.digest("hex") };
}

function insertInto(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const cells = columns.map((_, index) => `"${String(index)}"`).join(", ");
  const typed = columns.map(({ type }, index) => `"${String(index)}" ${type}`).join(", ");
  return `INSERT INTO "${table}" (${names}) SELECT ${cells} FROM json_to_recordset($1::json) AS r(${typed})`;
}

/** Reads everything again. @throws CofferError `unavailable` */
async function requireSame(
  query: Query,
  sums: ReadonlyMap<string, Sum>,
  load: Load,
): Promise<void> {
  const meter = meterOf(load, "comparing");
  const target = await snapshotOn(query, {});
  for (const table of target.tables) {
    const digest = createHash("sha256");
    let rows = 0;
    for await (const page of target.rows(table)) {
      digestOf(digest, page);
      rows += page.length;
      meter(page.length);
    }
    const read = sums.get(table.table) ?? { rows: 0, digest: createHash("sha256").digest("hex") };
    if (read.rows !== rows || read.digest !== digest.digest("hex")) throw notSame(table.table);
  }
}

function digestOf(digest: Hash, page: readonly Cell[][]): void {
  for (const row of page) digest.update(`${JSON.stringify(row)}\n`);
}

function meterOf(
  { source, progress, signal }: Load,
  step: "writing" | "comparing",
): (rows: number) => void {
  const total = source.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  return (rows) => {
    if (signal.aborted) throw new CofferError("unavailable", "Interrupted. Nothing was changed.");
    progress(step, (done += rows), total);
  };
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

function notSame(table: string): CofferError {
  return new CofferError(
    "unavailable",
    `What was written to ${table} does not read back as it was. Nothing was changed.`,
  );
}

function otherTable(table: string): CofferError {
  return new CofferError(
    "unavailable",
    `The table ${table} is another one in the two databases. Both have to be of this version of Coffer. Nothing was changed.`,
  );
}
