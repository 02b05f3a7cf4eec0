import { SinkError, type Sink } from "../audit/sink";
import { describeError, type Log } from "../log";
import type { JournalEnd } from "../store/sink-rows";
import { Batch, BATCH_EVENTS } from "./batch";
import type { Door } from "./door";
import { ROWS_AT_ONCE, turn, type LineReader } from "./lines";
import { SinkLease, type Cursors } from "./sink-lease";

/** What is new is looked for so often; less often where looking takes long, so that it is a small part of the time. */
const LOOK_EVERY_MS = 1_000;
const LOOK_SHARE = 20;
/** After a failure: 1 s, 2 s, 4 s … up to this, each time between half of it and all of it. */
const LONGEST_WAIT_MS = 60_000;
const STEP_MS = 5_000;
/** While it goes on failing, the log says so this often. */
const SAY_EVERY_MS = 10 * 60 * 1_000;

/**
 * Delivers the audit record to a sink, in the background: every event at least once, those of a journal in their
 * order. Nobody waits for it, and it holds one batch at a time. It puts nothing on record itself, or it would never
 * come to an end.
 */
export class Delivery {
  readonly #lease: SinkLease;
  #work: Promise<void> | undefined;
  #isStopping = false;
  #isAbandoned = false;
  #wake: () => void = () => undefined;
  /** Journals are looked at in turn: from the one after this. */
  #after = "";
  #mostEvents = BATCH_EVENTS;
  #failing: { since: Date; times: number; waitMs: number } | null = null;
  #saidAt = -Infinity;

  constructor(
    private readonly door: Door,
    private readonly sink: Sink,
    private readonly lines: LineReader,
    holder: string,
    private readonly log: Log,
  ) {
    this.#lease = new SinkLease(door, sink.kind, holder);
  }

  start(): void {
    this.#work ??= this.#run();
  }

  /**
   * Delivers what is on record by now and ends, unless that fails or takes longer. To be asked once nothing more is
   * put on record. Never throws.
   */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    const deadline = performance.now() + withinMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([late, this.#finish(deadline)]);
    clearTimeout(timer);
    this.#isAbandoned = true;
    await this.sink.close().catch(() => undefined);
  }

  async #finish(deadline: number): Promise<void> {
    await this.#work;
    try {
      while (!this.#failing && performance.now() < deadline) {
        if ((await this.#deliverSome()) === "none") break;
      }
      await this.#lease.release();
    } catch (error) {
      if (this.#isAbandoned) return;
      this.log.warn(describeError(error), "the end of the audit record was not delivered yet");
    }
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const since = performance.now();
      try {
        const outcome = await this.#deliverSome();
        if (outcome === "failed") await this.#waitAfterFailure();
        else if (outcome === "all") await this.#pause(LOOK_EVERY_MS);
        else if (outcome === "none") {
          await this.#pause(Math.max(LOOK_EVERY_MS, (performance.now() - since) * LOOK_SHARE));
        }
      } catch (error) {
        if (this.#isAbandoned) return;
        this.log.error(describeError(error), "the audit record could not be read for a sink");
        await this.#pause(STEP_MS);
      }
    }
  }

  /**
   * Delivers a batch. `more`: it was full, so there may be more at once. `all`: what came meanwhile can wait to fill the
   * next, since each costs a commit. `none`: for now there is nothing to do here.
   */
  async #deliverSome(): Promise<"more" | "all" | "none" | "failed"> {
    const cursors = await this.#lease.hold();
    if (!cursors) return "none";
    const batch = await this.#gather(cursors);
    if (batch.events === 0) return "none";
    try {
      await this.sink.deliver(batch.text());
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      if (!this.#isAbandoned) await this.#failed(error, batch.events);
      return "failed";
    }
    await this.#lease.delivered(batch.upTo);
    if (this.#failing) this.log.info({ to: this.sink.to }, "the audit record is delivered again");
    this.#failing = null;
    return batch.isFull ? "more" : "all";
  }

  /** What has not been delivered: of every journal, or of as many as fill a batch. */
  async #gather(cursors: Cursors): Promise<Batch> {
    const batch = new Batch(this.#mostEvents);
    for await (const { journalId, end } of this.#journals()) {
      for (let after = cursors.get(journalId) ?? 0; after < end && !batch.isFull;) {
        const lines = await this.lines.read({ journalId, after, ...batch.room });
        batch.take(journalId, lines);
        after = lines.until === "end" ? end : lines.upTo;
      }
      this.#after = journalId;
      if (batch.isFull) break;
    }
    return batch;
  }

  /** Every journal once, beginning after the one that was looked at last, so that none is always the last. */
  async *#journals(): AsyncGenerator<JournalEnd> {
    const first = this.#after;
    for (const [from, to] of [[first, null] as const, ["", first] as const]) {
      for (let after = from; ;) {
        const page = await turn(() => this.door.store.direct.readJournalEnds(after, ROWS_AT_ONCE));
        for (const end of page) {
          if (to !== null && end.journalId > to) return;
          yield end;
        }
        const last = page.at(-1);
        if (!last || page.length < ROWS_AT_ONCE) break;
        after = last.journalId;
      }
    }
  }

  async #failed(error: SinkError, events: number): Promise<void> {
    const times = (this.#failing?.times ?? 0) + 1;
    const since = this.#failing?.since ?? this.door.now();
    const waitMs = Math.max(waitAfter(times), error.advice.retryAfterMs ?? 0);
    this.#failing = { since, times, waitMs };
    if (error.advice.isTooLarge && events > 1) this.#mostEvents = Math.ceil(events / 2);
    if (performance.now() - this.#saidAt >= SAY_EVERY_MS) {
      this.#saidAt = performance.now();
      this.log.warn(
        { to: this.sink.to, since, problem: error.message },
        "the audit record can't be delivered; it is kept, and tried again",
      );
    }
    await this.#lease.failed(since, error.message);
  }

  /** In steps, so that the lease is kept meanwhile: another process would begin to fail in its turn. */
  async #waitAfterFailure(): Promise<void> {
    const until = performance.now() + (this.#failing?.waitMs ?? 0);
    while (!this.#isStopping && (await this.#lease.hold())) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.#pause(Math.min(left, STEP_MS));
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function waitAfter(times: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(times - 1, 10));
  return longest * (0.5 + Math.random() / 2);
}
