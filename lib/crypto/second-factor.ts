import { createHmac, createSecretKey, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { encodeFields } from "./fields";
import { decrypt, encrypt, formatBox, parseBox } from "./gcm";
import type { Keyring } from "./keyring";

const FORMAT = "cft1";
const SECRET_BYTES = 20;
const STEP_MS = 30_000;
const DIGITS = 6;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Crockford's: without letters that are taken for digits or for each other. */
const RECOVERY_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const RECOVERY_LENGTH = 12;
const RECOVERY_COUNT = 10;

/** A new TOTP secret of 160 bits, as RFC 4226 (section 4, R6) recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The time step of RFC 6238 that `at` is in: 30 seconds each, from the epoch. */
export function totpStepOf(at: Date): number {
  return Math.floor(at.getTime() / STEP_MS);
}

/** The six digits of one time step (RFC 6238 with HMAC-SHA-1, which is what authenticator apps do). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * The step whose code was given, or null: the present one, or one before or after it for clocks that differ
 * (RFC 6238, section 5.2). The caller sees to it that a step is used once.
 */
export function matchingStep(secret: Uint8Array, code: string, at: Date): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null;
  const now = totpStepOf(at);
  const steps = [now - 1, now, now + 1].filter((step) =>
    timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  );
  return steps[0] ?? null;
}

/** RFC 4648 base32 without padding: how authenticator apps take a secret that is typed. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (held += 8; held >= 5; held -= 5) text += BASE32.charAt((bits >> (held - 5)) & 31);
  }
  return held > 0 ? text + BASE32.charAt((bits << (5 - held)) & 31) : text;
}

/** What an authenticator app reads from a QR code (the "Key URI Format" that they share). */
export function totpUri(secret: Uint8Array, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

/** Ten new recovery codes of 60 random bits each, as people see them: `abcd-efgh-jkmn`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_COUNT }, () => {
    const letters = Array.from({ length: RECOVERY_LENGTH }, () =>
      RECOVERY_ALPHABET.charAt(randomInt(RECOVERY_ALPHABET.length)),
    ).join("");
    return letters.replace(/(.{4})(?=.)/g, "$1-");
  });
}

/** Seals and opens people's TOTP secrets, and hashes their recovery codes (FORMAT.md, "Second factors"). */
export class SecondFactorKeys {
  readonly #sealing;
  readonly #hashing;

  constructor(keyring: Keyring) {
    this.#sealing = createSecretKey(keyring.derive("second-factor"));
    this.#hashing = createSecretKey(keyring.derive("recovery-code"));
  }

  /** Seals a TOTP secret for one person. */
  seal(userId: string, secret: Uint8Array): string {
    return `${FORMAT}.${formatBox(encrypt(this.#sealing, secret, aadOf(userId)))}`;
  }

  /** The secret that was sealed for this person, or null if the text is anything else. */
  open(userId: string, sealed: string): Buffer | null {
    const [format, nonce, body, ...rest] = sealed.split(".", 4);
    const box = parseBox(nonce, body);
    if (format !== FORMAT || box === null || rest.length > 0) return null;
    return decrypt(this.#sealing, box, aadOf(userId));
  }

  /** What is stored of a recovery code, however it was typed: case, blanks and hyphens do not count. */
  hashRecoveryCode(userId: string, code: string): string {
    const letters = code.replaceAll(/[\s-]/g, "").toLowerCase();
    return createHmac("sha256", this.#hashing)
      .update(encodeFields(["coffer/recovery-code", FORMAT, userId, letters || "-"]))
      .digest("hex");
  }
}

function aadOf(userId: string): Buffer {
  return encodeFields(["coffer/second-factor", FORMAT, userId]);
}
