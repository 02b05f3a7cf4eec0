import { actorName } from "../audit/event";
import { fingerprintsOf } from "../crypto/keyring-record";
import { CofferError } from "../errors";
import { addWraps, countKeyringChange, countStored, readHead } from "../store/keyring-rows";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { liveInstances } from "./instances";
import type { KeyChecker } from "./key-check";
import { keyringInfo } from "./keyring-info";
import { requireHead, requireKeyring } from "./live-keyring";
import type { Reseal } from "./reseal";
import type { Keys } from "./vault";

/** What works in the background for the functions of the keyring. */
export interface KeyWork {
  reseal: Reseal;
  checker: KeyChecker;
  /** Names this process among those that have the database open. */
  instanceId: string;
}

/** What is done with the keyring as a whole. */
export function keyFunctions(door: Door, { reseal, checker, instanceId }: KeyWork): Keys {
  const status = () => keyringInfo(door, reseal, instanceId);
  return {
    status: (caller) =>
      door.read(caller, { action: "keys.read" }, async () => {
        demand(caller, "keys.read");
        return { answer: await status() };
      }),

    rotate: async (caller) => {
      await door.change(caller, { action: "keys.rotate" }, async (tx) => {
        demand(caller, "keys.rotate");
        const keyId = await makeDataKey(door, tx, actorName(caller));
        return { answer: undefined, target: `data key ${String(keyId)}` };
      });
      await door.keys.catchUp();
      reseal.begin();
      return status();
    },

    check: (caller) =>
      door.read(caller, { action: "keys.check" }, () => {
        demand(caller, "keys.check");
        return Promise.resolve({ answer: checker.begin(caller), code: "started" });
      }),

    checked: (caller) =>
      door.read(caller, { action: "keys.read" }, () => {
        demand(caller, "keys.read");
        return Promise.resolve({ answer: checker.latest });
      }),

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

    settled: async () => {
      await Promise.all([reseal.settled(), checker.settled()]);
    },
  };
}

const FINGERPRINT = /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/;

/** Stores a new data key, from which on values are sealed under it. Returns its id. */
async function makeDataKey(door: Door, tx: Db, createdBy: string): Promise<number> {
  const record = await requireKeyring(tx);
  const head = await readHead(tx);
  requireHead(door.rows, head, record);
  if (head.resealedTo < head.newestKeyId) {
    throw new CofferError(
      "reseal_under_way",
      `Data key ${String(head.newestKeyId)} was made already, and values are still being sealed anew under it. Wait until that has ended.`,
      { details: { keyId: head.newestKeyId } },
    );
  }
  const { keyId, wrapped } = door.keys.keyring.newDataKey(record);
  await countKeyringChange(tx);
  await addWraps(tx, record.id, wrapped);
  await tx.dataKey.create({
    data: {
      ...{ keyringId: record.id, keyId, createdBy },
      ...{ createdAt: door.now(), storedBefore: await countStored(tx) },
    },
  });
  await tx.keyring.update({
    where: { id: record.id },
    data: door.rows.changed("keyring", head, { newestKeyId: keyId }),
  });
  return keyId;
}

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
  const users = (await liveInstances(tx, door.now())).filter(
    (instance) => instance.fingerprint === fingerprint,
  );
  if (users.length > 0) {
    throw inUse(
      `${users.length === 1 ? "A process runs" : `${String(users.length)} processes run`} on the key ${fingerprint} still. ` +
        "Start each with the new key; one that was killed counts for a minute.",
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
