import type { RecordChart } from "../shapes";
import type { RecordFilter } from "../store/record-filter";
import { nothing } from "../store/record-index";
import type { RecordSearcher } from "../store/record-searcher";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY],
];
const MOST_STEPS = 60;
/** A record that has only begun is shown over this time, so that a bar is not as wide as the chart. */
const LEAST_MS = 30 * MINUTE;
/** What no step is long enough for is not shown where there is nothing. */
const MOST_MS = MOST_STEPS * 364 * DAY;

/**
 * How many events of each kind there were over all of the time that is looked for, in at most 61 steps of one length: where there was
 * nothing, that is to be seen. All time is from the first event on. What is outside is in no step, also where the first or last one
 * reaches further.
 */
export async function chartOf(
  searcher: RecordSearcher,
  filter: RecordFilter,
  now: number,
): Promise<RecordChart> {
  const { first } = await searcher.run({ do: "span" });
  const endOfMinute = (Math.floor(now / MINUTE) + 1) * MINUTE;
  const to = Math.min(filter.to ?? endOfMinute, endOfMinute);
  const earliest = Math.min(first ?? now, to - LEAST_MS);
  const from = Math.min(Math.max(filter.from ?? earliest, Math.min(earliest, to - MOST_MS)), to);
  const stepMs = STEPS.find((step) => (to - from) / step <= MOST_STEPS) ?? 364 * DAY;
  const counted = await searcher.run({ do: "count", filter, from, to, stepMs });
  const found = new Map(counted.steps);
  const start = Math.floor(from / stepMs) * stepMs;
  const steps = Array.from(
    { length: Math.max(1, Math.ceil((to - start) / stepMs)) },
    (_, step) => ({
      at: new Date(start + step * stepMs).toISOString(),
      ...(found.get(step) ?? nothing()),
    }),
  );
  return {
    ...{
      from: new Date(from).toISOString(),
      to: new Date(Math.max(from, Math.min(to - 1, now))).toISOString(),
    },
    ...{ stepMs, steps, countedFrom: new Date(counted.countedFrom).toISOString() },
  };
}
