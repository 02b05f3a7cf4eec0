import type { PoolClient } from "pg";
import type { BackupTable, Cell, Snapshot } from "../backup-rows";
import { TABLES } from "../tables";
import { openPool } from "./pool";
import { queryOn, type Query } from "./query";
import { IN_SCHEMA, SCHEMA } from "./schema";
import { requireUsable } from "./usable";

/** Rows that are given at a time: at most so many values of 64 KiB are in memory. */
const PAGE = 100;

/** Of a transaction that reads all: it takes as long as whoever takes the rows does, and rows come by their index. */
export const UNHURRIED = `SELECT set_config('statement_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '0', true), set_config('enable_sort', 'off', true),
  ${IN_SCHEMA}`;

/** A column of a table, as PostgreSQL describes it. `key`: its place in the primary key. */
export interface Column {
  name: string;
  type: string;
  key: number | null;
}

const THERE = `
  SELECT c.relname AS "name" FROM pg_class c WHERE c.relnamespace = to_regnamespace('${SCHEMA}')
    AND c.relkind = 'r' AND c.relname = ANY($1)
  ORDER BY c.relname COLLATE "C"`;
const COLUMNS = `
  SELECT a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
    array_position(i.indkey::smallint[], a.attnum) AS "key"
  FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
  WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attname COLLATE "C"`;
const MIGRATIONS = `
  SELECT "migration_name" AS "name" FROM "_prisma_migrations"
  WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY "migration_name" COLLATE "C"`;
const HEADS = `SELECT "journalId", max("seq") FROM "AuditEvent" GROUP BY 1 ORDER BY 1`;

/** As `openSnapshot`, of a PostgreSQL database: in one transaction, which sees what was committed before it began. */
export async function openPostgresSnapshot(
  databaseUrl: string,
  leftOut: Readonly<Record<string, string>>,
): Promise<Snapshot> {
  const pool = openPool(databaseUrl, { max: 1, isPatient: true });
  let client: PoolClient | undefined;
  async function close(): Promise<void> {
    client?.release(true); // the transaction ends with its connection
    client = undefined;
    await pool.end();
  }
  try {
    client = await pool.connect();
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(UNHURRIED);
    const query = queryOn(client, false);
    return { ...(await snapshotOn(query, leftOut)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a transaction sees. */
export async function snapshotOn(
  query: Query,
  leftOut: Readonly<Record<string, string>>,
): Promise<Omit<Snapshot, "close">> {
  const columns = new Map<string, Column[]>();
  const tables: BackupTable[] = [];
  const where = (table: string) => leftOut[table] ?? "true";
  for (const name of await tableNames(query)) {
    const all = await columnsOf(query, name);
    columns.set(name, all);
    const [count] = await query<{ rows: number }>(
      `SELECT count(*) AS "rows" FROM "${name}" WHERE ${where(name)}`,
    );
    tables.push({ table: name, columns: all.map((each) => each.name), rows: count?.rows ?? 0 });
  }
  return {
    tables,
    migrations: (await query<{ name: string }>(MIGRATIONS)).map(({ name }) => name),
    heads: await query.arrays<[string, number]>(HEADS),
    rows: ({ table }) => rowsOf(query, table, columns.get(table) ?? [], where(table)),
  };
}

/** The tables of Coffer that are there, in the order of their names. */
export async function tableNames(query: Query): Promise<string[]> {
  return (await query<{ name: string }>(THERE, [TABLES])).map(({ name }) => name);
}

/** The columns of a table, in the order of their names. */
export function columnsOf(query: Query, table: string): Promise<Column[]> {
  return query<Column>(COLUMNS, [`${SCHEMA}."${table}"`]);
}

/** Whether there is no row of Coffer's, or there are no tables. Changes nothing. */
export async function hasNoRows(databaseUrl: string): Promise<boolean> {
  const pool = openPool(databaseUrl, { max: 1 });
  try {
    const query = queryOn(pool, false);
    await requireUsable(query);
    return await isEmpty(query);
  } finally {
    await pool.end();
  }
}

/** The same, on a connection that is there. */
export async function isEmpty(query: Query): Promise<boolean> {
  for (const table of await tableNames(query)) {
    if ((await query(`SELECT 1 AS "one" FROM ${SCHEMA}."${table}" LIMIT 1`)).length > 0)
      return false;
  }
  return true;
}

async function* rowsOf(
  query: Query,
  table: string,
  columns: readonly Column[],
  where: string,
): AsyncGenerator<Cell[][]> {
  const key = columns.filter((column) => column.key !== null);
  key.sort((a, b) => (a.key ?? 0) - (b.key ?? 0));
  const order = key.map(({ name }) => `"${name}"`).join(", ") || "ctid";
  await query(
    `DECLARE "coffer_rows" NO SCROLL CURSOR FOR
    SELECT ${columns.map(selected).join(", ")} FROM "${table}" t WHERE ${where} ORDER BY ${order}`,
  );
  for (;;) {
    const page = await query.arrays<Cell[]>(`FETCH ${String(PAGE)} FROM "coffer_rows"`);
    if (page.length > 0) yield page;
    if (page.length < PAGE) break;
  }
  await query(`CLOSE "coffer_rows"`);
}

/** A column as a backup has it: a time is ISO 8601 in UTC. */
function selected({ name, type }: Column): string {
  if (!type.startsWith("timestamp")) return `"${name}"`;
  return `to_char("${name}", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
