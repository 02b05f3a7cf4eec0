import type { KeyObject } from "node:crypto";
import { CofferError } from "../errors";
import type { Kek, WrapRefusal } from "./kek";
import {
  fingerprintsOf,
  isWrappedUnder,
  keyIdsOf,
  ROOT_KEY_ID,
  type KeyringRecord,
} from "./keyring-record";

/**
 * All keys of a keyring, by key id. All or none: a keyring opened in part would seal under an old key, or call good
 * values lost. Only wraps that carry this KEK's fingerprint are tried.
 * @throws CofferError `wrong_key` if this KEK opens none, not all, or not as stored, saying which in
 *   `details.reason` and naming the fingerprints needed and given; `unreadable` if the record is damaged
 */
export function unwrapAll(record: KeyringRecord, kek: Kek): Map<number, KeyObject> {
  const keyIds = keyIdsOf(record);
  const wraps = record.wrapped.filter((wrap) => wrap.kekFingerprint === kek.fingerprint);
  if (wraps.length === 0) throw otherKey(record, kek);
  if (wraps.length < keyIds.length) throw incomplete(record, kek);
  const keys = new Map<number, KeyObject>();
  for (const wrap of wraps) {
    const key = kek.unwrap(wrap);
    if (typeof key === "string") throw changed(kek, wrap.keyId, key);
    keys.set(wrap.keyId, key);
  }
  return keys;
}

function otherKey(record: KeyringRecord, kek: Kek): CofferError {
  const needed = completeFingerprints(record);
  return new CofferError(
    "wrong_key",
    `The master key (TYK_AI_SECRET_KEY) is not the one this vault was set up with. Needed: the key with fingerprint ` +
      `${needed.join(" or ")}. Given: ${kek.fingerprint}. Nothing was changed. Start Coffer with the key that is needed, or to replace it give it as TYK_AI_SECRET_KEY_PREVIOUS; ` +
      "without it no stored value can be read. If you are sure of the key, the keyring's row was changed: restore it. If the key is lost for good: coffer keys reset.",
    { details: { reason: "other_key", needed, given: kek.fingerprint } },
  );
}

function incomplete(record: KeyringRecord, kek: Kek): CofferError {
  const needed = completeFingerprints(record);
  return new CofferError(
    "wrong_key",
    `The master key (TYK_AI_SECRET_KEY, fingerprint ${kek.fingerprint}) opens only some of this vault's keys: a rekey ` +
      `was not finished, or rows are missing. Needed: the key with fingerprint ${needed.join(" or ")}. Nothing was ` +
      "changed. Start Coffer with that key and finish the rekey.",
    { details: { reason: "incomplete", needed, given: kek.fingerprint } },
  );
}

function changed(kek: Kek, keyId: number, reason: WrapRefusal): CofferError {
  const which = keyId === ROOT_KEY_ID ? "root key" : `data key ${keyId.toFixed(0)}`;
  return new CofferError(
    "wrong_key",
    `The master key (TYK_AI_SECRET_KEY, fingerprint ${kek.fingerprint}) is the right one, but the wrapped ${which} in the ` +
      "database does not open: it was changed or damaged. Nothing was changed now. Restore the keyring from a backup.",
    { details: { reason, keyId, given: kek.fingerprint } },
  );
}

/** Fingerprints of the KEKs that wrap every key; if there is none, of all that wrap any. */
function completeFingerprints(record: KeyringRecord): string[] {
  const all = fingerprintsOf(record);
  const complete = all.filter((fingerprint) => isWrappedUnder(record, { fingerprint }));
  return complete.length > 0 ? complete : all;
}
