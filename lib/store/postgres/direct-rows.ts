import { timeText } from "../column";
import type { DirectReader } from "../direct";
import type { ResolveRow } from "../resolve-rows";
import type { Resealed, SealedHead, SealedRow } from "../sealed-rows";
import type { Delivered } from "../sink-rows";
import type { StoredToken } from "../token-rows";
import type { SecretUse, TokenUse } from "../use-rows";
import type { Query } from "./query";

/** A token with its service and environment: three rows of one moment. */
const TOKEN = `
  SELECT t."id", t."serviceId", t."hash", t."hint", t."expiresAt", t."revokedAt", t."mac",
    s."id" AS "service", s."environmentId", s."name", s."rules", s."allowedCidrs", s."demands", s."disabledAt", s."held",
    s."mac" AS "serviceMac", e."slug", e."protected", e."mac" AS "environmentMac"
  FROM "ServiceToken" t
  JOIN "Service" s ON s."id" = t."serviceId"
  JOIN "Environment" e ON e."id" = s."environmentId"
  WHERE t."hash" = $1`;

/** One statement, so that all rows are of one moment: a rotation is seen whole or not at all. */
const SECRETS = `
  SELECT s."id", s."environmentId", s."name", s."nameKey", s."currentVersion", s."highestVersion",
    s."expiresAt", s."deletedAt", s."mac", v."version", v."sealed"
  FROM "Secret" s LEFT JOIN "SecretVersion" v
    ON v."secretId" = s."id" AND (v."version" = s."currentVersion" OR v."version" = ANY($3::integer[]))
  WHERE s."environmentId" = $1 AND s."nameKey" = ANY($2::text[])`;

/** `cfv1.`, ten digits and a dot. */
const HEADS = `
  SELECT "secretId", "version", substr("sealed", 1, 16) AS "head" FROM "SecretVersion"
  WHERE ("secretId", "version") > ($1, $2) AND "sealed" IS NOT NULL ORDER BY "secretId", "version" LIMIT $3`;

const SEALED = `
  SELECT v."secretId", v."version", v."sealed", s."environmentId", s."nameKey", s."lostVersion"
  FROM json_to_recordset($1::json) AS k("secretId" text, "version" integer)
  JOIN "SecretVersion" v ON v."secretId" = k."secretId" AND v."version" = k."version"
  JOIN "Secret" s ON s."id" = v."secretId"
  WHERE v."sealed" IS NOT NULL`;

type TokenColumns = Omit<StoredToken, "service"> &
  Omit<StoredToken["service"], "id" | "mac" | "environment"> &
  Record<"service" | "serviceMac" | "slug" | "environmentMac", string> & { protected: boolean };

/** What a resolve reads, and what reads every value. */
export function directReader(
  query: Query,
): Pick<DirectReader, "findToken" | "readResolveRows" | "readSealedHeads" | "readSealedRows"> {
  return {
    async findToken(hash) {
      const [row] = await query<TokenColumns>(TOKEN, [hash]);
      if (!row) return null;
      const { id, serviceId, hint, expiresAt, revokedAt, mac, environmentId } = row;
      const { name, rules, allowedCidrs, demands, disabledAt, held, slug } = row;
      return {
        ...{ id, serviceId, hash: row.hash, hint, expiresAt, revokedAt, mac },
        service: {
          ...{ id: row.service, environmentId, name, rules, allowedCidrs, demands, disabledAt },
          ...{ held, mac: row.serviceMac },
          environment: {
            ...{ id: environmentId, slug, protected: row.protected, mac: row.environmentMac },
          },
        },
      };
    },
    readResolveRows: (environmentId, nameKeys, versions) =>
      nameKeys.length === 0
        ? Promise.resolve([])
        : query<ResolveRow>(SECRETS, [environmentId, nameKeys, versions]),
    readSealedHeads: ({ secretId, version }, limit) =>
      query<SealedHead>(HEADS, [secretId, version, limit]),
    readSealedRows: (keys) => query<SealedRow>(SEALED, [listOf(keys)]),
  };
}

/** Tells the trigger that raises Revision that nothing is another for anybody. Within a transaction. */
export const SEALING_ANEW = `SELECT set_config('coffer.sealing_anew', 'on', true)`;

const RESEAL = `
  UPDATE "SecretVersion" v SET "sealed" = r."to"
  FROM json_to_recordset($1::json) AS r("secretId" text, "version" integer, "from" text, "to" text)
  WHERE v."secretId" = r."secretId" AND v."version" = r."version" AND v."sealed" = r."from" RETURNING 1 AS "one"`;

/** Replaces each sealed text that is still the one it was. Returns how many were. For a transaction. */
export async function replaceSealed(query: Query, resealed: readonly Resealed[]): Promise<number> {
  await query(SEALING_ANEW);
  return (await query(RESEAL, [listOf(resealed)])).length;
}

/*
 * Use counts of several instances meet in one row: they are added, and the later time stays. Rows are taken in one
 * order, so that two instances never wait for each other, and what they refer to is kept from being deleted meanwhile.
 */
const SECRET_USES = `
  INSERT INTO "SecretUse" ("secretId", "serviceId", "day", "count", "firstAt", "lastAt")
  SELECT s."id", u."serviceId", u."day", u."count", u."firstAt", u."lastAt"
  FROM json_to_recordset($1::json)
    AS u("secretId" text, "serviceId" text, "day" text, "count" integer, "firstAt" timestamp(3), "lastAt" timestamp(3))
  JOIN "Secret" s ON s."id" = u."secretId"
  ORDER BY 1, 2, 3 FOR KEY SHARE OF s
  ON CONFLICT ("secretId", "serviceId", "day") DO UPDATE SET "count" = "SecretUse"."count" + excluded."count",
    "firstAt" = least("SecretUse"."firstAt", excluded."firstAt"),
    "lastAt" = greatest("SecretUse"."lastAt", excluded."lastAt")`;
const TOKEN_USES = `
  INSERT INTO "TokenUse" ("tokenId", "lastAt", "address")
  SELECT t."id", u."lastAt", u."address"
  FROM json_to_recordset($1::json) AS u("tokenId" text, "lastAt" timestamp(3), "address" text)
  JOIN "ServiceToken" t ON t."id" = u."tokenId"
  ORDER BY 1 FOR KEY SHARE OF t
  ON CONFLICT ("tokenId") DO UPDATE SET "lastAt" = excluded."lastAt", "address" = excluded."address"
  WHERE "TokenUse"."lastAt" <= excluded."lastAt"`;

/** Adds use counts. */
export async function writeSecretUses(query: Query, uses: readonly SecretUse[]): Promise<void> {
  await query(SECRET_USES, [listOf(uses)]);
}

/** Notes when tokens were last used. */
export async function writeTokenUses(query: Query, uses: readonly TokenUse[]): Promise<void> {
  await query(TOKEN_USES, [listOf(uses)]);
}

/** One statement: whoever takes the lease meanwhile waits for its row, or has this find nothing. */
const DELIVERED = `
  WITH mine AS (
    UPDATE "AuditSink" SET "deliveredAt" = $3::timestamp(3), "failingSince" = NULL, "problem" = NULL,
      "heldUntil" = (clock_timestamp() AT TIME ZONE 'UTC') + $4::integer * interval '1 millisecond'
    WHERE "id" = $1 AND "holder" = $2 RETURNING "id"
  ), moved AS (
    INSERT INTO "AuditCursor" ("sinkId", "journalId", "seq", "mac")
    SELECT mine."id", c."journalId", c."seq", c."mac"
    FROM mine, json_to_recordset($5::json) AS c("journalId" text, "seq" integer, "mac" text)
    ON CONFLICT ("sinkId", "journalId") DO UPDATE SET "seq" = excluded."seq", "mac" = excluded."mac"
  )
  SELECT "id" FROM mine`;

/** Notes what a sink was given, if its lease is still the holder's. */
export async function writeDelivered(query: Query, delivered: Delivered): Promise<boolean> {
  const { sinkId, holder, at, leaseMs, cursors } = delivered;
  const values = [sinkId, holder, at.toISOString(), leaseMs, JSON.stringify(cursors)];
  return (await query(DELIVERED, values)).length > 0;
}

/** Rows as `json_to_recordset` takes them. */
function listOf(rows: readonly object[]): string {
  return JSON.stringify(rows, function (this: Record<string, unknown>, key, value: unknown) {
    return this[key] instanceof Date ? timeText(this[key]) : value;
  });
}
