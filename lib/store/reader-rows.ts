import { DEFAULT_ENVIRONMENT } from "../name";
import { timeOf, timeText } from "./column";
import { contains, isOnPostgres } from "./dialect";
import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

/** Events looked at in one statement. The driver does not yield, so this is how long it holds the event loop. */
const PAGE = 500;

/** Which events are looked for: those that name a secret, after `since` and up to `until`. */
export interface ReadSearch {
  /** The environment's slug. */
  environment: string;
  nameKey: string;
  since: Date;
  until: Date;
}

/** Events that are alike but for their time. */
export interface ReadGroup {
  actorKind: string;
  actorId: string;
  actorName: string;
  address: string;
  tokenId: string | null;
  action: string;
  outcome: string;
  code: string;
  /** The versions that each of them read, such as `3` or `3,1`; null where it was no read. */
  versions: string | null;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/**
 * The events in which a secret was read or asked for, in order of time and in portions: each looks at so few
 * events, by the index of times, that others get their turn between two. An event names secrets as JSON, and
 * `["name",` in it stands for that name and for no other that begins or ends alike: names have no quotes.
 */
export async function* readGroups(
  db: Db,
  search: ReadSearch,
): AsyncGenerator<{ groups: ReadGroup[]; looked: number }> {
  let after = new Date(search.since.getTime() - 1); // the first one is among them
  for (;;) {
    const { end, looked } = await nextPage(db, after, search.until);
    if (end === null) return;
    yield { groups: await groupsBetween(db, search, after, end), looked };
    after = end;
    await new Promise((resolve) => setImmediate(resolve)); // the driver's promises alone let nobody in
  }
}

/** The time of the last event of the next page, and how many there are up to it. */
async function nextPage(
  db: Db,
  after: Date,
  until: Date,
): Promise<{ end: Date | null; looked: number }> {
  const [row] = await db.$queryRaw<{ end: unknown; looked: bigint | number }[]>(
    Prisma.sql`SELECT max("at") AS "end", count(*) AS "looked" FROM (
      SELECT "at" FROM "AuditEvent" WHERE "at" > ${timeText(after)} AND "at" <= ${timeText(until)}
      ORDER BY "at" LIMIT ${PAGE}) AS p`,
  );
  const end = row?.end ?? null;
  return { end: end === null ? null : timeOf(end), looked: Number(row?.looked ?? 0) };
}

/** The versions of a secret that an event names, such as `3` or `3,1`. */
function versionsOf(db: Db, nameKey: string): Prisma.Sql {
  return isOnPostgres(db)
    ? Prisma.sql`SELECT string_agg(n.value ->> 1, ',') FROM json_array_elements("names"::json) n(value)
        WHERE lower(n.value ->> 0) = ${nameKey}`
    : Prisma.sql`SELECT group_concat(n.value ->> 1) FROM json_each("names") n WHERE lower(n.value ->> 0) = ${nameKey}`;
}

type Stored = Record<keyof ReadGroup, unknown>;

async function groupsBetween(
  db: Db,
  { environment, nameKey }: ReadSearch,
  after: Date,
  end: Date,
): Promise<ReadGroup[]> {
  const named = `["${nameKey}",`;
  // Who was refused before it was known where is on record without an environment, if they named none.
  const unnamed = environment === DEFAULT_ENVIRONMENT ? "" : environment;
  const rows = await db.$queryRaw<Stored[]>(Prisma.sql`
    SELECT "actorKind", "actorId", "actorName", "address", "tokenId", "action", "outcome", "code",
      CASE WHEN "action" IN ('secrets.resolve', 'secrets.render') AND "outcome" = 'ok' THEN (
        ${versionsOf(db, nameKey)}
      ) END AS "versions",
      sum(coalesce("repeats", 1)) AS "count", min("at") AS "firstAt", max("at") AS "lastAt"
    FROM "AuditEvent"
    WHERE "at" > ${timeText(after)} AND "at" <= ${timeText(end)} AND (
      ("action" IN ('secrets.resolve', 'secrets.render') AND "environment" = ${environment}
        AND ${contains(db, Prisma.sql`lower("names")`, named)})
      OR ("outcome" = 'denied' AND "environment" IN (${environment}, ${unnamed}) AND (lower("target") = ${nameKey}
        OR ("repeats" IS NOT NULL AND ${contains(db, Prisma.sql`lower("names")`, named)}))))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`);
  return rows.map((row) => ({
    ...(row as unknown as ReadGroup),
    count: Number(row.count),
    firstAt: timeOf(row.firstAt),
    lastAt: timeOf(row.lastAt),
  }));
}
