import type { FoundEvent } from "../store/event-rows";
import { eventInfo } from "./record-info";

/** A batch is at most so much, or one event that is more. */
export const BATCH_EVENTS = 1_000;
const BATCH_CHARACTERS = 1024 * 1024;

/** Events that are delivered together, as lines. */
export class Batch {
  readonly lines: string[] = [];
  /** The last event of each journal that is in it. */
  readonly upTo = new Map<string, number>();
  #characters = 0;
  #isFull = false;

  constructor(private readonly mostEvents: number) {}

  get room(): number {
    return this.#isFull ? 0 : this.mostEvents - this.lines.length;
  }

  /** Takes as many events of a journal as there is room for, in their order. */
  take(rows: readonly FoundEvent[]): void {
    for (const row of rows) {
      const line = `${JSON.stringify(eventInfo(row))}\n`; // as in an export
      this.#isFull =
        this.room === 0 ||
        (this.lines.length > 0 && this.#characters + line.length > BATCH_CHARACTERS);
      if (this.#isFull) return;
      this.lines.push(line);
      this.#characters += line.length;
      this.upTo.set(row.journalId, row.seq);
    }
  }
}
