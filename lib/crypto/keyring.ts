import { randomBytes, type KeyObject } from "node:crypto";
import { CofferError } from "../errors";
import { derive } from "./derive";
import {
  formatSealed,
  readySealed,
  unreadable,
  valueAad,
  type Place,
  type ReadySealed,
} from "./envelope";
import { isWellFormed } from "./fields";
import { decrypt, encrypt } from "./gcm";
import { deriveKek, KEY_BYTES, secretKey, type Kek } from "./kek";
import {
  ID_BYTES,
  KDF,
  ROOT_KEY_ID,
  SALT_BYTES,
  saltOf,
  type KeyringRecord,
  type WrappedKeyRecord,
} from "./keyring-record";
import { unwrapAll } from "./unwrap";

const FIRST_DATA_KEY_ID = 1;

/** What a key derived from the root key is for. Every use has its own key (FORMAT.md, "Keyring"). */
export type Purpose =
  | "audit"
  | "checkpoint"
  | "session"
  | "row-mac"
  | "tag"
  | "email-hash"
  | "second-factor"
  | "recovery-code";

/**
 * An open keyring: seals and opens values, derives purpose keys. Holds no key where printing, `JSON.stringify`
 * or inspection could reach it. Made only by the functions below.
 */
class Keyring {
  readonly id: string;
  /** Fingerprint of the master key that opened it. */
  readonly fingerprint: string;
  /** Id of the data key that values are sealed under: the highest there is. */
  readonly newestKeyId: number;
  readonly #keys: ReadonlyMap<number, KeyObject>;
  readonly #root: KeyObject;
  readonly #newest: KeyObject;

  constructor(kek: Kek, keys: ReadonlyMap<number, KeyObject>) {
    const newestKeyId = Math.max(...keys.keys());
    const root = keys.get(ROOT_KEY_ID);
    const newest = keys.get(newestKeyId);
    if (root === undefined || newest === undefined || root === newest) {
      throw new TypeError("A keyring has a root key and at least one data key.");
    }
    this.id = kek.keyringId;
    this.fingerprint = kek.fingerprint;
    this.newestKeyId = newestKeyId;
    this.#keys = keys;
    this.#root = root;
    this.#newest = newest;
  }

  /**
   * Seals a value, byte for byte, for one place under the newest data key and a fresh nonce.
   * @throws CofferError `invalid_value` for a string with a lone surrogate, which has no UTF-8; TypeError for a
   *   place with an empty id
   */
  seal(place: Place, plaintext: Uint8Array | string): string {
    if (typeof plaintext === "string" && !isWellFormed(plaintext)) {
      throw new CofferError("invalid_value", "The value is not well-formed Unicode text.");
    }
    const bytes = typeof plaintext === "string" ? Buffer.from(plaintext) : plaintext;
    const keyId = this.newestKeyId;
    return formatSealed({ keyId, box: encrypt(this.#newest, bytes, valueAad(place, keyId)) });
  }

  /**
   * Opens a value that was sealed for exactly this place. No other key, format or place is tried.
   * @throws CofferError `unreadable`, naming secret, version and key id, with the reason in its details
   */
  open(place: Place, sealed: string): Buffer {
    return this.openReady(readySealed(place, sealed));
  }

  /**
   * The same for a value that was made ready before.
   * @throws CofferError `unreadable`, as `open` does
   */
  openReady({ place, keyId, box, aad }: ReadySealed): Buffer {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw unreadable(place, "unknown_key", keyId);
    const plaintext = decrypt(key, box, aad);
    if (plaintext === null) throw unreadable(place, "not_authentic", keyId);
    return plaintext;
  }

  /** The 32-byte key for `purpose`. The same in the keyring's whole life: rekeys and new data keys leave it. */
  derive(purpose: Purpose): Buffer {
    return derive(this.#root, ["coffer/purpose-key", "cfk1", this.id, purpose], KEY_BYTES);
  }

  /** Every key of this keyring wrapped under `kek`: the rows that let its master key open the keyring. */
  wrapUnder(kek: Kek): WrappedKeyRecord[] {
    return Array.from(this.#keys, ([keyId, key]) => kek.wrap(keyId, key));
  }
}

export type { Keyring };

/**
 * A new keyring with a random root key and data key 1, and the record to store. For an empty database only.
 * @throws CofferError `wrong_key` if the master key has fewer than 16 characters or was not UTF-8 text
 */
export async function createKeyring(
  masterKey: string,
): Promise<{ record: KeyringRecord; keyring: Keyring }> {
  const id = randomBytes(ID_BYTES).toString("base64url");
  const salt = randomBytes(SALT_BYTES);
  const kek = await deriveKek(masterKey, id, salt);
  const keyIds = [ROOT_KEY_ID, FIRST_DATA_KEY_ID];
  const keys = new Map(keyIds.map((keyId) => [keyId, secretKey(randomBytes(KEY_BYTES))]));
  const keyring = new Keyring(kek, keys);
  const wrapped = keyring.wrapUnder(kek);
  return { record: { id, salt: salt.toString("base64url"), kdf: KDF, wrapped }, keyring };
}

/**
 * Opens a stored keyring with the master key. Takes half a second: once a start.
 * @throws CofferError `wrong_key` if the master key is not one that opens it, or a wrapped key was changed;
 *   `unreadable` if the record itself is damaged
 */
export async function openKeyring(record: KeyringRecord, masterKey: string): Promise<Keyring> {
  return unlockKeyring(record, await deriveKek(masterKey, record.id, saltOf(record)));
}

/**
 * Opens a stored keyring with a KEK that was derived for it.
 * @throws CofferError as `openKeyring` does
 */
export function unlockKeyring(record: KeyringRecord, kek: Kek): Keyring {
  return new Keyring(kek, unwrapAll(record, kek));
}
