import { randomBytes, scrypt } from "node:crypto";
import { SALT_BYTES } from "./keyring-record";

const SECRET_BYTES = 32;

// 128 * N * r bytes is what scrypt uses (RFC 7914); Node's default limit is 32 MiB.
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 * 128 * 2 ** 17 * 8 };

/** A salt for a new keyring. */
export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** The 32 bytes that a keyring's KEK is derived from. Takes about half a second of a thread and 128 MiB. */
export function stretch(masterKey: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(masterKey, salt, SECRET_BYTES, SCRYPT, (error, secret) => {
      if (error === null) resolve(secret);
      else reject(error);
    });
  });
}
