import type { AuditKeep } from "../config";
import type { DayRun } from "../store/day-rows";
import type { LiveRecord, TimePlace } from "../store/journal-rows";
import { markEnds, prunedEvents, seenBy } from "../store/retention-rows";
import { claimDay, DAY_MS } from "./claim-day";
import type { Door } from "./door";
import { rest } from "./every-value";

/** Places of the index that are stepped over at once. */
const STEP = 2_000;
const FIRST: TimePlace = { at: "", journalId: "", seq: 0 };

/** What may be pruned: events from before a time, up to the one that an earlier run had seen of each journal. */
export interface Limit {
  before: number;
  seen: ReadonlyMap<string, number>;
}

/** This run, once it is noted, with where each journal ends (`claimDay`). */
export function claimRun(door: Door): Promise<DayRun | null> {
  return claimDay(door, "AuditRun", (tx, { count }) => markEnds(tx, count));
}

/** How many events there are, by the numbers of the last ones and of the pruned ones: counting would keep the thread. */
export async function eventCount({ store }: Door): Promise<number> {
  const { record } = store.direct;
  let total = -(await prunedEvents(store.db));
  for (const [index, { id }] of (await record.journals()).entries()) {
    if (index % 50 === 49) await rest(1);
    total += (await record.head(id))?.seq ?? 0;
  }
  return total;
}

/** What is older than it need be: that many days by the clock, and that many runs with one more for a clock that jumped. */
export async function limitByAge(
  { store }: Door,
  { at, count }: DayRun,
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
  run: DayRun,
  keep: number,
  total: number,
): Promise<Limit | null> {
  if (total <= keep) return null;
  const lastDay = await limitByAge(door, run, 1);
  const first = await firstKept(door.store.direct.record, total - keep);
  return { ...lastDay, before: Math.min(first, lastDay.before) };
}

/** The runs that marks are needed of. */
export function oldestNeeded({ count }: DayRun, { days }: AuditKeep): number {
  return count - (days ?? 1) - 1;
}

/** The time of the event before which there are `excess` others. */
async function firstKept(record: LiveRecord, excess: number): Promise<number> {
  let place: TimePlace | null = FIRST;
  for (let left = excess; left > 0 && place; left -= STEP) {
    place = await record.later(place, Math.min(left, STEP) - 1);
    await rest(1);
  }
  const first = place && (await record.later(place, 0));
  return first ? Date.parse(first.at) : -Infinity;
}
