import type { Caller } from "../access/caller";
import { readDay } from "../store/day-rows";
import type { Db } from "../store/store";
import { claimDay, DAY_MS } from "./claim-day";
import { demand, type Door } from "./door";
import { purgeSecret } from "./purge";

/** Secrets purged in one transaction: others wait for it. */
const BATCH = 100;

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
  const last = await readDay(tx, "TrashSweep");
  const at = now();
  return { deletedAt: last && last.at > at ? last.at : at, trashedAtSweep: last?.count ?? 0 };
}

/**
 * Purges what the trash has kept for its time. A secret goes when it is long enough in the trash by the clock *and*
 * more sweeps than the trash keeps days have passed over it (`claimDay`).
 */
export async function sweepTrash(door: Door, caller: Caller): Promise<number> {
  demand(caller, "trash.sweep");
  const claimed = await claimDay(door, "TrashSweep");
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
