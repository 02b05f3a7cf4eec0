import { contentOf, type Content, type EventToWrite } from "./event-rows";
import type { Placing, Tip } from "./journal-rows";
import { holds, type Moment, type Under } from "./moment";
import type { Soon } from "./soon";

/** How a kind of database does it. */
export interface Appending {
  /** The newest state of the database that is known. */
  latest: () => Moment;
  /** How the events of an attempt get their places. Asked anew for each. */
  begin: () => Soon<Placing>;
  /**
   * Writes events in one transaction if what they were decided `under` holds in it; null: in any case. Returns where the journal
   * ends then; undefined where it does not hold: nothing is written, and `latest` is newer by then.
   */
  write: (
    contents: readonly Content[],
    placing: Placing,
    under: Under | null,
  ) => Promise<Tip | undefined>;
}

/** What came of it. */
export interface Appended {
  /** True for each event that was written. */
  written: readonly boolean[];
  /** Where the journal ends now, if any was. */
  tip: Tip | undefined;
}

/**
 * Writes those events that may be. As many attempts as it takes: what was decided under something that is
 * found not to hold is left out of the next.
 */
export async function appendEvents(
  events: readonly EventToWrite[],
  { latest, begin, write }: Appending,
): Promise<Appended> {
  for (;;) {
    const now = latest();
    const written = events.map(({ under }) => under === null || holds(under, now));
    const placing = await begin();
    const rows = events.filter((_, at) => written[at]);
    if (rows.length === 0) return { written, tip: undefined };
    const bound = rows.flatMap(({ under }) => under ?? []);
    const isStrict = bound.some(({ epoch }) => epoch !== null);
    const under = { revision: now.revision, epoch: isStrict ? now.epoch : null };
    const contents = rows.map(({ row }) => contentOf(row));
    const tip = await write(contents, placing, bound.length === 0 ? null : under);
    if (tip) return { written, tip };
  }
}
