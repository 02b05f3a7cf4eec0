import { timeOrNull } from "./column";
import type { Prepare } from "./direct";

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
 * Reads the current version of each named secret and, of the same secrets, those numbered in `versions`. One
 * statement, so that all rows are of one moment: a rotation is seen whole or not at all.
 */
export function resolveRowReader(
  prepare: Prepare,
): (
  environmentId: string,
  nameKeys: readonly string[],
  versions: readonly number[],
) => ResolveRow[] {
  const select = (wanted: string) =>
    prepare(`
      SELECT s."id", s."environmentId", s."name", s."nameKey", s."currentVersion", s."highestVersion",
             s."expiresAt", s."deletedAt", s."mac", v."version", v."sealed"
      FROM "Secret" s LEFT JOIN "SecretVersion" v ON v."secretId" = s."id" AND ${wanted}
      WHERE s."environmentId" = ? AND s."nameKey" IN (SELECT value FROM json_each(?))`);
  const current = select(`v."version" = s."currentVersion"`);
  const numbered = select(
    `(v."version" = s."currentVersion" OR v."version" IN (SELECT value FROM json_each(?)))`,
  );
  return (environmentId, nameKeys, versions) => {
    if (nameKeys.length === 0) return [];
    const names = JSON.stringify(nameKeys);
    const rows =
      versions.length === 0
        ? current.all(environmentId, names)
        : numbered.all(JSON.stringify(versions), environmentId, names);
    return (rows as ResolveRow[]).map((row) => ({
      ...row,
      expiresAt: timeOrNull(row.expiresAt),
      deletedAt: timeOrNull(row.deletedAt),
    }));
  };
}
