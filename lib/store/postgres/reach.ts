import type { Log } from "../../log";
import { isGone, isUnreachable } from "./errors";
import type { Turns } from "../turns";

/** How long after a probe that failed the next one begins. */
const PROBE_EVERY_MS = 250;

/**
 * Whether the database can be reached, found out once for all who ask. Once it is found away, everybody is refused at
 * once, in place of waiting for a connection each; one probe at a time looks whether it is back.
 */
export class Reach {
  readonly #heardOf = new Set<(refusal: Error) => void>();
  #away: { error: unknown; since: number } | null = null;
  #answeredAt = performance.now();
  #isLooking = false;
  #isClosed = false;
  #next: NodeJS.Timeout | undefined;

  /** @param look connects anew and asks something; throws where that can't be done within a bound */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly log: Log | undefined,
  ) {}

  get isAway(): boolean {
    return this.#away !== null;
  }

  /** @throws Error, as of a server that is not there, while the database is away */
  require(): void {
    if (this.#away) throw refusalBy(this.#away.error);
  }

  /** The database has answered something, on whichever connection. */
  answered(): void {
    this.#answeredAt = performance.now();
  }

  /**
   * A connection has not come about. That is the end for everybody only if nothing was heard on any other one since
   * that was begun: a server that has too much to do for a new one still answers.
   * @param since on the clock of `performance.now()`
   */
  notConnected(error: unknown, since: number): void {
    if (isUnreachable(error) && this.#answeredAt < since) this.#gone(error);
    else this.doubt();
  }

  /** Something is slower than it should be: a probe finds out whether the database is there. */
  doubt(): void {
    if (!this.#away) void this.#probe();
  }

  /** Calls `heard` each time that the database is found away. Returns what ends that. */
  onAway(heard: (refusal: Error) => void): () => void {
    this.#heardOf.add(heard);
    return () => this.#heardOf.delete(heard);
  }

  /**
   * Has `work` done when its turn comes. Where the database is away, or is found away before that, it is refused at
   * once and not done: who is before it may wait to hear whether a commit was made.
   */
  inTurn<T>(turns: Turns, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.require();
      let isRefused = false;
      const begin = this.onAway((refusal) => {
        isRefused = true;
        begin();
        reject(refusal);
      });
      turns(async () => {
        begin();
        if (!isRefused) resolve(await work());
      }).catch(reject);
    });
  }

  /** Ends looking. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#next);
  }

  async #probe(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    const since = performance.now();
    try {
      await this.look();
      this.#back();
    } catch (error) {
      // What it says else, such as that a password is wrong, everybody is to be told who is concerned by it.
      if (!isGone(error)) this.#back();
      else if (this.#answeredAt < since) this.#gone(error);
    } finally {
      this.#isLooking = false;
    }
    if (this.#away) this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#next);
    this.#next = setTimeout(() => void this.#probe(), PROBE_EVERY_MS).unref();
  }

  #gone(error: unknown): void {
    if (this.#away || this.#isClosed) return;
    this.#away = { error, since: performance.now() };
    this.log?.error(
      { code: codeOf(error) },
      "the database can't be reached or used: everything is refused until it is back",
    );
    for (const heard of [...this.#heardOf]) heard(refusalBy(error));
    this.#lookAgain();
  }

  #back(): void {
    if (!this.#away) return;
    const afterMs = Math.round(performance.now() - this.#away.since);
    this.#away = null;
    this.log?.warn({ afterMs }, "the database is back");
  }
}

/** A new one for each who is refused, since each is put on record by itself. In the driver's words, which Prisma knows. */
function refusalBy(cause: unknown): Error {
  const error = new Error("The database can't be reached.", { cause });
  return Object.assign(error, { code: "ECONNREFUSED", syscall: "connect", errno: -111 });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
