import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

/** A version of a secret, as resolving needs it. */
export interface ResolveRow {
  id: string;
  environmentId: string;
  name: string;
  nameKey: string;
  currentVersion: number;
  highestVersion: number;
  expiresAt: Date | null;
  deletedAt: Date | null;
  mac: string;
  /** Null where the database has lost the version's row. */
  version: number | null;
  /** Null once destroyed. */
  sealed: string | null;
}

/**
 * The current version of each named secret and, of the same secrets, those numbered in `versions`. One
 * statement, so that all rows are of one moment: a rotation is seen whole or not at all.
 */
export async function readResolveRows(
  db: Db,
  environmentId: string,
  nameKeys: readonly string[],
  versions: readonly number[],
): Promise<ResolveRow[]> {
  if (nameKeys.length === 0) return [];
  const wanted =
    versions.length === 0
      ? Prisma.sql`v."version" = s."currentVersion"`
      : Prisma.sql`(v."version" = s."currentVersion" OR v."version" IN (${Prisma.join([...versions])}))`;
  return db.$queryRaw<ResolveRow[]>(Prisma.sql`
    SELECT s."id", s."environmentId", s."name", s."nameKey", s."currentVersion", s."highestVersion",
           s."expiresAt", s."deletedAt", s."mac", v."version", v."sealed"
    FROM "Secret" s LEFT JOIN "SecretVersion" v ON v."secretId" = s."id" AND ${wanted}
    WHERE s."environmentId" = ${environmentId} AND s."nameKey" IN (${Prisma.join([...nameKeys])})`);
}
