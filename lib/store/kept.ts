import type { Cell, StoredEvent } from "./event-rows";

/** The numbers of events that were written one after the other in one journal. */
export interface Run {
  journalId: string;
  first: number;
  last: number;
}

/** The run of these events; undefined where there are none. */
export function runOf(events: readonly StoredEvent[]): Run | undefined {
  const [event] = events;
  if (!event) return undefined;
  const first = Number(event[1]);
  return { journalId: String(event[0]), first, last: first + events.length - 1 };
}

/** What is found of a run: how many events it has, and the MAC of its last one. */
export interface Found {
  count: number;
  mac: Cell;
}

/**
 * Has what was written be there, in the transaction that has written it: whoever can change the database could have a trigger
 * swallow events, and the database would say that all is well.
 * @throws NotKept
 */
export function requireKept(events: readonly StoredEvent[], { count, mac }: Found): void {
  if (count !== events.length || mac !== events.at(-1)?.at(-1)) throw new NotKept();
}

/** The database has taken events and does not have them. What they are of must not be done. */
export class NotKept extends Error {
  override readonly name = "NotKept";

  constructor() {
    super("Something in the database keeps events from the record, such as a trigger.");
  }
}
