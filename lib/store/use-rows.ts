import { timeText } from "./column";
import type { Prepare } from "./direct";
import type { RecordWriter } from "./record-writer";

/** How often a service read a secret on one day (`YYYY-MM-DD`, UTC), since it was last written. */
export interface SecretUse {
  secretId: string;
  serviceId: string;
  day: string;
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** When a token was last used, and from where. */
export interface TokenUse {
  tokenId: string;
  lastAt: Date;
  address: string;
}

/**
 * Adds use counts, and notes when tokens were last used. One statement each, since the driver does not yield
 * between statements, and joined with what it refers to, which may have been deleted since. What a service did stays when
 * it is deleted, so it also counts what is written after that.
 */
export function useWriter(
  prepare: Prepare,
): Pick<RecordWriter, "writeSecretUses" | "writeTokenUses"> {
  const secretUses = prepare(`
    INSERT INTO "SecretUse" ("secretId", "serviceId", "day", "count", "firstAt", "lastAt")
    SELECT s."id", u.value ->> 'serviceId', u.value ->> 'day', u.value ->> 'count', u.value ->> 'firstAt', u.value ->> 'lastAt'
    FROM json_each(?) u
    JOIN "Secret" s ON s."id" = u.value ->> 'secretId'
    WHERE true
    ON CONFLICT ("secretId", "serviceId", "day") DO UPDATE
    SET "count" = "SecretUse"."count" + excluded."count", "lastAt" = excluded."lastAt"`);
  const tokenUses = prepare(`
    INSERT INTO "TokenUse" ("tokenId", "lastAt", "address")
    SELECT t."id", u.value ->> 'lastAt', u.value ->> 'address'
    FROM json_each(?) u
    JOIN "ServiceToken" t ON t."id" = u.value ->> 'tokenId'
    WHERE true
    ON CONFLICT ("tokenId") DO UPDATE
    SET "lastAt" = excluded."lastAt", "address" = excluded."address"`);
  return {
    writeSecretUses: (uses) => void secretUses.run(JSON.stringify(uses.map(withTimes))),
    writeTokenUses: (uses) => void tokenUses.run(JSON.stringify(uses.map(withTimes))),
  };
}

/** Times as the adapter writes them, so that they compare as text with those that it wrote. */
function withTimes(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? timeText(value) : value,
    ]),
  );
}
