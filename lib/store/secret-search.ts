import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

export interface SecretSearch {
  environmentId: string;
  state: "active" | "trashed" | "all";
  /** In lower case. A plain text: `_` and `%` stand for themselves. */
  search: string | undefined;
  tag: string | undefined;
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
  if (query.search) conditions.push(Prisma.sql`instr("searchKey", ${query.search}) > 0`);
  if (query.tag) conditions.push(Prisma.sql`instr("tags", ${JSON.stringify(query.tag)}) > 0`);
  return db.$queryRaw<Found[]>(
    Prisma.sql`SELECT "id", "name", "nameKey" FROM "Secret"
      WHERE ${Prisma.join(conditions, " AND ")} ORDER BY "nameKey" LIMIT ${pageSize}`,
  );
}
