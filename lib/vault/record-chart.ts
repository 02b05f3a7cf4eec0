import type { RecordChart } from "../shapes";
import type { RecordFilter } from "../store/record-filter";
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
const NOTHING = { reads: 0, denied: 0, failed: 0, other: 0 };

/** How many events of each kind there were over the time that is looked for, in at most 61 steps of one length. */
export async function chartOf(
  searcher: RecordSearcher,
  filter: RecordFilter,
  now: number,
): Promise<RecordChart> {
  const { first } = await searcher.run({ do: "span" });
  const to = Math.min(filter.to ?? now, now) + 1;
  const earliest = Math.min(first ?? now, to - LEAST_MS);
  const since = Math.min(Math.max(filter.from ?? earliest, earliest), to - MINUTE);
  const stepMs = STEPS.find((step) => (to - since) / step <= MOST_STEPS) ?? 364 * DAY;
  const from = Math.floor(since / stepMs) * stepMs;
  const counted = await searcher.run({ do: "count", filter, from, to, stepMs });
  const found = new Map(counted.steps);
  const steps = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, step) => ({
    at: new Date(from + step * stepMs).toISOString(),
    ...(found.get(step) ?? NOTHING),
  }));
  return {
    ...{ from: new Date(from).toISOString(), to: new Date(to - 1).toISOString(), stepMs, steps },
    countedFrom: new Date(counted.countedFrom).toISOString(),
  };
}
