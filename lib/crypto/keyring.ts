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
  saltOf,
  fingerprintsOf,
  isWrappedUnder,
  type KeyringRecord,
  type WrappedKeyRecord,
} from "./keyring-record";
import { newSalt } from "./stretch";
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
  | "recovery-code"
  | "record-cursor";

/** Where a data key seals no more (FORMAT.md, "When a data key retires"). */
export const SEAL_LIMIT = 2 ** 30;

/**
 * An open keyring: seals and opens values, derives purpose keys. Holds no key where printing, `JSON.stringify`
 * or inspection could reach it. Made only by the functions below. One object for the process's life: a data key
 * that is made later, here or by another process, is taken in by `take`.
 */
class Keyring {
  readonly id: string;
  /** Those that it was opened with: the master key's, and while a rekey is under way the previous one's. */
  readonly #keks: readonly [Kek, ...Kek[]];
  readonly #root: KeyObject;
  #keys: ReadonlyMap<number, KeyObject>;
  #newest: { keyId: number; key: KeyObject };
  /** How many values the newest data key may have sealed. */
  #seals = 0;

  constructor(keks: readonly [Kek, ...Kek[]], keys: ReadonlyMap<number, KeyObject>) {
    const root = keys.get(ROOT_KEY_ID);
    if (root === undefined) throw new TypeError("A keyring has a root key.");
    this.id = keks[0].keyringId;
    this.#keks = keks;
    this.#root = root;
    this.#keys = keys;
    this.#newest = newestOf(keys);
  }

  /** Fingerprint of the master key that opened it. */
  get fingerprint(): string {
    return this.#keks[0].fingerprint;
  }

  /** Fingerprint of the master key that was given with it as the one before; null where there was none that opened it. */
  get previousFingerprint(): string | null {
    return this.#keks[1]?.fingerprint ?? null;
  }

  /** Id of the data key that values are sealed under: the highest there is. */
  get newestKeyId(): number {
    return this.#newest.keyId;
  }

  /** How many values the newest data key may have sealed: an upper bound, once `noteSeals` was told. */
  get seals(): number {
    return this.#seals;
  }

  /** Whether there is a data key of that id. */
  hasKey(keyId: number): boolean {
    return keyId !== ROOT_KEY_ID && this.#keys.has(keyId);
  }

  /** Notes that the newest data key has sealed so many values already, unless more are known of. */
  noteSeals(count: number): void {
    this.#seals = Math.max(this.#seals, count);
  }

  /**
   * Seals a value, byte for byte, for one place under the newest data key and a fresh nonce.
   * @throws CofferError `invalid_value` for a string with a lone surrogate, which has no UTF-8; `unavailable` when
   *   the data key has sealed as much as it may; TypeError for a place with an empty id
   */
  seal(place: Place, plaintext: Uint8Array | string): string {
    if (typeof plaintext === "string" && !isWellFormed(plaintext)) {
      throw new CofferError("invalid_value", "The value is not well-formed Unicode text.");
    }
    const bytes = typeof plaintext === "string" ? Buffer.from(plaintext) : plaintext;
    if (this.#seals >= SEAL_LIMIT) throw wornOut();
    this.#seals += 1;
    const { keyId, key } = this.#newest;
    return formatSealed({ keyId, box: encrypt(key, bytes, valueAad(place, keyId)) });
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

  /**
   * The wraps of `record` that are missing for every key to be wrapped under this keyring's master key, made from
   * those of `by`; none where all are there. Each is verified by opening it, as are those that are there.
   * @throws CofferError `wrong_key` where `by` does not open all, or a wrap that is there opens to another key
   */
  missingWraps(record: KeyringRecord, by: Kek): WrappedKeyRecord[] {
    const [kek] = this.#keks;
    const isThere = (keyId: number) =>
      record.wrapped.some(
        (wrap) => wrap.keyId === keyId && wrap.kekFingerprint === kek.fingerprint,
      );
    const made = Array.from(unwrapAll(record, by)).flatMap(([keyId, key]) =>
      isThere(keyId) ? [] : [kek.wrap(keyId, key)],
    );
    this.take({ ...record, wrapped: [...record.wrapped, ...made] });
    return made;
  }

  /**
   * A new data key, wrapped under each KEK that this record is for. It is used once it was stored and taken in.
   * @throws CofferError `rekey_under_way` where one of them is not held here
   */
  newDataKey(record: KeyringRecord): { keyId: number; wrapped: WrappedKeyRecord[] } {
    const keyId = this.newestKeyId + 1;
    const key = secretKey(randomBytes(KEY_BYTES));
    const wrapped = fingerprintsOf(record).map((fingerprint) => {
      const kek = this.#keks.find((held) => held.fingerprint === fingerprint);
      if (kek === undefined) throw notHeld(fingerprint);
      return kek.wrap(keyId, key);
    });
    return { keyId, wrapped };
  }

  /**
   * Takes in the keys of a record of this keyring that is newer, or as new. All of them or none.
   * @throws CofferError `wrong_key` where the master key does not open it, `tampered` where a key that is known
   *   here is missing or another
   */
  take(record: KeyringRecord): void {
    const keys = unwrapAll(record, this.#keks[0]);
    for (const [keyId, known] of this.#keys) {
      if (keys.get(keyId)?.equals(known) !== true) throw otherKeys(keyId);
    }
    const newest = newestOf(keys);
    if (newest.keyId !== this.#newest.keyId) this.#seals = 0;
    this.#keys = keys;
    this.#newest = newest;
  }
}

export type { Keyring };

function newestOf(keys: ReadonlyMap<number, KeyObject>): { keyId: number; key: KeyObject } {
  const keyId = Math.max(...keys.keys());
  const key = keys.get(keyId);
  if (key === undefined || keyId === ROOT_KEY_ID) {
    throw new TypeError("A keyring has at least one data key.");
  }
  return { keyId, key };
}

function wornOut(): CofferError {
  return new CofferError(
    "unavailable",
    "The data key has sealed as many values as it may. Nothing was changed. Have an admin rotate the data key, then try again.",
  );
}

function notHeld(fingerprint: string): CofferError {
  return new CofferError(
    "rekey_under_way",
    `A rekey is under way, and this process was not given the key with the fingerprint ${fingerprint}, so what it made would lock out who ` +
      "runs on that. Nothing was changed. End the old key first, or do this on a process that was started with both.",
    { details: { fingerprint } },
  );
}

function otherKeys(keyId: number): CofferError {
  return new CofferError(
    "tampered",
    `The keyring in the database lacks key ${keyId.toFixed(0)} or has another in its place, so it is not used. Restore it from a backup.`,
    { details: { kind: "keyring", keyId } },
  );
}

/**
 * A new keyring with a random root key and data key 1, and the record to store. For an empty database only.
 * @throws CofferError `wrong_key` if the master key has fewer than 16 characters or was not UTF-8 text
 */
export async function createKeyring(
  masterKey: string,
): Promise<{ record: KeyringRecord; keyring: Keyring }> {
  const id = randomBytes(ID_BYTES).toString("base64url");
  const salt = newSalt();
  const kek = await deriveKek(masterKey, id, salt);
  const keyIds = [ROOT_KEY_ID, FIRST_DATA_KEY_ID];
  const keys = new Map(keyIds.map((keyId) => [keyId, secretKey(randomBytes(KEY_BYTES))]));
  const keyring = new Keyring([kek], keys);
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
 * Opens a stored keyring with a KEK that was derived for it, or during a rekey with the one of the previous master
 * key where the first opens nothing yet.
 * @throws CofferError as `openKeyring` does
 */
export function unlockKeyring(record: KeyringRecord, kek: Kek, previous?: Kek): Keyring {
  if (previous === undefined) return new Keyring([kek], unwrapAll(record, kek));
  const by = isWrappedUnder(record, kek) ? kek : previous;
  return new Keyring([kek, previous], unwrapAll(record, by));
}
