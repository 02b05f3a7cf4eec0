import { hkdfSync, type KeyObject } from "node:crypto";
import { encodeFields } from "./fields";

/**
 * HKDF-SHA-256 (RFC 5869) without a salt, `fields` as its info: independent bytes for every distinct list. No
 * salt is needed because every secret given here is already uniformly random (RFC 5869, section 3.3).
 */
export function derive(
  secret: KeyObject | Uint8Array,
  fields: readonly (string | number)[],
  lengthBytes: number,
): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", encodeFields(fields), lengthBytes));
}
