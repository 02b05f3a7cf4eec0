import type { Caller } from "../access/caller";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { purgeSecret } from "./purge";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Between two sweeps lies at least so much time, whoever asks for one and however often. */
const SWEEP_EVERY_MS = 20 * HOUR_MS;
/** A last sweep that is longer ago says that Coffer was not running, or that the clock has jumped. */
const SWEEP_GAP_MS = 7 * DAY_MS;
/** Secrets purged in one transaction: others wait for it. */
const BATCH = 100;
const ONE = 1;

/** Until when the trash keeps what was put there at `deletedAt`. */
export function purgeTime(deletedAt: Date, trashDays: number): Date {
  return new Date(deletedAt.getTime() + trashDays * DAY_MS);
}

/** When what is put into the trash now is put there: not before the last sweep, whatever the clock says. */
export async function trashTime({ now }: Door, tx: Db): Promise<Date> {
  const last = await tx.trashSweep.findUnique({ where: { id: ONE } });
  const at = now();
  return last && last.at > at ? last.at : at;
}

/**
 * Purges what the trash has kept for its time. What is purged can't come back, and the only witness is the
 * clock: so a secret goes only if the sweep before this one, some 20 hours and at most a week ago, would have found it
 * too late already. A clock that jumps ahead begins a new count instead of a purge, and one that goes back does, too.
 * Known limit: a clock that jumps ahead and stays wrong until the next sweep, some 20 hours, does purge early.
 */
export async function sweepTrash(door: Door, caller: Caller): Promise<number> {
  demand(caller, "trash.sweep");
  const before = await claimSweep(door);
  if (before === null) return 0;
  const cutoff = new Date(before.getTime() - door.trashDays * DAY_MS);
  let purged = 0;
  let after = "";
  for (;;) {
    const batch = await door.store.db.secret.findMany({
      where: { deletedAt: { lte: cutoff }, id: { gt: after } },
      select: { id: true },
      orderBy: { id: "asc" },
      take: BATCH,
    });
    if (batch.length > 0) {
      const ids = batch.map(({ id }) => id);
      purged += await door.change(caller, { action: "trash.sweep" }, (tx) =>
        purgeBatch(door, tx, ids, cutoff),
      );
    }
    after = batch[batch.length - 1]?.id ?? "";
    if (batch.length < BATCH) break;
  }
  if (purged > 0) await door.store.scrubLog();
  return purged;
}

/**
 * When the last sweep was, once this one is noted in its place: by one process only. Null where it is not time
 * for one, or where the time between the two is none to rely on.
 */
async function claimSweep({ store, now }: Door): Promise<Date | null> {
  const at = now();
  const last = await store.db.trashSweep.findUnique({ where: { id: ONE } });
  const since = last ? at.getTime() - last.at.getTime() : NaN;
  if (since >= 0 && since < SWEEP_EVERY_MS) return null;
  const claimed = await store.write(async (tx) => {
    const { count } = await tx.trashSweep.updateMany({
      where: { id: ONE, ...(last && { at: last.at }) },
      data: { at },
    });
    if (count === 0 && !last) await tx.trashSweep.create({ data: { id: ONE, at } });
    return count === 1;
  });
  return claimed && last && since >= SWEEP_EVERY_MS && since <= SWEEP_GAP_MS ? last.at : null;
}

/** Purges those of `ids` that are still in the trash, too long, and as Coffer wrote them. */
async function purgeBatch({ rows }: Door, tx: Db, ids: string[], cutoff: Date) {
  const found = await tx.secret.findMany({
    where: { id: { in: ids }, deletedAt: { lte: cutoff } },
    include: { environment: { select: { slug: true } } },
  });
  const due = found.filter((row) => rows.isIntact("secret", row));
  for (const row of due) await purgeSecret(tx, row);
  return {
    answer: due.length,
    besides: due.map(({ name, environment }) => ({
      ...{ action: "secrets.purge", target: name, environment: environment.slug },
    })),
  };
}
