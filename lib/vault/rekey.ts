import type { Happening } from "../audit/event";
import { deriveKek, type Kek } from "../crypto/kek";
import { unlockKeyring, type Keyring } from "../crypto/keyring";
import {
  fingerprintsOf,
  isWrappedUnder,
  saltOf,
  type KeyringRecord,
} from "../crypto/keyring-record";
import { CofferError } from "../errors";
import { addWraps, countKeyringChange } from "../store/keyring-rows";
import type { Db } from "../store/store";
import { requireKeyring } from "./live-keyring";

/** A keyring that was opened with the master key, or with the one before it. */
export interface Unlocked {
  keyring: Keyring;
  /** The KEK to wrap every key anew by, where the master key opens nothing yet. */
  rekeyBy: Kek | null;
  /** Whether a previous master key was given that opens nothing here. */
  isPreviousUseless: boolean;
}

/**
 * Opens a stored keyring with the master key; where that is new, with the previous one. Changes nothing.
 * @throws CofferError `wrong_key` where neither opens it, naming the fingerprints that are needed
 */
export async function unlockWith(
  record: KeyringRecord,
  masterKey: string,
  previousMasterKey: string | undefined,
): Promise<Unlocked> {
  const salt = saltOf(record);
  const kek = await deriveKek(masterKey, record.id, salt);
  if (previousMasterKey === undefined) {
    return { keyring: unlockKeyring(record, kek), rekeyBy: null, isPreviousUseless: false };
  }
  const previous = await deriveKek(previousMasterKey, record.id, salt);
  const isKnown = isWrappedUnder(record, previous);
  if (isWrappedUnder(record, kek)) {
    const keyring = unlockKeyring(record, kek, isKnown ? previous : undefined);
    return { keyring, rekeyBy: null, isPreviousUseless: !isKnown };
  }
  if (!isKnown) throw neither(record, kek, previous);
  return {
    keyring: unlockKeyring(record, kek, previous),
    rekeyBy: previous,
    isPreviousUseless: false,
  };
}

/**
 * Wraps every key under the new master key. The same work for ten secrets and a million: none of them is touched. Of
 * two processes that do it at once, the second finds it done.
 * @throws CofferError `wrong_key`, `tampered`: nothing is changed then
 */
export async function rekey(
  tx: Db,
  note: (event: Happening) => void,
  caller: Happening["caller"],
  { keyring, rekeyBy }: Unlocked,
): Promise<void> {
  await countKeyringChange(tx);
  const record = await requireKeyring(tx);
  if (rekeyBy === null || isWrappedUnder(record, keyring)) {
    keyring.take(record);
    return;
  }
  await addWraps(tx, record.id, keyring.missingWraps(record, rekeyBy));
  note({ caller, action: "keys.rekey", target: keyring.fingerprint, outcome: "ok" });
}

function neither(record: KeyringRecord, kek: Kek, previous: Kek): CofferError {
  const needed = fingerprintsOf(record);
  return new CofferError(
    "wrong_key",
    `Neither TYK_AI_SECRET_KEY (fingerprint ${kek.fingerprint}) nor TYK_AI_SECRET_KEY_PREVIOUS (fingerprint ${previous.fingerprint}) ` +
      `opens this vault. Needed: the key with fingerprint ${needed.join(" or ")}, as TYK_AI_SECRET_KEY or, to replace it, as ` +
      "TYK_AI_SECRET_KEY_PREVIOUS. Nothing was changed.",
    {
      details: {
        reason: "other_key",
        needed,
        given: kek.fingerprint,
        previous: previous.fingerprint,
      },
    },
  );
}
