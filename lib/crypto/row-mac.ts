import { createHmac, timingSafeEqual } from "node:crypto";

/** What a decision may be made of, as a row has it. */
export type RowField = string | number | boolean | null | Date;

/**
 * The MAC of a row (FORMAT.md, "Row MACs"): HMAC-SHA-256 over the JSON array of the kind of row and its
 * fields, in base64url. JSON, because no two lists of these types have one text.
 */
export function rowMac(key: Uint8Array, kind: string, fields: readonly RowField[]): string {
  const statement = JSON.stringify([
    kind,
    ...fields.map((field) => (field instanceof Date ? field.toISOString() : field)),
  ]);
  return createHmac("sha256", key).update(statement).digest("base64url");
}

/** Whether `mac` is the MAC of that row, without telling by the time how much of it is right. */
export function isRowMac(
  key: Uint8Array,
  mac: string,
  kind: string,
  fields: readonly RowField[],
): boolean {
  const right = Buffer.from(rowMac(key, kind, fields));
  const given = Buffer.from(mac);
  return given.length === right.length && timingSafeEqual(given, right);
}
