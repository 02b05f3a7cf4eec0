import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { CofferError } from "../errors";
import type { WatchLimits } from "../limits";
import { describeError, type Log } from "../log";
import type { Moment } from "../store/moment";
import type { Door } from "./door";

/** Rounds begin no closer together than this, so that many changes in a row share some. */
const ROUND_EVERY_MS = 20;
/** What else has been committed without raising Revision, such as another process's record, is looked at no more often. */
const QUIET_EVERY_MS = 1_000;
/** References that are decided again before the event loop goes on with something else. */
const AT_ONCE = 1_000;
/** What a connection costs beside its references, in references. */
const BASE_WEIGHT = 20;
/** After so long without a look that came to its end nobody is told any more that all is well. */
const LONGEST_BLIND_MS = 5_000;
/** How long a stop waits for the ends to be on record. */
const ENDS_WITHIN_MS = 2_000;
const RETRY_AFTER_SECONDS = 5;

/** Why somebody who waits does no longer: there may be something to tell, or it is over. */
export type Why = "changed" | Over;
type Over = "gone" | "stopping" | "unavailable";

/** The place of one connection. */
export interface Place {
  /** Says by which moment it was last decided, how long that can hold by the clock, and how many references it has. */
  decided(by: { moment: Moment; until: number; references: number }): void;
  /** Waits until what it was decided by may be past. */
  next(): Promise<Why>;
  /** The client has gone. */
  close(): void;
  /** Gives the place back. To be called once all is on record. */
  leave(): void;
}

/**
 * Looks for all connections of the process at once whether anything has changed: at once where this process has written or
 * the database says that another one has, and now and then in any case: what the database says may get lost. Whom it may
 * concern is woken, some at a time.
 */
export class WatchRounds {
  readonly #seats = new Set<Seat>();
  readonly #perService = new Map<string, number>();
  #seen: Moment;
  #running = false;
  #again = false;
  /** Whether something was said to have changed since the last look. */
  #isTold = false;
  #seenAt = performance.now();
  #stopping = false;
  #endLooking: (() => void) | undefined;

  constructor(
    private readonly door: Door,
    private readonly limits: WatchLimits,
    private readonly log: Log,
  ) {
    this.#seen = door.store.latest;
  }

  /** @throws CofferError `rate_limited` over what one service may have, `unavailable` over what all may or at a stop */
  enter(serviceId: string): Place {
    if (this.#stopping) throw new CofferError("unavailable", "Coffer is stopping. Try again.");
    const { perService, perProcess } = this.limits;
    if (this.#seats.size >= perProcess) throw full(perProcess);
    const own = this.#perService.get(serviceId) ?? 0;
    if (own >= perService) throw tooMany(perService);
    this.#perService.set(serviceId, own + 1);
    const seat = new Seat(
      (why) => why.isDue(this.#seen, this.door.now().getTime()),
      () => this.#left(seat, serviceId),
    );
    this.#seats.add(seat);
    this.#endLooking ??= this.#beginLooking();
    return seat;
  }

  /** Ends every connection and takes no new ones. Returns once the ends are on record, or after two seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endAll("stopping");
    const deadline = performance.now() + ENDS_WITHIN_MS;
    while (this.#seats.size > 0 && performance.now() < deadline) await wait(10);
    this.#endLooking?.();
  }

  #left(seat: Seat, serviceId: string): void {
    if (!this.#seats.delete(seat)) return;
    const others = (this.#perService.get(serviceId) ?? 0) - 1;
    if (others > 0) this.#perService.set(serviceId, others);
    else this.#perService.delete(serviceId);
    if (this.#seats.size > 0) return;
    this.#endLooking?.();
    this.#endLooking = undefined;
  }

  #beginLooking(): () => void {
    this.#seenAt = performance.now();
    const { store } = this.door;
    const told = () => {
      this.#isTold = true;
      void this.#look();
    };
    const timer = setInterval(() => void this.#look(), this.limits.lookEveryMs).unref();
    const ends = [store.onWrite(told), store.feed.listen(told)];
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
    };
  }

  async #look(): Promise<void> {
    this.#again = true;
    if (this.#running) {
      this.#endIfBlind(); // a database that does not answer says nothing for half a minute
      return;
    }
    this.#running = true;
    while (this.#isWanted()) {
      await this.#round();
      await wait(ROUND_EVERY_MS);
    }
    this.#running = false;
  }

  #isWanted(): boolean {
    const isWanted = this.#again && this.#seats.size > 0;
    this.#again = false;
    return isWanted;
  }

  async #round(): Promise<void> {
    try {
      if (this.#mustLook()) {
        this.#isTold = false;
        this.#seen = await this.door.store.look();
        this.#seenAt = performance.now();
      }
    } catch (error) {
      this.#isTold = true; // it may have changed all the same
      this.#endIfBlind(error);
      return;
    }
    let weight = 0;
    for (const seat of [...this.#seats]) {
      if (!seat.isDue(this.#seen, this.door.now().getTime())) continue;
      seat.wake("changed");
      weight += seat.weight;
      if (weight < AT_ONCE) continue;
      weight = 0;
      await turn();
    }
  }

  /** Where the database says that it has changed it need not be asked as often. The clock goes on in any case. */
  #mustLook(): boolean {
    if (this.#isTold || !this.door.store.feed.isUp) return true;
    return performance.now() - this.#seenAt >= this.limits.lookWhileToldEveryMs;
  }

  #endIfBlind(error?: unknown): void {
    if (this.#seats.size === 0 || performance.now() - this.#seenAt < LONGEST_BLIND_MS) return;
    this.#seenAt = performance.now();
    const why = error === undefined ? {} : describeError(error);
    this.log.warn(why, "it can't be looked what has changed; who watches is told");
    this.#endAll("unavailable");
  }

  #endAll(why: Over): void {
    for (const seat of this.#seats) seat.end(why);
  }
}

class Seat implements Place {
  weight = BASE_WEIGHT;
  #decided: { moment: Moment; until: number; at: number } | undefined;
  #over: Over | undefined;
  #wake: ((why: Why) => void) | undefined;

  constructor(
    private readonly isPast: (seat: Seat) => boolean,
    readonly leave: () => void,
  ) {}

  decided({ moment, until, references }: Parameters<Place["decided"]>[0]): void {
    this.#decided = { moment, until, at: performance.now() };
    this.weight = BASE_WEIGHT + references;
  }

  next(): Promise<Why> {
    if (this.#over) return Promise.resolve(this.#over);
    if (this.isPast(this)) return Promise.resolve("changed");
    return new Promise((woken) => (this.#wake = woken));
  }

  close(): void {
    this.end("gone");
  }

  end(why: Over): void {
    this.#over ??= why;
    this.wake(this.#over);
  }

  wake(why: Why): void {
    const woken = this.#wake;
    this.#wake = undefined;
    woken?.(why);
  }

  /** Whether what it was decided by is past in the moment that was seen, or by the clock. */
  isDue(seen: Moment, now: number): boolean {
    if (!this.#decided) return false;
    const { moment, until, at } = this.#decided;
    if (now >= until) return true;
    const isNewer =
      seen.epoch > moment.epoch || (seen.epoch === moment.epoch && seen.revision > moment.revision);
    return (
      isNewer && (seen.revision !== moment.revision || performance.now() - at >= QUIET_EVERY_MS)
    );
  }
}

function tooMany(most: number): CofferError {
  return new CofferError(
    "rate_limited",
    `A service may watch by ${most.toLocaleString("en")} connections at once, and this one does. End one first.`,
    { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } },
  );
}

function full(most: number): CofferError {
  return new CofferError(
    "unavailable",
    `${most.toLocaleString("en")} connections watch here already, which is as many as Coffer takes. Try again later.`,
  );
}
