import { createCipheriv, createHash, randomBytes, scryptSync } from "node:crypto";

/** Seals as Tyk AI Studio does, written apart from what opens in lib/import. */

/** `base64url(IV ‖ ct)`, AES-256-CFB under SHA-256 of the key, with Go's padding. */
export function sealTykV1(value: string | Buffer, key: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cfb", createHash("sha256").update(key).digest(), iv);
  return urlEncoded(Buffer.concat([iv, cipher.update(Buffer.from(value)), cipher.final()]));
}

/** `v2:base64url(salt ‖ nonce ‖ ct ‖ tag)`, AES-256-GCM under scrypt. */
export function sealTykV2(value: string, key: string): string {
  const { salt, derived } = stretched(key);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", derived, nonce);
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return `v2:${urlEncoded(Buffer.concat([salt, nonce, sealed, cipher.getAuthTag()]))}`;
}

const keys = new Map<string, { salt: Buffer; derived: Buffer }>();

/** One salt for each key, unlike Tyk: with one for each row the tests would stand still while they seal. */
function stretched(key: string): { salt: Buffer; derived: Buffer } {
  const known = keys.get(key);
  if (known) return known;
  const salt = randomBytes(16);
  const derived = scryptSync(key, salt, 32, { N: 32_768, r: 8, p: 1, maxmem: 64 << 20 });
  keys.set(key, { salt, derived });
  return { salt, derived };
}

/** Go's base64.URLEncoding, which pads. */
function urlEncoded(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
