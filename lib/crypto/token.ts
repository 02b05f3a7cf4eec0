import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const PREFIX = "cfr_";
const SECRET_BYTES = 32;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_DIGITS = 43;
const CRC_DIGITS = 6;
const CRC_AT = PREFIX.length + SECRET_DIGITS;
const SHAPE = /^cfr_[0-9A-Za-z]{49}$/;
const HINT_CHARACTERS = 8;

/**
 * A new service token (FORMAT.md, "Tokens"): 256 random bits. `token` is shown once and never stored; `hash` is
 * what is stored and looked up; `hint` is its first 8 characters, enough to recognise it and too few to use it.
 */
export function newToken(): { token: string; hash: string; hint: string } {
  const secret = BigInt(`0x${randomBytes(SECRET_BYTES).toString("hex")}`);
  const body = PREFIX + base62(secret, SECRET_DIGITS);
  const token = body + checksum(body);
  return { token, hash: hashToken(token), hint: token.slice(0, HINT_CHARACTERS) };
}

/**
 * Whether `text` has the shape and checksum of a token. Says nothing of whether it was ever issued: it saves a lookup
 * for typing errors and other systems' tokens. Never throws.
 */
export function isToken(text: string): boolean {
  return SHAPE.test(text) && checksum(text.slice(0, CRC_AT)) === text.slice(CRC_AT);
}

/**
 * SHA-256 of the token in hex: what is stored, and what a token is found by. A fast hash is right for 256 random
 * bits, and a lookup by it has no timing to learn from: nobody can choose where a hash begins.
 */
export function hashToken(token: string): string {
  return hash("sha256", token);
}

/** A new secret for a one-time link: 256 random bits in base64url. Only `hash` is stored. */
export function newLinkSecret(): { secret: string; hash: string } {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, hash: hashLinkSecret(secret) };
}

/** SHA-256 of a link's secret in hex: what is stored, and what a link is found by. */
export function hashLinkSecret(secret: string): string {
  return hash("sha256", secret);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CRC_DIGITS);
}

function base62(value: bigint, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest /= 62n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
  }
  return text;
}
