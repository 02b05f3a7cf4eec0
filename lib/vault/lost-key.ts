import type { Config } from "../config";
import { deriveKek } from "../crypto/kek";
import { fingerprintsOf, saltOf, type KeyringRecord } from "../crypto/keyring-record";
import { unwrapAll } from "../crypto/unwrap";
import { CofferError, isCofferError } from "../errors";
import { peekKeyring } from "../store/keyring-rows";
import { takeCensus, type Census } from "../store/lost-vault";
import { isLive } from "./instances";
import { noVault, unusable } from "./unusable";

export interface LostOptions {
  config: Pick<Config, "databaseUrl" | "root" | "url">;
  masterKey: string | undefined;
  previousMasterKey: string | undefined;
  now: () => Date;
}

/** A vault that none of the configured keys opens. */
export interface LostVault extends Omit<Census, "instances" | "at"> {
  record: KeyringRecord;
  /** Fingerprints of the keys that would open it. */
  needed: string[];
  masterKey: string;
}

/**
 * Looks at a vault whose key is lost, and changes nothing.
 * @throws CofferError `not_lost` where a configured key opens it, or is the right one of a keyring that was damaged;
 *   `wrong_key` where there is none to take its place; `key_in_use` while a process works on it; `unavailable`
 */
export async function examineLostVault(options: LostOptions): Promise<LostVault> {
  const { config, masterKey, previousMasterKey, now } = options;
  const record = await peekKeyring(config.databaseUrl).catch(unusable(config));
  if (!record) throw noVault(config);
  for (const key of [masterKey, previousMasterKey]) {
    if (key !== undefined) await requireLost(record, key);
  }
  const needed = fingerprintsOf(record);
  if (masterKey === undefined) throw noKey(needed);
  const { instances, at, ...census } = await takeCensus(config.databaseUrl).catch(unusable(config));
  requireNobody(instances.filter((instance) => isLive(instance, at ?? now())).length);
  return { ...census, record, needed, masterKey };
}

/** @throws CofferError `not_lost`, `wrong_key` for a key that can't be one */
async function requireLost(record: KeyringRecord, masterKey: string): Promise<void> {
  const salt = saltOrNull(record);
  if (salt === null) return; // nothing opens it any more
  const kek = await deriveKek(masterKey, record.id, salt);
  if (!fingerprintsOf(record).includes(kek.fingerprint)) return;
  try {
    unwrapAll(record, kek);
  } catch (error) {
    if (!isCofferError(error)) throw error;
    throw notLost(
      `The configured key (fingerprint ${kek.fingerprint}) is the right one, and the keyring in the database is damaged. Restore the database from a backup. ` +
        "If there is none, set TYK_AI_SECRET_KEY to a new key, and reset then.",
    );
  }
  throw notLost(
    `Nothing is lost: the configured key (fingerprint ${kek.fingerprint}) opens this vault. To replace it, see coffer keys rekey.`,
  );
}

function saltOrNull(record: KeyringRecord): Buffer | null {
  try {
    return saltOf(record);
  } catch (error) {
    if (isCofferError(error)) return null;
    throw error;
  }
}

/** @throws CofferError `key_in_use` */
export function requireNobody(live: number): void {
  if (live === 0) return;
  throw new CofferError(
    "key_in_use",
    `${live === 1 ? "A process works" : `${String(live)} processes work`} on this vault, so its key is not lost: look there. Or stop it; one that was killed counts for a minute. Nothing was changed.`,
  );
}

export function notLost(message: string): CofferError {
  return new CofferError("not_lost", `${message} Nothing was changed.`);
}

function noKey(needed: readonly string[]): CofferError {
  return new CofferError(
    "wrong_key",
    `TYK_AI_SECRET_KEY is not set. This vault needs the key with the fingerprint ${needed.join(" or ")}. If that is lost, make a new one ` +
      "(openssl rand -base64 32), set TYK_AI_SECRET_KEY to it, and type this again. Nothing was changed.",
  );
}
