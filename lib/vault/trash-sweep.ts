import type { Caller } from "../access/caller";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { purgeSecret } from "./purge";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Between two sweeps lies at least so much time, whoever asks for one and however often. */
const SWEEP_EVERY_MS = DAY_MS;
/** Secrets purged in one transaction: others wait for it. */
const BATCH = 100;
const ONE = 1;

/** What makes a secret one to be purged. */
interface Due {
  deletedAt: { lte: Date };
  trashedAtSweep: { lt: number };
}

/** Until when the trash keeps what was put there at `deletedAt`. */
export function purgeTime(deletedAt: Date, trashDays: number): Date {
  return new Date(deletedAt.getTime() + trashDays * DAY_MS);
}

/**
 * What a secret that is put into the trash now remembers: the time, which is not before the last sweep whatever the
 * clock says, and how many sweeps there were.
 */
export async function trashMoment(
  { now }: Door,
  tx: Db,
): Promise<{ deletedAt: Date; trashedAtSweep: number }> {
  const last = await tx.trashSweep.findUnique({ where: { id: ONE } });
  const at = now();
  return { deletedAt: last && last.at > at ? last.at : at, trashedAtSweep: last?.count ?? 0 };
}

/**
 * Purges what the trash has kept for its time. What is purged can't come back, and a clock may jump: so the clock is
 * no witness alone. A secret goes when it is long enough in the trash by the clock *and* more sweeps than the trash
 * keeps days have passed over it. Between two sweeps lies a day by the clock, so a jump ahead, however far and for
 * however long, counts for one day; days on which Coffer does not run do not count.
 */
export async function sweepTrash(door: Door, caller: Caller): Promise<number> {
  demand(caller, "trash.sweep");
  const claimed = await claimSweep(door);
  if (claimed === null) return 0;
  const due: Due = {
    deletedAt: { lte: new Date(claimed.at.getTime() - door.trashDays * DAY_MS) },
    trashedAtSweep: { lt: claimed.count - door.trashDays },
  };
  let purged = 0;
  let after = "";
  for (;;) {
    const batch = await door.store.db.secret.findMany({
      where: { ...due, id: { gt: after } },
      select: { id: true },
      orderBy: { id: "asc" },
      take: BATCH,
    });
    if (batch.length > 0) {
      const ids = batch.map(({ id }) => id);
      purged += await door.change(caller, { action: "trash.sweep" }, (tx) =>
        purgeBatch(door, tx, { ...due, id: { in: ids } }),
      );
    }
    after = batch[batch.length - 1]?.id ?? "";
    if (batch.length < BATCH) break;
  }
  if (purged > 0) await door.store.scrubLog();
  return purged;
}

/**
 * This sweep, once it is noted: by one process only. Null where it is not time for one. A first one, and one after a
 * clock that went back, only notes from when the next day counts.
 */
async function claimSweep({ store, now }: Door): Promise<{ at: Date; count: number } | null> {
  const at = now();
  const last = await store.db.trashSweep.findUnique({ where: { id: ONE } });
  const since = last ? at.getTime() - last.at.getTime() : NaN;
  if (since >= 0 && since < SWEEP_EVERY_MS) return null;
  const isDay = since >= SWEEP_EVERY_MS;
  const claimed = await store.write(async (tx) => {
    const { count } = await tx.trashSweep.updateMany({
      where: { id: ONE, ...(last && { at: last.at, count: last.count }) },
      data: { at, ...(isDay && { count: { increment: 1 } }) },
    });
    if (count === 0 && !last) await tx.trashSweep.create({ data: { id: ONE, at } });
    return count === 1;
  });
  return claimed && isDay && last ? { at, count: last.count + 1 } : null;
}

/** Purges those that are due still and are as Coffer wrote them. */
async function purgeBatch({ rows }: Door, tx: Db, due: Due & { id: { in: string[] } }) {
  const found = await tx.secret.findMany({
    where: due,
    include: { environment: { select: { slug: true } } },
  });
  const intact = found.filter((row) => rows.isIntact("secret", row));
  for (const row of intact) await purgeSecret(tx, row);
  return {
    answer: intact.length,
    besides: intact.map(({ name, environment }) => ({
      ...{ action: "secrets.purge", target: name, environment: environment.slug },
    })),
  };
}
