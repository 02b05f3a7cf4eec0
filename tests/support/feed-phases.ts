import { aMoment } from "./load";
import type { UnsteadyWay } from "./unsteady";

/** `coming up`: nothing is in the way, and not all of them have been notified of something yet. */
export type FeedState = "coming up" | "up" | "stalled" | "cut";

/** Of the run: how notifications got to the instances, and how many did. */
export interface Phase {
  state: FeedState;
  /** On the clock of `performance.now()`. */
  from: number;
  notifications: number;
}

/** The stretches come one after the other; each takes a quarter of a short run, and in a long one 25 seconds. */
const ORDER = ["up", "stalled", "up", "cut"] as const;
const LONGEST_MS = 25_000;

/** The way by which instances hear that another one has changed something: there, or not, by turns. */
export class FeedPhases {
  readonly phases: Phase[] = [];
  #notified = new Set<object>();

  /** @param instances so many must have been notified of something before the feed counts as up */
  constructor(private readonly instances: number) {}

  /** Is shown what the server says to instances that listen. */
  passed = (bytes: Buffer, connection: object): void => {
    if (!bytes.includes("coffer_revision")) return;
    this.#notified.add(connection);
    const phase = this.phases.at(-1);
    if (phase) phase.notifications++;
  };

  begin(way: UnsteadyWay, state: "up" | "stalled" | "cut"): void {
    if (state === "stalled") way.stall();
    else way.cut(); // what was stalled is cut off, before new connections pass
    if (state === "up") way.mend();
    this.#notified = new Set();
    this.#note(state === "up" ? "coming up" : state);
  }

  /** How many notifications got through while the feed was in that state. */
  notifications(state: FeedState): number {
    return this.phases.reduce(
      (sum, each) => sum + (each.state === state ? each.notifications : 0),
      0,
    );
  }

  async alternate(way: UnsteadyWay, until: number): Promise<void> {
    const lengthMs = Math.min(LONGEST_MS, (until - Date.now()) / ORDER.length);
    const isOver = () => Date.now() >= until;
    for (let n = 0; !isOver(); n++) {
      const end = Math.min(until, Date.now() + lengthMs);
      const state = ORDER[n % ORDER.length] ?? "up";
      this.begin(way, state);
      const isUp = () => state === "up" && this.#notified.size >= this.instances;
      while (Date.now() < end && !isUp()) await aMoment(50);
      if (isUp()) this.#note("up");
      await aMoment(Math.max(0, end - Date.now()));
    }
  }

  stateAt(at: number): FeedState {
    return this.phases.findLast(({ from }) => from <= at)?.state ?? "coming up";
  }

  #note(state: FeedState): void {
    this.phases.push({ state, from: performance.now(), notifications: 0 });
  }
}
