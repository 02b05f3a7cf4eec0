import { fingerprintsOf } from "../crypto/keyring-record";
import { CofferError } from "../errors";
import { countKeyringChange } from "../store/keyring-rows";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { liveInstances } from "./instances";
import { keyWorkFunctions, type KeyWork } from "./key-work";
import { keyringInfo } from "./keyring-info";
import { requireKeyring } from "./live-keyring";
import type { Keys } from "./vault";

/** What is done with the keyring as a whole. */
export function keyFunctions(door: Door, work: KeyWork): Keys {
  const status = () => keyringInfo(door, work.reseal, work.instanceId);
  return {
    status: (caller) =>
      door.read(caller, { action: "keys.read" }, async () => {
        demand(caller, "keys.read");
        return { answer: await status() };
      }),

    ...keyWorkFunctions(door, work, status),

    endWrap: async (caller, fingerprint) => {
      const target = FINGERPRINT.test(fingerprint) ? fingerprint : undefined;
      await door.change(caller, { action: "keys.end", target }, async (tx) => {
        demand(caller, "keys.end");
        await endWrap(door, tx, fingerprint);
        return { answer: undefined };
      });
      await door.store.scrubLog(); // what the old key opens is in the file's log until then
      return status();
    },
  };
}

const FINGERPRINT = /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/;

/** Takes a master key its way in, if it is neither the last nor somebody's who runs. */
async function endWrap(door: Door, tx: Db, fingerprint: string): Promise<void> {
  const { keyring } = door.keys;
  const record = await requireKeyring(tx);
  if (!fingerprintsOf(record).includes(fingerprint)) {
    throw new CofferError("not_found", "No key of that fingerprint opens this vault.");
  }
  if (fingerprint === keyring.fingerprint) {
    throw inUse(
      `This process itself runs on the key ${fingerprint}. Start Coffer with the new key first, and end this one there.`,
    );
  }
  const users = (await liveInstances(tx, door.now)).filter(
    (instance) => instance.fingerprint === fingerprint,
  );
  if (users.length > 0) {
    throw inUse(
      `${users.length === 1 ? "A process runs" : `${String(users.length)} processes run`} on the key ${fingerprint} still. ` +
        "Start each with the new key; one that was killed counts for 45 seconds.",
    );
  }
  keyring.take(record); // every key opens by this process's own wraps, which stay
  await countKeyringChange(tx);
  await tx.wrappedKey.deleteMany({
    where: { keyringId: record.id, kekFingerprint: fingerprint },
  });
}

function inUse(message: string): CofferError {
  return new CofferError("key_in_use", `${message} Nothing was changed.`);
}
