import type { EventRow, EventToWrite, StoredEvent } from "./event-rows";
import { holds, type Moment, type Under } from "./moment";
import type { Soon } from "./soon";

/** How a kind of database does it. */
export interface Appending {
  /** The newest state of the database that is known. */
  latest: () => Moment;
  /** Gives the events of an attempt their places, one after the other. Asked anew for each: these depend on which are written. */
  begin: () => Soon<(row: EventRow) => StoredEvent>;
  /**
   * Writes events in one transaction if what they were decided `under` holds in it; null: in any case. Whether it has: where
   * not, nothing is written, and `latest` is newer by then.
   */
  write: (events: readonly StoredEvent[], under: Under | null) => Promise<boolean>;
}

/**
 * Writes those events that may be; true for each that was. As many attempts as it takes: what was decided under something that is
 * found not to hold is left out of the next.
 */
export async function appendEvents(
  events: readonly EventToWrite[],
  { latest, begin, write }: Appending,
): Promise<boolean[]> {
  for (;;) {
    const now = latest();
    const present = events.map(({ under }) => under === null || holds(under, now));
    const place = await begin();
    const rows = events.filter((_, at) => present[at]);
    if (rows.length === 0) return present;
    const bound = rows.flatMap(({ under }) => under ?? []);
    const isStrict = bound.some(({ epoch }) => epoch !== null);
    const under = { revision: now.revision, epoch: isStrict ? now.epoch : null };
    const placed = rows.map(({ row }) => place(row));
    if (await write(placed, bound.length === 0 ? null : under)) return present;
  }
}
