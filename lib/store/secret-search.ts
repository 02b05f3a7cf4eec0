import { contains } from "./dialect";
import { Prisma } from "./generated/sqlite/client";
import { attentionTimes, type Attention } from "../attention";
import type { AttentionCounts } from "../shapes";
import type { Db } from "./store";

export interface SecretSearch {
  environmentId: string;
  state: "active" | "trashed" | "all";
  /** In lower case. A plain text: `_` and `%` stand for themselves. */
  search: string | undefined;
  tag: string | undefined;
  attention: Attention | undefined;
  /** What is soon, and what is past, is seen from here. */
  now: Date;
  /** Only names after this one. */
  after: string | undefined;
  limit: number;
  visible: (name: string) => boolean;
}

/** Rows read at once, so that a caller who may see few of many names does not cost a query for each. */
const SMALLEST_PAGE = 500;

interface Found {
  id: string;
  name: string;
  nameKey: string;
}

/**
 * The first `limit` secrets in order of names that match and that `visible` lets through. Raw, because
 * Prisma's `contains` is LIKE without an escape, and names are full of underscores.
 */
export async function findSecretIds(db: Db, query: SecretSearch): Promise<Found[]> {
  const found: Found[] = [];
  const pageSize = Math.max(query.limit, SMALLEST_PAGE);
  let after = query.after;
  for (;;) {
    const rows = await readPage(db, query, after, pageSize);
    found.push(...rows.filter(({ name }) => query.visible(name)));
    after = rows[rows.length - 1]?.nameKey;
    if (rows.length < pageSize || found.length >= query.limit) break;
  }
  return found.slice(0, query.limit);
}

function readPage(
  db: Db,
  query: SecretSearch,
  after: string | undefined,
  pageSize: number,
): Promise<Found[]> {
  const conditions = [Prisma.sql`"environmentId" = ${query.environmentId}`];
  if (query.state === "active") conditions.push(Prisma.sql`"deletedAt" IS NULL`);
  if (query.state === "trashed") conditions.push(Prisma.sql`"deletedAt" IS NOT NULL`);
  if (after !== undefined) conditions.push(Prisma.sql`"nameKey" > ${after}`);
  if (query.search) conditions.push(contains(db, Prisma.sql`"searchKey"`, query.search));
  if (query.tag) conditions.push(contains(db, Prisma.sql`"tags"`, JSON.stringify(query.tag)));
  if (query.attention) conditions.push(asking(query.attention, query.now));
  return db.$queryRaw<Found[]>(
    Prisma.sql`SELECT "id", "name", "nameKey" FROM "Secret"
      WHERE ${Prisma.join(conditions, " AND ")} ORDER BY "nameKey" LIMIT ${pageSize}`,
  );
}

/** The condition for a secret that asks for attention in that way. An instant that is reached is past. */
function asking(attention: Attention, now: Date): Prisma.Sql {
  const { soon, unreadSince } = attentionTimes(now);
  switch (attention) {
    case "lost":
      return Prisma.sql`"currentVersion" <= "lostVersion"`;
    case "expired":
      return Prisma.sql`"expiresAt" <= ${now}`;
    case "expiring":
      return Prisma.sql`"expiresAt" > ${now} AND "expiresAt" <= ${soon}`;
    case "overdue":
      return Prisma.sql`"rotateDueAt" <= ${now}`;
    case "due":
      return Prisma.sql`"rotateDueAt" > ${now} AND "rotateDueAt" <= ${soon}`;
    case "unread":
      return Prisma.sql`"createdAt" <= ${unreadSince} AND NOT EXISTS (
        SELECT 1 FROM "SecretUse" WHERE "secretId" = "Secret"."id" AND "lastAt" > ${unreadSince})`;
  }
}

/** Whether any value was ever lost with a key: looks at every secret. Only a reset makes it so, beside no other process. */
export async function hasLostValues(db: Db): Promise<boolean> {
  const found = await db.secret.findFirst({
    where: { lostVersion: { gt: 0 } },
    select: { id: true },
  });
  return found !== null;
}

/**
 * How many of an environment's secrets ask for attention, by its indexes: it costs as much as there are such. Those that are lost have none, and
 * are counted only where there may be any.
 */
export async function countAttention(
  db: Db,
  environmentId: string,
  now: Date,
  mayHaveLost: boolean,
): Promise<AttentionCounts> {
  const those = (attention: Attention) =>
    Prisma.sql`(SELECT COUNT(*) FROM "Secret"
      WHERE "environmentId" = ${environmentId} AND "deletedAt" IS NULL AND ${asking(attention, now)})`;
  const [row] = await db.$queryRaw<Record<keyof AttentionCounts, number | bigint>[]>(
    Prisma.sql`SELECT ${those("expired")} AS "expired", ${those("overdue")} AS "overdue",
      ${those("expiring")} AS "expiring", ${those("due")} AS "due",
      ${mayHaveLost ? those("lost") : Prisma.sql`0`} AS "lost"`,
  );
  const count = (name: keyof AttentionCounts) => Number(row?.[name] ?? 0);
  return {
    lost: count("lost"),
    expired: count("expired"),
    overdue: count("overdue"),
    expiring: count("expiring"),
    due: count("due"),
  };
}
