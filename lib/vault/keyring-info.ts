import { fingerprintsOf, isWrappedUnder, type KeyringRecord } from "../crypto/keyring-record";
import { SEAL_LIMIT } from "../crypto/keyring";
import type { DataKeyInfo, KeyringInfo, WrapInfo } from "../shapes";
import { readHead } from "../store/keyring-rows";
import type { Door } from "./door";
import { countByKey } from "./every-value";
import { liveInstances, type InstanceRow } from "./instances";
import { requireHead, requireKeyring } from "./live-keyring";
import type { Reseal } from "./reseal";

/** The keyring as admins see it: what there is, and no key. */
export async function keyringInfo(
  door: Door,
  reseal: Reseal,
  instanceId: string,
): Promise<KeyringInfo> {
  const { db } = door.store;
  const { keyring } = door.keys;
  await door.keys.catchUp();
  const [record, head, instances, counts] = await Promise.all([
    requireKeyring(db),
    readHead(db),
    liveInstances(db, door.now),
    countByKey(door.store),
  ]);
  requireHead(door.rows, head, record);
  const made = await db.dataKey.findMany({ where: { keyringId: record.id } });
  const newest = head.newestKeyId;
  const known = dataKeyIds(record);
  const dataKeys = known.map((id): DataKeyInfo => {
    const row = made.find(({ keyId }) => keyId === id);
    const createdAt = (row?.createdAt ?? head.createdAt).toISOString();
    return { id, createdAt, createdBy: row?.createdBy ?? null, values: counts.byKey.get(id) ?? 0 };
  });
  const unopened = counts.sealed - dataKeys.reduce((sum, { values }) => sum + values, 0);
  const isUnfinished = head.resealedTo < newest;
  const { running, problem, unreadable } = reseal.progress;
  return {
    fingerprint: keyring.fingerprint,
    previous: keyring.previousFingerprint,
    kdf: record.kdf,
    createdAt: head.createdAt.toISOString(),
    newestKeyId: newest,
    dataKeys,
    unopened,
    lost: counts.lost,
    seals: { used: keyring.seals, limit: SEAL_LIMIT },
    wraps: wrapsOf(record, keyring.fingerprint, instances),
    instances: instances.map(({ id, kind, fingerprint, startedAt, seenAt }) => ({
      ...{ id, kind: kind === "command" ? "command" : "server", fingerprint },
      ...{ startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() },
      isThis: id === instanceId,
    })),
    reseal: {
      state: running ? "running" : isUnfinished ? "waiting" : "idle",
      total: counts.sealed,
      done: counts.byKey.get(newest) ?? 0,
      unreadable,
      problem,
    },
  };
}

function dataKeyIds({ wrapped }: KeyringRecord): number[] {
  const ids = new Set(wrapped.map(({ keyId }) => keyId).filter((keyId) => keyId > 0));
  return [...ids].sort((a, b) => b - a);
}

function wrapsOf(
  record: KeyringRecord,
  current: string,
  instances: readonly InstanceRow[],
): WrapInfo[] {
  return fingerprintsOf(record).map((fingerprint) => ({
    fingerprint,
    isCurrent: fingerprint === current,
    isComplete: isWrappedUnder(record, { fingerprint }),
    instances: instances.filter((instance) => instance.fingerprint === fingerprint).length,
  }));
}
