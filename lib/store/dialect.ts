import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

const ON_POSTGRES = new WeakSet<object>();

/** Notes that queries of this client, or transaction, run on PostgreSQL. Returns it. */
export function onPostgres(db: Db): Db {
  ON_POSTGRES.add(db);
  return db;
}

/** Whether they do. */
export function isOnPostgres(db: Db): boolean {
  return ON_POSTGRES.has(db);
}

/** What a column of `listed` holds. Times are to be text (`timeText`). */
export type ColumnType = "text" | "int" | "time";
const POSTGRES_TYPES = { text: "text", int: "integer", time: "timestamp(3)" } as const;

/**
 * A list of rows, given as JSON, as a table: for the FROM of a statement, where it has the name `alias`. So one statement
 * takes any number of rows.
 */
export function listed(
  db: Db,
  alias: string,
  columns: Readonly<Record<string, ColumnType>>,
  json: string,
): Prisma.Sql {
  const all = Object.entries(columns);
  if (isOnPostgres(db)) {
    const typed = all.map(([name, type]) => `"${name}" ${POSTGRES_TYPES[type]}`).join(", ");
    return Prisma.sql`json_to_recordset(${json}::json) AS ${Prisma.raw(`"${alias}"(${typed})`)}`;
  }
  const members = all.map(([name]) => `value ->> '${name}' AS "${name}"`).join(", ");
  return Prisma.sql`(SELECT ${Prisma.raw(members)} FROM json_each(${json})) AS ${Prisma.raw(`"${alias}"`)}`;
}

/** The condition that a text has `part` in it, to the letter. */
export function contains(db: Db, text: Prisma.Sql, part: string): Prisma.Sql {
  if (part.includes("\0")) return Prisma.sql`1 = 0`; // PostgreSQL takes none, and no text has one
  return isOnPostgres(db)
    ? Prisma.sql`strpos(${text}, ${part}) > 0`
    : Prisma.sql`instr(${text}, ${part}) > 0`;
}
