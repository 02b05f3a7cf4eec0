import type { Caller } from "../access/caller";
import { addressBlock } from "../address";
import type { Happening, NamedVersion } from "../audit/event";
import type { Journal } from "../audit/journal";
import type { Limits } from "../limits";
import { describeError, type Log } from "../log";
import { isSlug } from "../name";

/** Callers, codes and environments that are kept track of; what is beyond that is put on record each time. */
const MOST_KEPT = 10_000;
/** Environments by which what is else alike is told apart: whoever makes some up does not fill the record with them. */
const MOST_ENVIRONMENTS = 20;
const MOST_NAMES = 100;
const LOOK_EVERY_MS = 10_000;

interface Kept {
  kind: string;
  /** Slug of the environment of all of them; empty where there is none, or one too many. */
  environment: string;
  /** The newest of them. */
  event: Happening;
  /** How many are not on record yet. */
  count: number;
  names: Map<string, NamedVersion>;
  sinceMs: number;
}

/**
 * Denials that are alike: of the same caller, action, code and environment; of who shows no valid credentials, from one
 * address block.
 * The first is put on record before it is answered. As long as they go on, the others are counted, and each minute one
 * event says how many there were and names up to a hundred names. A process that is killed loses what it has counted.
 */
export class Repeats {
  readonly #kept = new Map<string, Kept>();
  /** How many environments are kept track of, by kind. */
  readonly #environments = new Map<string, number>();
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
    this.#keep(event);
  }

  /** Counts a denial; false where none like it is on record. */
  count(event: Happening): boolean {
    const kept = this.#kept.get(this.#placeOf(event).key);
    if (kept) addTo(kept, event);
    return kept !== undefined;
  }

  /** Counts one of a caller of whom another, of whatever environment, is on record. */
  countToo(event: Happening): void {
    if (this.count(event)) return;
    this.#keep(event);
    this.count(event);
  }

  #keep(event: Happening): void {
    const { key, kind, environment } = this.#placeOf(event);
    if (this.limits.perMs === 0 || this.#kept.size >= MOST_KEPT || this.#kept.has(key)) return;
    const sinceMs = this.now().getTime();
    const kept = { kind, environment, event: withoutNames(event) };
    this.#kept.set(key, { ...kept, count: 0, names: new Map(), sinceMs });
    this.#environments.set(kind, (this.#environments.get(kind) ?? 0) + 1);
  }

  #forget(key: string, { kind }: Kept): void {
    this.#kept.delete(key);
    const left = (this.#environments.get(kind) ?? 0) - 1;
    if (left > 0) this.#environments.set(kind, left);
    else this.#environments.delete(kind);
  }

  /** What a denial is counted with. */
  #placeOf(event: Happening): { key: string; kind: string; environment: string } {
    const kind = kindOf(event);
    const asked = event.environment ?? "";
    const environment = isSlug(asked) ? asked : "";
    const key = keyOf(kind, environment);
    const isOneTooMany = (this.#environments.get(kind) ?? 0) >= MOST_ENVIRONMENTS;
    if (!isOneTooMany || this.#kept.has(key)) return { key, kind, environment };
    return { key: keyOf(kind, ""), kind, environment: "" };
  }

  /** Puts on record what was counted and is due: all of it in the end. Forgets what has not gone on. */
  async tell(all = false): Promise<void> {
    const nowMs = this.now().getTime();
    for (const [key, kept] of this.#kept) {
      const isDue = Math.abs(nowMs - kept.sinceMs) >= this.limits.perMs;
      if (!isDue && !all) continue;
      if (kept.count === 0) {
        this.#forget(key, kept);
        continue;
      }
      const { event, environment, count: repeats, names } = kept;
      Object.assign(kept, { count: 0, names: new Map(), sinceMs: nowMs });
      const caller = withoutRequest(event.caller);
      const told = { ...event, caller, environment, target: undefined };
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
  kept.event = withoutNames(event);
  kept.count += 1;
  const target: NamedVersion[] = event.target ? [[event.target, 0]] : [];
  for (const named of [...target, ...(event.names ?? [])]) {
    if (kept.names.size >= MOST_NAMES) return;
    kept.names.set(named[0], named);
  }
}

/** Of thousands, which a denial may have, some are kept beside it. */
function withoutNames(event: Happening): Happening {
  return { ...event, names: undefined };
}

/** It is of many requests: no one request's event. */
function withoutRequest(caller: Caller): Caller {
  return { ...caller, origin: { ...caller.origin, requestId: "" } };
}

function kindOf({ caller, action, code = "" }: Happening): string {
  const who = "id" in caller ? caller.id : addressBlock(caller.origin.address);
  // Who asks too often does so with all that they do.
  const what = code === "rate_limited" ? "" : action;
  return JSON.stringify([caller.kind, who, what, code]);
}

function keyOf(kind: string, environment: string): string {
  return `${kind} ${environment}`;
}
