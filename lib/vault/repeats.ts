import type { Caller } from "../access/caller";
import { addressBlock } from "../address";
import type { Happening, NamedVersion } from "../audit/event";
import type { Journal } from "../audit/journal";
import type { Limits } from "../limits";
import { describeError, type Log } from "../log";

/** Callers and codes that are kept track of; what is beyond that is put on record each time. */
const MOST_KEPT = 10_000;
const MOST_NAMES = 100;
const LOOK_EVERY_MS = 10_000;

interface Kept {
  /** The newest of them. */
  event: Happening;
  /** How many are not on record yet. */
  count: number;
  names: Map<string, NamedVersion>;
  sinceMs: number;
}

/**
 * Denials that are alike: of the same caller, action and code; of who shows no valid credentials, from one address block.
 * The first is put on record before it is answered. As long as they go on, the others are counted, and each minute one
 * event says how many there were and names up to a hundred names. A process that is killed loses what it has counted.
 */
export class Repeats {
  readonly #kept = new Map<string, Kept>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly journal: Journal,
    private readonly limits: Limits["repeats"],
    private readonly now: () => Date,
    private readonly log: Log,
  ) {
    this.#timer = setInterval(() => void this.tell(), LOOK_EVERY_MS).unref();
  }

  /** Counts a denial if one like it is on record, and the record can be written; else has it put there by `write`. */
  async note(event: Happening, write: () => Promise<void>): Promise<void> {
    if (this.journal.isWriting() && this.count(event)) return;
    await write();
    const key = keyOf(event);
    if (this.limits.perMs === 0 || this.#kept.size >= MOST_KEPT || this.#kept.has(key)) return;
    const sinceMs = this.now().getTime();
    this.#kept.set(key, { event, count: 0, names: new Map(), sinceMs });
  }

  /** Counts a denial; false where none like it is on record. */
  count(event: Happening): boolean {
    const kept = this.#kept.get(keyOf(event));
    if (kept) addTo(kept, event);
    return kept !== undefined;
  }

  /** Puts on record what was counted and is due: all of it in the end. Forgets what has not gone on. */
  async tell(all = false): Promise<void> {
    const nowMs = this.now().getTime();
    for (const [key, kept] of this.#kept) {
      const isDue = Math.abs(nowMs - kept.sinceMs) >= this.limits.perMs;
      if (!isDue && !all) continue;
      if (kept.count === 0) {
        this.#kept.delete(key);
        continue;
      }
      const { event, count: repeats, names } = kept;
      Object.assign(kept, { count: 0, names: new Map(), sinceMs: nowMs });
      const told = { ...event, caller: withoutRequest(event.caller), target: undefined };
      try {
        await this.journal.record({ ...told, names: [...names.values()], repeats });
      } catch (error) {
        kept.count += repeats; // told the next time
        for (const [name, named] of names) kept.names.set(name, named);
        this.log.error(describeError(error), "repeated denials could not be put on record");
      }
    }
  }

  /** Puts on record what was counted, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.tell(true);
  }
}

function addTo(kept: Kept, event: Happening): void {
  kept.event = event;
  kept.count += 1;
  const target: NamedVersion[] = event.target ? [[event.target, 0]] : [];
  for (const named of [...target, ...(event.names ?? [])]) {
    if (kept.names.size >= MOST_NAMES) return;
    kept.names.set(named[0], named);
  }
}

/** It is of many requests: no one request's event. */
function withoutRequest(caller: Caller): Caller {
  return { ...caller, origin: { ...caller.origin, requestId: "" } };
}

function keyOf({ caller, action, code = "" }: Happening): string {
  const who = "id" in caller ? caller.id : addressBlock(caller.origin.address);
  // Who asks too often does so with all that they do.
  const what = code === "rate_limited" ? "" : action;
  return JSON.stringify([caller.kind, who, what, code]);
}
