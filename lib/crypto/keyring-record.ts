import { CofferError } from "../errors";
import { decodeBase64url } from "./base64url";
import { MAX_INTEGER } from "./fields";

/** Key id of the root key; data keys count from 1. */
export const ROOT_KEY_ID = 0;

/** The one key derivation there is. A record that names another is refused, so nobody can choose a weaker one. */
export const KDF = "scrypt:131072:8:1";

/** Length in bytes of a keyring's id. */
export const ID_BYTES = 16;

/** Length in bytes of a keyring's salt. */
export const SALT_BYTES = 32;

const FINGERPRINT = /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/;

/** One key of the keyring, wrapped under one KEK. */
export interface WrappedKeyRecord {
  /** 0 is the root key, data keys count from 1. */
  keyId: number;
  /** The KEK that opens it: `0123-4567-89ab-cdef`. */
  kekFingerprint: string;
  /** `cfk1.<nonce>.<ciphertext and tag>` */
  wrapped: string;
}

/** A keyring as stored (FORMAT.md, "Keyring"). Opens nothing without the master key. */
export interface KeyringRecord {
  /** 16 random bytes, base64url. */
  id: string;
  /** 32 random bytes, base64url. */
  salt: string;
  kdf: string;
  /** Each key, once for each master key that may open it. */
  wrapped: WrappedKeyRecord[];
}

const DAMAGE = {
  unknown_kdf: "its key derivation is not one that this version of Coffer knows",
  bad_id: "its id is damaged",
  bad_salt: "its salt is damaged",
  bad_label: "the key id or fingerprint of a wrapped key is damaged",
  key_twice: "a key is wrapped twice under one master key",
  no_root_key: "its root key is missing",
  no_data_key: "it has no data key",
};

/**
 * The salt of a keyring whose master key is stretched as this version does it.
 * @throws CofferError `unreadable` for another key derivation, or an id or salt that is damaged
 */
export function saltOf(record: KeyringRecord): Buffer {
  if (record.kdf !== KDF) throw damaged("unknown_kdf");
  if (decodeBase64url(record.id)?.length !== ID_BYTES) throw damaged("bad_id");
  const salt = decodeBase64url(record.salt);
  if (salt?.length !== SALT_BYTES) throw damaged("bad_salt");
  return salt;
}

/**
 * The distinct key ids of a keyring, ascending: the root key's, then at least one data key's.
 * @throws CofferError `unreadable` if a wrap is mislabelled or there twice, or the root key or every data key is missing
 */
export function keyIdsOf({ wrapped }: KeyringRecord): number[] {
  const labels = new Set<string>();
  for (const { keyId, kekFingerprint } of wrapped) {
    const isKeyId = Number.isInteger(keyId) && keyId >= ROOT_KEY_ID && keyId <= MAX_INTEGER;
    if (!isKeyId || !FINGERPRINT.test(kekFingerprint)) throw damaged("bad_label");
    labels.add(`${keyId.toFixed(0)} ${kekFingerprint}`);
  }
  if (labels.size !== wrapped.length) throw damaged("key_twice");
  const keyIds = [...new Set(wrapped.map((wrap) => wrap.keyId))].sort((a, b) => a - b);
  if (keyIds[0] !== ROOT_KEY_ID) throw damaged("no_root_key");
  if (keyIds.length < 2) throw damaged("no_data_key");
  return keyIds;
}

/** The fingerprints that any key is wrapped under, each once. */
export function fingerprintsOf({ wrapped }: KeyringRecord): string[] {
  return [...new Set(wrapped.map(({ kekFingerprint }) => kekFingerprint))];
}

/** Whether every key is wrapped under the KEK with that fingerprint. */
export function isWrappedUnder(
  record: KeyringRecord,
  { fingerprint }: { fingerprint: string },
): boolean {
  const wraps = record.wrapped.filter(({ kekFingerprint }) => kekFingerprint === fingerprint);
  return wraps.length === keyIdsOf(record).length;
}

function damaged(reason: keyof typeof DAMAGE): CofferError {
  return new CofferError(
    "unreadable",
    `The keyring in the database can't be read: ${DAMAGE[reason]}. Nothing was changed. Restore the database ` +
      "from a backup, or start the version of Coffer that wrote it.",
    { details: { reason } },
  );
}
