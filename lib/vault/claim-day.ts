import { readDay, writeDay, type Daily, type DayRun } from "../store/day-rows";
import type { Db } from "../store/store";
import type { Door } from "./door";

/** In milliseconds: between two runs lies at least so much time, whoever asks for one and however often. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * This run, once it is noted: by one process only. Null where it is not time for one. What is deleted for good can't
 * come back and a clock may jump, so the clock is no witness alone: whoever deletes counts runs, too. Between two lies
 * a day by the clock, so a jump ahead, however far and for however long, counts for one day; days on which Coffer does
 * not run do not count. A first run, and one after a clock that went back, only notes from when the next day counts.
 * @param note what is noted in the same transaction, where this run counts or is the first
 */
export async function claimDay(
  { store, now }: Door,
  daily: Daily,
  note: (tx: Db, run: DayRun) => Promise<void> = () => Promise.resolve(),
): Promise<DayRun | null> {
  const at = now();
  const last = await readDay(store.db, daily);
  const since = last ? at.getTime() - last.at.getTime() : NaN;
  if (since >= 0 && since < DAY_MS) return null;
  const isDay = since >= DAY_MS;
  const run = { at, count: (last?.count ?? 0) + (isDay ? 1 : 0) };
  const claimed = await store.write(async (tx) => {
    if (!(await writeDay(tx, daily, last, run))) return false;
    if (isDay || !last) await note(tx, run);
    return true;
  });
  return claimed && isDay ? run : null;
}
