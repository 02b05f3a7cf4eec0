import type { Direct, Prepare } from "./direct";
import type { RecordWriter } from "./record-writer";

/** The place of a version among all: where a page of them ends. */
export interface VersionKey {
  secretId: string;
  version: number;
}

/** A version that has a value, and what its sealed text begins with: format and key id. */
export interface SealedHead extends VersionKey {
  head: string;
}

/** A sealed value with all that its place consists of. */
export interface SealedRow extends VersionKey {
  environmentId: string;
  nameKey: string;
  /** Up to which version the secret's values were lost with a keyring of before. */
  lostVersion: number;
  sealed: string;
}

/** A sealed text, and the one to put in its place. */
export interface Resealed extends VersionKey {
  from: string;
  to: string;
}

/** `cfv1.`, ten digits and a dot. */
const HEAD_CHARACTERS = 16;

/** Reads the sealed values of all secrets, page by page: the driver does not yield within one. */
export function sealedRows(prepare: Prepare): Pick<Direct, "readSealedHeads" | "readSealedRows"> {
  const heads = prepare(`
    SELECT "secretId", "version", substr("sealed", 1, ${String(HEAD_CHARACTERS)}) AS "head"
    FROM "SecretVersion" WHERE ("secretId", "version") > (?, ?) AND "sealed" IS NOT NULL
    ORDER BY "secretId", "version" LIMIT ?`);
  const rows = prepare(`
    SELECT v."secretId", v."version", v."sealed", s."environmentId", s."nameKey", s."lostVersion"
    FROM json_each(?) k
    JOIN "SecretVersion" v ON v."secretId" = k.value ->> 'secretId' AND v."version" = k.value ->> 'version'
    JOIN "Secret" s ON s."id" = v."secretId"
    WHERE v."sealed" IS NOT NULL`);
  return {
    readSealedHeads: ({ secretId, version }, limit) =>
      Promise.resolve(heads.all(secretId, version, limit) as SealedHead[]),
    readSealedRows: (keys) =>
      Promise.resolve(
        rows.all(
          JSON.stringify(keys.map(({ secretId, version }) => ({ secretId, version }))),
        ) as SealedRow[],
      ),
  };
}

/** Rewrites them. */
export function sealedWriter(prepare: Prepare): Pick<RecordWriter, "replaceSealed"> {
  const replace = prepare(`
    UPDATE "SecretVersion" SET "sealed" = r.value ->> 'to' FROM json_each(?) r
    WHERE "secretId" = r.value ->> 'secretId' AND "version" = r.value ->> 'version'
      AND "sealed" = r.value ->> 'from'`);
  return { replaceSealed: (resealed) => replace.run(JSON.stringify(resealed)).changes };
}
