import { describeError, type Log } from "../log";
import type { Store } from "../store/store";
import type { SecretUse, TokenUse } from "../store/use-rows";

const FLUSH_EVERY_MS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows of one statement: what SQLite does in a few milliseconds, since the driver does not yield. */
const CHUNK = 500;

/**
 * Where used, and when a token was last used. Counted in memory and written in the background, so that no
 * caller waits for it; a crash loses the last seconds of counts, never an audit event.
 */
export class UseCounter {
  #secrets = new Map<string, SecretUse>();
  #tokens = new Map<string, TokenUse>();
  #day = { number: NaN, text: "" };
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly store: Store,
    readonly log: Log,
  ) {
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  }

  /** Notes that a service read these secrets. */
  noteSecrets(serviceId: string, secretIds: Iterable<string>, at: Date): void {
    const day = this.#dayOf(at);
    for (const secretId of secretIds) {
      const key = `${secretId} ${serviceId} ${day}`;
      const use = this.#secrets.get(key);
      if (use) {
        use.count += 1;
        use.lastAt = at;
      } else {
        this.#secrets.set(key, { secretId, serviceId, day, count: 1, firstAt: at, lastAt: at });
      }
    }
  }

  /** The day of `at`, written once a day. */
  #dayOf(at: Date): string {
    const number = Math.floor(at.getTime() / DAY_MS);
    if (number !== this.#day.number) this.#day = { number, text: at.toISOString().slice(0, 10) };
    return this.#day.text;
  }

  /** Notes that a token was shown and accepted. */
  noteToken(tokenId: string, address: string, at: Date): void {
    this.#tokens.set(tokenId, { tokenId, lastAt: at, address });
  }

  /** Writes what was noted. Never throws: what can't be written is kept and tried again. */
  flush(): Promise<void> {
    if (this.#secrets.size === 0 && this.#tokens.size === 0) return this.#flushing;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<void> {
    const secrets = this.#secrets;
    const tokens = this.#tokens;
    this.#secrets = new Map();
    this.#tokens = new Map();
    try {
      for (const [key, some] of chunks(secrets)) {
        await this.store.writeSecretUses(some);
        for (const done of key) secrets.delete(done);
      }
      for (const [key, some] of chunks(tokens)) {
        await this.store.writeTokenUses(some);
        for (const done of key) tokens.delete(done);
      }
    } catch (error) {
      this.log.warn(describeError(error), "use counts could not be written; they are kept");
      for (const use of secrets.values()) this.#merge(use);
      for (const [id, use] of tokens) if (!this.#tokens.has(id)) this.#tokens.set(id, use);
    }
  }

  #merge(use: SecretUse): void {
    const key = `${use.secretId} ${use.serviceId} ${use.day}`;
    const newer = this.#secrets.get(key);
    if (!newer) this.#secrets.set(key, use);
    else {
      newer.count += use.count;
      newer.firstAt = use.firstAt;
    }
  }
}

/** The entries of a map in portions: their keys, and their values. */
function* chunks<T>(map: ReadonlyMap<string, T>): Generator<[string[], T[]]> {
  const entries = [...map];
  for (let at = 0; at < entries.length; at += CHUNK) {
    const some = entries.slice(at, at + CHUNK);
    yield [some.map(([key]) => key), some.map(([, value]) => value)];
  }
}
