/** So many events may wait for a commit: more, and the database is not keeping up. */
const MOST_KNOWN = 10_000;
/** Of callers that nobody knows, so many: a flood of theirs never takes a service's place. */
const MOST_UNKNOWN = 1_000;
/** Events of one commit. */
const KNOWN_IN_COMMIT = 1_000;
const UNKNOWN_IN_COMMIT = 100;

/** Events that wait for their commit: bounded, those of unknown callers apart from all others. */
export class Queue<T> {
  readonly #known: T[] = [];
  readonly #unknown: T[] = [];

  get size(): number {
    return this.#known.length + this.#unknown.length;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Adds one; false where too many wait. */
  add(waiting: T, isKnown: boolean): boolean {
    const queue = isKnown ? this.#known : this.#unknown;
    if (queue.length >= (isKnown ? MOST_KNOWN : MOST_UNKNOWN)) return false;
    queue.push(waiting);
    return true;
  }

  /** Takes those of the next commit, in the order in which they came. */
  take(): T[] {
    const batch = this.#known.splice(0, KNOWN_IN_COMMIT);
    batch.push(...this.#unknown.splice(0, UNKNOWN_IN_COMMIT));
    return batch;
  }
}
