/**
 * A second implementation of lib/crypto/FORMAT.md, written from that page alone. It shares no code with the
 * product and takes every nonce and key as an argument, so that the vectors can be recomputed by anyone.
 * Of Node it uses only HMAC, SHA-256, scrypt and AES-GCM.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, scryptSync } from "node:crypto";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @param {Buffer} bytes */
export const base64url = (bytes) =>
  bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @param {(string | number)[]} list */
export function fields(...list) {
  return Buffer.concat(
    list.flatMap((field) => {
      const bytes = Buffer.from(String(field), "utf8");
      return [Buffer.from(bytes.length.toString(16).padStart(8, "0"), "hex"), bytes];
    }),
  );
}

/**
 * RFC 5869 for outputs of one block.
 * @param {Buffer} secret @param {Buffer} info @param {number} length
 */
export function hkdf(secret, info, length) {
  const pseudorandomKey = createHmac("sha256", Buffer.alloc(32)).update(secret).digest();
  const block = createHmac("sha256", pseudorandomKey).update(info).update(Buffer.of(1)).digest();
  return block.subarray(0, length);
}

/** @param {string} masterKey @param {string} keyringId @param {Buffer} salt */
export function deriveKek(masterKey, keyringId, salt) {
  const cost = { N: 131072, r: 8, p: 1, maxmem: 1 << 28 };
  const secret = scryptSync(Buffer.from(masterKey, "utf8"), salt, 32, cost);
  const print = hkdf(secret, fields("coffer/kek-fingerprint", "cfk1", keyringId), 8);
  return {
    kek: hkdf(secret, fields("coffer/kek", "cfk1", keyringId), 32),
    fingerprint: /** @type {string[]} */ (print.toString("hex").match(/.{4}/g)).join("-"),
  };
}

/** @param {Buffer} key @param {Buffer} nonce @param {Buffer} aad @param {Buffer} plaintext */
export function box(key, nonce, aad, plaintext) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return `${base64url(nonce)}.${base64url(body)}`;
}

/** @param {string} keyringId @param {number} keyId @param {string} fingerprint */
export const wrapAad = (keyringId, keyId, fingerprint) =>
  fields("coffer/wrapped-key", "cfk1", keyringId, keyId, fingerprint);

/**
 * @typedef {{ environmentId: string, nameKey: string, secretId: string, version: number }} Place
 * @param {Place} place @param {number} keyId
 */
export const valueAad = ({ environmentId, nameKey, secretId, version }, keyId) =>
  fields("coffer/value", "cfv1", environmentId, nameKey, secretId, version, keyId);

/** @param {Place} place @param {number} keyId @param {Buffer} key @param {Buffer} nonce @param {Buffer} plaintext */
export const sealValue = (place, keyId, key, nonce, plaintext) =>
  `cfv1.${keyId}.${box(key, nonce, valueAad(place, keyId), plaintext)}`;

/** @param {Place} place @param {Buffer} key @param {string} sealed */
export function openValue(place, key, sealed) {
  const [, keyId, nonce, body] = sealed.split(".").map((part) => Buffer.from(part, "base64url"));
  const aad = valueAad(place, Number(sealed.split(".")[1]));
  if (!keyId || !nonce || !body) throw new Error("Four parts were expected.");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad).setAuthTag(body.subarray(-16));
  return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]);
}

/** @param {Buffer} rootKey @param {string} keyringId @param {string} purpose */
export const purposeKey = (rootKey, keyringId, purpose) =>
  hkdf(rootKey, fields("coffer/purpose-key", "cfk1", keyringId, purpose), 32);

/** CRC-32 (reflected 0x04C11DB7), bit by bit. @param {string} text */
export function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {bigint} value @param {number} digits */
export function base62(value, digits) {
  let text = "";
  for (let n = value; n > 0n; n /= 62n) text = BASE62[Number(n % 62n)] + text;
  return text.padStart(digits, "0");
}

/** Appends the checksum that belongs to `body`, whatever that is. @param {string} body */
export const withCrc = (body) => body + base62(BigInt(crc32(body)), 6);

/** @param {Buffer} secret */
export const tokenOf = (secret) =>
  withCrc(`cfr_${base62(BigInt(`0x${secret.toString("hex")}`), 43)}`);

/** @param {string} text */
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/**
 * lib/crypto/BACKUP.md: the keys of a backup.
 * @param {string} passphrase @param {Buffer} salt
 */
export function backupKeys(passphrase, salt) {
  const cost = { N: 131072, r: 8, p: 1, maxmem: 1 << 28 };
  const secret = scryptSync(Buffer.from(passphrase.normalize("NFKC"), "utf8"), salt, 32, cost);
  return {
    header: hkdf(secret, fields("coffer/backup-header", "cfb1"), 32),
    payload: hkdf(secret, fields("coffer/backup-payload", "cfb1"), 32),
  };
}

/** The header of a backup, with a MAC that is right for `lines`. @param {Buffer} headerKey @param {string} lines */
export function backupHeader(headerKey, lines) {
  const mac = createHmac("sha256", headerKey).update(lines, "utf8").digest();
  return `${lines}${base64url(mac)}\n`;
}

/** @param {Buffer} payloadKey @param {number} number @param {boolean} isFinal @param {Buffer} plaintext */
export function backupChunk(payloadKey, number, isFinal, plaintext) {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce[11] = isFinal ? 1 : 0;
  const cipher = createCipheriv("aes-256-gcm", payloadKey, nonce);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}
