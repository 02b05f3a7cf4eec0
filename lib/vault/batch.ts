import type { Lines, LinesTask } from "./lines";

/** A batch is at most so much, or one event that is more. */
export const BATCH_EVENTS = 1_000;
const BATCH_BYTES = 1024 * 1024;

/** Events that are delivered together, as lines. */
export class Batch {
  /** The last event of each journal that is in it. */
  readonly upTo = new Map<string, number>();
  readonly #pieces: Uint8Array[] = [];
  #events = 0;
  #bytes = 0;
  #isFull = false;

  constructor(private readonly mostEvents: number) {}

  get events(): number {
    return this.#events;
  }

  get isFull(): boolean {
    return this.#isFull || this.#events >= this.mostEvents;
  }

  /** What there is room for. */
  get room(): Pick<LinesTask, "events" | "bytes" | "isAlone"> {
    const isAlone = this.#events === 0;
    return { events: this.mostEvents - this.#events, bytes: BATCH_BYTES - this.#bytes, isAlone };
  }

  /** Takes events of a journal that come after those of it that are there, and for which there was room. */
  take(journalId: string, { bytes, events, upTo, until }: Lines): void {
    this.#isFull = until === "room";
    if (events === 0) return;
    this.#pieces.push(bytes);
    this.#events += events;
    this.#bytes += bytes.length;
    this.upTo.set(journalId, upTo);
  }

  /** All of its lines. */
  text(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}
