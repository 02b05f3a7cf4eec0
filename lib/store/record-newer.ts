import type Database from "better-sqlite3";
import { timeText } from "./column";
import { conditionOf, type RecordFilter } from "./record-filter";
import { readSeenEnds, seenOf, unseenOf, type Seen, type SeenEnd } from "./record-seen";

/** Below each number that the column takes. */
const BEFORE_ALL = -(2 ** 31) - 1;
const LOOKED_BETWEEN_CLOCKS = 500;
const LAST_TIME = Date.UTC(10_000, 0) - 1;

export interface NewerTask {
  filter: RecordFilter;
  after: Seen;
  limit: number;
  /** Until when to look, on the clock of `performance.now()`. */
  deadline: number;
}

interface Place {
  journalId: string;
  seq: number;
}

interface Told extends Place {
  /** The latest time in its journal up to here: later in the journal is never earlier. */
  key: string;
}

/**
 * What was written after `after`, in about the order of writing, and what was seen with it: what is left is told by the
 * next one. Goes by the places in the journals and not by time: a clock may be wrong, may step back, and another
 * instance has another one. Null where it can't be told what is new.
 * @param record as it is at one moment
 */
export function newerEvents(
  record: Database,
  { filter, after, limit, deadline }: NewerTask,
): { places: Place[]; seen: Seen } | null {
  const unseen = unseenOf(readSeenEnds(record), after);
  if (!unseen) return null;
  const look = lookingAfter(record, filter, limit, deadline);
  const looked = unseen.map(({ of, after: from }) => ({
    ...{ of, from },
    ...(of.end === from ? { told: [], end: of.end } : look(of, from)),
  }));
  const told = looked
    .flatMap((each) => each.told)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.seq - b.seq))
    .slice(0, limit);
  const isTold = new Set(told);
  const ends = looked.flatMap(({ of, from, told: found, end }): SeenEnd[] => {
    const left = found.findIndex((each) => !isTold.has(each));
    const seen = left === -1 ? end : left === 0 ? from : (found[left - 1]?.seq ?? from);
    return seen === null ? [] : [{ ...of, end: seen, isBehind: seen < of.end }];
  });
  return { places: told, seen: seenOf(ends) };
}

/** Looks into one journal after an event. `end` is how far it was looked; null where it was not at all. */
function lookingAfter(record: Database, filter: RecordFilter, limit: number, deadline: number) {
  const { sql, values } = conditionOf(filter);
  const { from = 0, to = LAST_TIME } = filter;
  const times = [from, to].map((time) => timeText(new Date(time)));
  const look = record.prepare(`
    SELECT e."journalId", e."seq", e."at", (${sql} AND e."at" >= ? AND e."at" < ?) AS "hit" FROM "AuditEvent" e
    WHERE e."journalId" = ? AND e."seq" > ? ORDER BY e."seq"`);
  let isFirst = true;
  return ({ journalId, end }: SeenEnd, after: number | null) => {
    const told: Told[] = [];
    // Into one of them at least, so that each time gets somewhere.
    if (!isFirst && performance.now() >= deadline) return { told, end: after };
    isFirst = false;
    let [looked, key] = [0, ""];
    const rows = look.iterate(...values, ...times, journalId, after ?? BEFORE_ALL);
    for (const { seq, at, hit } of rows as Iterable<Place & { at: unknown; hit: number }>) {
      if (String(at) > key) key = String(at);
      if (hit !== 0) told.push({ journalId, seq, key });
      const isLate = ++looked % LOOKED_BETWEEN_CLOCKS === 0 && performance.now() >= deadline;
      if (told.length >= limit || isLate) return { told, end: seq };
    }
    return { told, end };
  };
}
