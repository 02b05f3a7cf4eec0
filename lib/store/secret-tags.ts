import { storedList } from "../stored-list";
import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

/** How many secrets are looked at for their tags. A bound on the cost; where there are more, some tags are not found. */
const LOOKED_AT = 10_000;

/** The first `limit` tags, in order, that an environment's secrets have: those in use, or those in the trash. */
export async function findTags(
  db: Db,
  environmentId: string,
  state: "active" | "trashed",
  limit: number,
): Promise<string[]> {
  const there = state === "active" ? Prisma.sql`IS NULL` : Prisma.sql`IS NOT NULL`;
  const rows = await db.$queryRaw<{ tags: string }[]>(
    Prisma.sql`SELECT DISTINCT "tags" FROM (
        SELECT "tags" FROM "Secret" WHERE "environmentId" = ${environmentId} AND "deletedAt" ${there}
        ORDER BY "nameKey" LIMIT ${LOOKED_AT}
      ) AS "looked" WHERE "tags" <> '[]'`,
  );
  const found = rows.flatMap(({ tags }) =>
    storedList<unknown>(() => JSON.parse(tags) as unknown[]),
  );
  const texts = found.filter((tag) => typeof tag === "string");
  return [...new Set(texts)].sort().slice(0, limit);
}
