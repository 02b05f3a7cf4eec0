import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto";
import { decodeBase64url } from "./base64url";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;

/** Bytes by which a box's body is longer than its plaintext. */
export const TAG_BYTES = 16;

/** An AES-256-GCM ciphertext as FORMAT.md lays it out: `body` is the ciphertext, then the 16-byte tag. */
export interface Box {
  readonly nonce: Buffer;
  readonly body: Buffer;
}

/** Encrypts under a fresh random nonce. `aad` has to be given again to decrypt. */
export function encrypt(key: KeyObject, plaintext: Uint8Array, aad: Buffer): Box {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { nonce, body: Buffer.concat([ciphertext, cipher.getAuthTag()]) };
}

/**
 * The plaintext, or null if key, nonce, ciphertext, tag and `aad` do not belong together. Nothing is returned
 * before the tag is verified; what was decrypted until then is overwritten.
 */
export function decrypt(key: KeyObject, box: Box, aad: Buffer): Buffer | null {
  const tagAt = box.body.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, box.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(box.body.subarray(tagAt));
  const plaintext = decipher.update(box.body.subarray(0, tagAt));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return null;
  }
}

/** `<nonce>.<body>` in base64url: how both sealed values and wrapped keys end. */
export function formatBox(box: Box): string {
  return `${box.nonce.toString("base64url")}.${box.body.toString("base64url")}`;
}

/** The box whose two parts are given, or null unless both are canonical and of a possible length. */
export function parseBox(nonceText = "", bodyText = ""): Box | null {
  const nonce = decodeBase64url(nonceText);
  const body = decodeBase64url(bodyText);
  if (nonce?.length !== NONCE_BYTES || body === null || body.length < TAG_BYTES) return null;
  return { nonce, body };
}
