import type { AuditKeep } from "../config";
import type { RecordRows, TimePlace } from "../store/journal-rows";
import { markEnds, readRun, seenBy, writeRun, type RetentionRun } from "../store/retention-rows";
import type { Door } from "./door";
import { rest } from "./every-value";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Places of the index that are stepped over at once. */
const STEP = 2_000;
const FIRST: TimePlace = { at: "", journalId: "", seq: 0 };

/** What may be pruned: events from before a time, up to the one that an earlier run had seen of each journal. */
export interface Limit {
  before: number;
  seen: ReadonlyMap<string, number>;
}

/**
 * This run, once it is noted: by one process only. Null where it is not time for one. As with the trash, the clock is
 * no witness alone: between two runs lies a day by the clock, so a jump ahead, however far and for however long,
 * counts for one day. A first run, and one after a clock that went back, only notes from when the next day counts.
 */
export async function claimRun({ store, now }: Door): Promise<RetentionRun | null> {
  const at = now();
  const last = await readRun(store.db);
  const since = last ? at.getTime() - last.at.getTime() : NaN;
  if (since >= 0 && since < DAY_MS) return null;
  const isDay = since >= DAY_MS;
  const run = { at, count: (last?.count ?? 0) + (isDay ? 1 : 0) };
  const claimed = await store.write(async (tx) => {
    if (!(await writeRun(tx, last, run))) return false;
    if (isDay || !last) await markEnds(tx, run.count);
    return true;
  });
  return claimed && isDay ? run : null;
}

/** What is older than it need be: that many days by the clock, and that many runs with one more for a clock that jumped. */
export async function limitByAge(
  { store }: Door,
  { at, count }: RetentionRun,
  days: number,
): Promise<Limit> {
  return {
    before: at.getTime() - days * DAY_MS,
    seen: await seenBy(store.db, count - days - 1),
  };
}

/** What comes before the newest `keep` of `total` events, but for the last day. */
export async function limitByCount(
  door: Door,
  run: RetentionRun,
  keep: number,
  total: number,
): Promise<Limit | null> {
  if (total <= keep) return null;
  const lastDay = await limitByAge(door, run, 1);
  const first = await firstKept(door.store.direct.record, total - keep);
  return { ...lastDay, before: Math.min(first, lastDay.before) };
}

/** The runs that marks are needed of. */
export function oldestNeeded({ count }: RetentionRun, { days }: AuditKeep): number {
  return count - (days ?? 1) - 1;
}

/** The time of the event before which there are `excess` others. */
async function firstKept(record: RecordRows, excess: number): Promise<number> {
  let place: TimePlace | null = FIRST;
  for (let left = excess; left > 0 && place; left -= STEP) {
    place = record.later(place, Math.min(left, STEP) - 1);
    await rest(1);
  }
  const first = place && record.later(place, 0);
  return first ? Date.parse(first.at) : -Infinity;
}
