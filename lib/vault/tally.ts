import type { Rate } from "../limits";

/** More keys than this in one window share one count: the memory has an end, and so has what they get. */
const MOST_KEYS = 50_000;
const OVERFLOW = "";

/**
 * Counts by key, in windows that begin at the same moment for all keys and are dropped whole when they end.
 * Counting costs a look-up and an addition.
 */
export class Tally {
  #windowStart = 0;
  #counts = new Map<string, { count: number }>();

  constructor(
    readonly rate: Rate,
    private readonly now: () => Date,
  ) {}

  /** Counts one for `key`. Seconds until it may come again, if this was one too many; else 0. */
  take(key: string): number {
    const { most, perMs } = this.rate;
    const now = this.now().getTime();
    if (now >= this.#windowStart + perMs || now < this.#windowStart) {
      this.#windowStart = now - (now % perMs);
      this.#counts = new Map();
    }
    const entry = this.#counts.get(key) ?? this.#add(key);
    entry.count += 1;
    return entry.count <= most ? 0 : Math.ceil((this.#windowStart + perMs - now) / 1000);
  }

  #add(key: string): { count: number } {
    if (this.#counts.size >= MOST_KEYS && key !== OVERFLOW) {
      return this.#counts.get(OVERFLOW) ?? this.#add(OVERFLOW);
    }
    const entry = { count: 0 };
    this.#counts.set(key, entry);
    return entry;
  }
}
