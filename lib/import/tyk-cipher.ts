import { createDecipheriv, createHash, scrypt } from "node:crypto";

/*
 * The ciphertexts of Tyk AI Studio's `secrets` table (its secrets/models.go and secrets/gcm_test.go):
 *   v1  base64url(IV 16 ‖ ct), perhaps after `$ENC/`; AES-256-CFB under SHA-256(key). Nothing proves the key.
 *   v2  `v2:` base64url(salt 16 ‖ nonce 12 ‖ ct ‖ tag 16); AES-256-GCM under scrypt(key, salt), no AAD.
 * `$ENC/v2/…` and any other `$ENC/v…/` are of a branch that was never released.
 */

export type TykGeneration = "v1" | "v2" | "unsupported";

const IV_BYTES = 16;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1_024 * 1_024 };
const V2 = "v2:";
const ENC = "$ENC/";

/** Which generation a stored text is of. Says nothing about whether it opens. */
export function generationOf(stored: string): TykGeneration {
  if (stored.startsWith(V2)) return "v2";
  return /^\$ENC\/v[0-9]+\//.test(stored) ? "unsupported" : "v1";
}

/**
 * The bytes behind a v1 text under `key`; null if the text can't be one. Under a wrong key they are noise, which
 * `textOf` tells from text in all but the shortest.
 */
export function openV1(stored: string, key: string): Buffer | null {
  const bytes = fromBase64url(stored.startsWith(ENC) ? stored.slice(ENC.length) : stored);
  if (bytes === null || bytes.length < IV_BYTES) return null;
  const cipherKey = createHash("sha256").update(key, "utf8").digest();
  const decipher = createDecipheriv("aes-256-cfb", cipherKey, bytes.subarray(0, IV_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
}

/** The bytes behind a v2 text under `key`; null if it does not open. Takes some 60 ms, in another thread. */
export async function openV2(stored: string, key: string): Promise<Buffer | null> {
  const bytes = fromBase64url(stored.slice(V2.length));
  const head = SALT_BYTES + NONCE_BYTES;
  if (bytes === null || bytes.length < head + TAG_BYTES) return null;
  const cipherKey = await stretched(key, bytes.subarray(0, SALT_BYTES));
  const decipher = createDecipheriv("aes-256-gcm", cipherKey, bytes.subarray(SALT_BYTES, head), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(head, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

function stretched(key: string, salt: Buffer): Promise<Buffer> {
  return new Promise((done, failed) => {
    scrypt(key, salt, 32, SCRYPT, (error, derived) => {
      if (error) failed(error);
      else done(derived);
    });
  });
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Control characters but those of text, code points that nobody has assigned, and private ones. */
const NOISE = /(?![\t\n\r])[\p{Cc}\p{Cn}\p{Co}]/u;

/** The text that `bytes` are; null if they are none, or look like what a wrong key makes. */
export function textOf(bytes: Buffer): string | null {
  try {
    const text = UTF8.decode(bytes);
    return NOISE.test(text) ? null : text;
  } catch {
    return null;
  }
}

function fromBase64url(text: string): Buffer | null {
  return /^[A-Za-z0-9_-]*={0,2}$/.test(text) ? Buffer.from(text, "base64url") : null;
}
