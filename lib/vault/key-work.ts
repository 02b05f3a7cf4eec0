import type { Caller } from "../access/caller";
import { actorName } from "../audit/event";
import { CofferError } from "../errors";
import type { KeyringInfo } from "../shapes";
import { addWraps, countKeyringChange, countStored, readHead } from "../store/keyring-rows";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { countByKey } from "./every-value";
import type { KeyChecker } from "./key-check";
import { requireHead, requireKeyring } from "./live-keyring";
import type { Reseal } from "./reseal";
import type { Keys } from "./vault";
import { watched } from "./watch";

/** What works in the background for the functions of the keyring. */
export interface KeyWork {
  reseal: Reseal;
  checker: KeyChecker;
  /** Names this process among those that have the database open. */
  instanceId: string;
}

/** What is done with the keyring and takes long: begun, or begun and waited for. */
export function keyWorkFunctions(
  door: Door,
  { reseal, checker }: KeyWork,
  status: () => Promise<KeyringInfo>,
): Pick<Keys, "rotate" | "rotateAll" | "check" | "checked" | "checkAll" | "settled"> {
  /** Makes a data key and begins to seal anew under it. `resume` goes on with work that is left, and makes none then. */
  async function rotate(caller: Caller, { resume }: { resume: boolean }): Promise<boolean> {
    const isNew = await door.change(caller, { action: "keys.rotate" }, async (tx) => {
      demand(caller, "keys.rotate");
      const { resealedTo, newestKeyId } = await readHead(tx);
      if (resume && resealedTo < newestKeyId) {
        return { answer: false, target: `data key ${String(newestKeyId)}`, code: "resumed" };
      }
      const keyId = await makeDataKey(door, tx, actorName(caller));
      return { answer: true, target: `data key ${String(keyId)}` };
    });
    await door.keys.catchUp();
    reseal.begin();
    return isNew;
  }

  const check = (caller: Caller) =>
    door.read(caller, { action: "keys.check" }, () => {
      demand(caller, "keys.check");
      return Promise.resolve({ answer: checker.begin(caller), code: "started" });
    });

  return {
    check,

    rotate: async (caller) => {
      await rotate(caller, { resume: false });
      return status();
    },

    rotateAll: async (caller, watch) => {
      const isNew = await rotate(caller, { resume: true });
      const { byKey, sealed } = await countByKey(door.store); // reads every version: once
      const counted = byKey.get(door.keys.keyring.newestKeyId) ?? 0;
      const then = reseal.progress.resealed;
      await watched(reseal.settled(), watch, () => {
        const done = counted + Math.max(0, reseal.progress.resealed - then);
        watch.progress(Math.min(done, sealed), sealed);
      });
      const info = await status(); // another process may have sealed, too
      watch.progress(info.reseal.done, info.reseal.total);
      return { info, isNew };
    },

    checkAll: async (caller, watch) => {
      await check(caller);
      await watched(checker.settled(), watch, () => {
        const { checked = 0, total = 0 } = checker.latest ?? {};
        watch.progress(checked, total);
      });
      if (checker.latest) return checker.latest;
      throw new TypeError("A check that was begun is known.");
    },

    checked: (caller) =>
      door.read(caller, { action: "keys.read" }, () => {
        demand(caller, "keys.read");
        return Promise.resolve({ answer: checker.latest });
      }),

    settled: async () => {
      await Promise.all([reseal.settled(), checker.settled()]);
    },
  };
}

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
