import { createSecretKey, type KeyObject } from "node:crypto";
import { CofferError } from "../errors";
import { derive } from "./derive";
import { encodeFields, isWellFormed } from "./fields";
import { decrypt, encrypt, formatBox, parseBox, TAG_BYTES } from "./gcm";
import { SALT_BYTES, type WrappedKeyRecord } from "./keyring-record";
import { stretch } from "./stretch";

const FORMAT = "cfk1";
const MIN_CHARACTERS = 16;

/** Length in bytes of every key: KEK, root key, data keys, purpose keys. */
export const KEY_BYTES = 32;

/** Why a wrapped key was refused (FORMAT.md, "Keyring"). */
export type WrapRefusal = "unknown_format" | "malformed" | "not_authentic";

/**
 * The key that wraps one keyring's keys, derived from the master key. Holds no key where printing,
 * `JSON.stringify` or inspection could reach it. Made only by `deriveKek`.
 */
class Kek {
  readonly keyringId: string;
  /** Names the master key in public: `0123-4567-89ab-cdef`. */
  readonly fingerprint: string;
  readonly #key: KeyObject;

  constructor(keyringId: string, fingerprint: string, key: KeyObject) {
    this.keyringId = keyringId;
    this.fingerprint = fingerprint;
    this.#key = key;
  }

  /** Wraps a 256-bit key under a fresh nonce, bound to this keyring, `keyId` and this KEK. */
  wrap(keyId: number, key: KeyObject): WrappedKeyRecord {
    const raw = key.export();
    const box = encrypt(this.#key, raw, this.#aad(keyId));
    raw.fill(0);
    return { keyId, kekFingerprint: this.fingerprint, wrapped: `${FORMAT}.${formatBox(box)}` };
  }

  /** The key in `record`, or why it was refused: also when it was wrapped for another key id, keyring or KEK. */
  unwrap(record: WrappedKeyRecord): KeyObject | WrapRefusal {
    const [format, nonce, body, ...rest] = record.wrapped.split(".", 4);
    if (format !== FORMAT) return "unknown_format";
    const box = parseBox(nonce, body);
    if (box?.body.length !== KEY_BYTES + TAG_BYTES || rest.length > 0) return "malformed";
    const raw = decrypt(this.#key, box, this.#aad(record.keyId));
    return raw === null ? "not_authentic" : secretKey(raw);
  }

  #aad(keyId: number): Buffer {
    return encodeFields(["coffer/wrapped-key", FORMAT, this.keyringId, keyId, this.fingerprint]);
  }
}

export type { Kek };

/**
 * Derives the KEK of one keyring from the exact UTF-8 of the master key (`TYK_AI_SECRET_KEY`). Takes about half
 * a second of a thread and 128 MiB: once a start, never per request.
 * @param salt the keyring's 32 bytes
 * @throws CofferError `wrong_key` if the master key has fewer than 16 characters or was not UTF-8 text; RangeError
 *   for a salt of another length
 */
export async function deriveKek(
  masterKey: string,
  keyringId: string,
  salt: Uint8Array,
): Promise<Kek> {
  checkMasterKey(masterKey);
  if (salt.length !== SALT_BYTES) throw new RangeError("A keyring's salt has 32 bytes.");
  const secret = await stretch(masterKey, salt);
  const key = secretKey(derive(secret, ["coffer/kek", FORMAT, keyringId], KEY_BYTES));
  const hex = derive(secret, ["coffer/kek-fingerprint", FORMAT, keyringId], 8).toString("hex");
  secret.fill(0);
  const groups = [0, 4, 8, 12].map((at) => hex.slice(at, at + 4));
  return new Kek(keyringId, groups.join("-"), key);
}

/** A key object with the bytes of `raw`, which is overwritten: a key object prints without its bytes. */
export function secretKey(raw: Buffer): KeyObject {
  const key = createSecretKey(raw);
  raw.fill(0);
  return key;
}

/**
 * U+FFFD is what reading puts in the place of bytes that are not UTF-8: a file of random bytes would become a key
 * that is mostly one character.
 */
function checkMasterKey(masterKey: string): void {
  if (!isWellFormed(masterKey) || masterKey.includes("\ufffd")) {
    throw unusable("not_text", "is not UTF-8 text");
  }
  if (Array.from(masterKey).length < MIN_CHARACTERS) {
    throw unusable("too_short", `has fewer than ${MIN_CHARACTERS.toFixed(0)} characters`);
  }
}

function unusable(reason: string, what: string): CofferError {
  return new CofferError(
    "wrong_key",
    `The master key (TYK_AI_SECRET_KEY) ${what}. Start Coffer with the key this vault was set up with; for a new ` +
      "vault, make one with: openssl rand -base64 32",
    { details: { reason } },
  );
}
