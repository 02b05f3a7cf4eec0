import { CofferError, isCofferError, statusOf, waitText } from "../errors";
import type { Backoff, Limits } from "../limits";

/** What failures are counted for: a kind of guessing, and whose. */
export interface Bucket {
  kind: keyof Limits["backoffs"];
  /** An id or a keyed hash. */
  id: string;
}

interface Failures {
  count: number;
  lastMs: number;
  /** What `lastMs` was before the last attempt, should that one turn out not to have failed. */
  beforeMs: number;
  backoff: Backoff;
}

const FIRST_WAIT_MS = 1_000;
const MOST_BUCKETS = 10_000;

/**
 * Makes guessing slow: after a few failures the next attempt has to wait, longer each time. An attempt counts as
 * failed from its beginning until it is said to have succeeded, so that a thousand at once get no further than a
 * few in a row. One that has to wait is refused before any work, and counts nothing.
 *
 * Kept in memory, and bounded: the bucket with the fewest failures is forgotten first, and the one that failed
 * longest ago among those. To have one of n failures forgotten, ten thousand others need to fail n times.
 */
export class Throttle {
  readonly #buckets = new Map<string, Failures>();

  constructor(
    private readonly backoffs: Limits["backoffs"],
    private readonly now: () => Date,
    private readonly mostBuckets = MOST_BUCKETS,
  ) {}

  /** Counts an attempt in every bucket. @throws CofferError `too_many_attempts`, and counts it in none */
  attempt(buckets: readonly Bucket[]): void {
    const now = this.now().getTime();
    const waitMs = Math.max(...buckets.map((bucket) => this.#waitMs(bucket, now)));
    if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1000));
    for (const bucket of buckets) this.#fail(bucket, now);
  }

  /**
   * The attempt was right. What is counted by address only loses this one attempt: else who has an account
   * could guess at others without end, by signing in to their own in between.
   */
  succeeded(buckets: readonly Bucket[]): void {
    this.undone(buckets.filter(({ kind }) => kind === "address"));
    for (const bucket of buckets)
      if (bucket.kind !== "address") this.#buckets.delete(keyOf(bucket));
  }

  /** The attempt was neither right nor wrong: it came to nothing for another reason. */
  undone(buckets: readonly Bucket[]): void {
    for (const bucket of buckets) {
      const failures = this.#buckets.get(keyOf(bucket));
      if (!failures) continue;
      failures.count -= 1;
      failures.lastMs = failures.beforeMs;
      if (failures.count <= 0) this.#buckets.delete(keyOf(bucket));
    }
  }

  /**
   * One attempt: `work` throws a 401 or 403 where the guess was wrong. Any other error counts nothing, nor does
   * being asked for the second factor, which comes after a right password.
   * @throws CofferError `too_many_attempts`, and what `work` throws
   */
  async during<T>(buckets: readonly Bucket[], work: () => Promise<T>): Promise<T> {
    this.attempt(buckets);
    try {
      const answer = await work();
      this.succeeded(buckets);
      return answer;
    } catch (error) {
      if (!isWrongGuess(error)) this.undone(buckets);
      throw error;
    }
  }

  #waitMs(bucket: Bucket, now: number): number {
    const failures = this.#buckets.get(keyOf(bucket));
    if (!failures) return 0;
    if (isForgotten(failures, now)) {
      this.#buckets.delete(keyOf(bucket));
      return 0;
    }
    failures.lastMs = Math.min(failures.lastMs, now); // a clock that was put back must not prolong the wait
    return failures.lastMs + waitAfter(failures) - now;
  }

  #fail(bucket: Bucket, now: number): void {
    const key = keyOf(bucket);
    const backoff = this.backoffs[bucket.kind];
    const { count = 0, lastMs: beforeMs = now } = this.#buckets.get(key) ?? {};
    this.#buckets.delete(key); // what failed last stands last
    if (this.#buckets.size >= this.mostBuckets) this.#forgetOne(now);
    this.#buckets.set(key, { count: count + 1, lastMs: now, beforeMs, backoff });
  }

  #forgetOne(now: number): void {
    let fewest: [key: string, count: number] | undefined;
    for (const [key, failures] of this.#buckets) {
      const count = isForgotten(failures, now) ? 0 : failures.count;
      if (fewest === undefined || count < fewest[1]) fewest = [key, count];
    }
    if (fewest) this.#buckets.delete(fewest[0]);
  }
}

function isWrongGuess(error: unknown): boolean {
  return (
    isCofferError(error) &&
    error.code !== "second_factor_required" &&
    [401, 403].includes(statusOf(error.code))
  );
}

function keyOf({ kind, id }: Bucket): string {
  return `${kind} ${id}`;
}

function isForgotten({ lastMs, backoff }: Failures, now: number): boolean {
  return now - lastMs >= backoff.forgottenAfterMs;
}

function waitAfter({ count, backoff }: Failures): number {
  if (count < backoff.free) return 0;
  return Math.min(backoff.longestWaitMs, FIRST_WAIT_MS * 2 ** (count - backoff.free));
}

function tooManyAttempts(retryAfterSeconds: number): CofferError {
  return new CofferError(
    "too_many_attempts",
    `There were too many wrong attempts. Wait ${waitText(retryAfterSeconds)}, then try again.`,
    { details: { retryAfterSeconds } },
  );
}
