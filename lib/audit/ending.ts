import { cellsOf, type EventRow, type StoredEvent } from "../store/event-rows";
import type { RecordRows } from "../store/journal-rows";
import { macOf, type Chain } from "./chain";

/**
 * Where a journal ends. For whoever holds the store's write lock: an attempt to write begins with `begin` and is
 * repeated from there, and counts once it is `committed`.
 */
export class Ending {
  #end: { seq: number; mac: string };
  #next: { seq: number; mac: string };
  #isKnown = true;

  /** @param opening what stands before the journal's first event */
  constructor(
    private readonly journalId: string,
    private readonly chain: Chain,
    opening: string,
  ) {
    this.#end = this.#next = { seq: 0, mac: opening };
  }

  /** Begins an attempt. Returns what gives each row its place, one after the other. */
  begin(record: RecordRows): (row: EventRow) => StoredEvent {
    if (!this.#isKnown) this.#look(record);
    this.#isKnown = false;
    this.#next = this.#end;
    return (row) => {
      const seq = this.#next.seq + 1;
      const event = cellsOf(row, this.journalId, seq);
      const mac = this.chain.next(this.#next.mac, event);
      this.#next = { seq, mac };
      event.push(mac);
      return event;
    };
  }

  /** The attempt that was begun last is durable. */
  committed(): void {
    this.#end = this.#next;
    this.#isKnown = true;
  }

  /** A commit that was said to have failed may have been made all the same: what is there and rightly so is the journal's. */
  #look(record: RecordRows): void {
    for (;;) {
      const seq = this.#end.seq + 1;
      const [event] = record.page(this.journalId, this.#end.seq, 1);
      if (event === undefined) return;
      const mac = this.chain.next(this.#end.mac, event, seq);
      if (event[1] !== seq || macOf(event) !== mac) return;
      this.#end = { seq, mac };
    }
  }
}
