import type { Log } from "../log";
import { describeError } from "../log";
import type { Store } from "../store/store";

const FLUSH_EVERY_MS = 2_000;

interface Use {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/**
 * Where used, and when a token was last used. Counted in memory and written in the background, so that no
 * caller waits for it; a crash loses the last seconds of counts, never an audit event.
 */
export class UseCounter {
  #secrets = new Map<string, Use & { secretId: string; serviceId: string; day: string }>();
  #tokens = new Map<string, { lastAt: Date; address: string }>();
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
    const day = at.toISOString().slice(0, 10);
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

  /** Notes that a token was shown and accepted. */
  noteToken(tokenId: string, address: string, at: Date): void {
    this.#tokens.set(tokenId, { lastAt: at, address });
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
      await this.store.write(async (tx) => {
        for (const { secretId, serviceId, day, count, firstAt, lastAt } of secrets.values()) {
          // Raw, and conditional on both rows: either may have been deleted since.
          await tx.$executeRaw`
            INSERT INTO "SecretUse" ("secretId", "serviceId", "day", "count", "firstAt", "lastAt")
            SELECT s."id", v."id", ${day}, ${count}, ${firstAt}, ${lastAt}
            FROM "Secret" s, "Service" v WHERE s."id" = ${secretId} AND v."id" = ${serviceId}
            ON CONFLICT ("secretId", "serviceId", "day") DO UPDATE
            SET "count" = "SecretUse"."count" + excluded."count", "lastAt" = excluded."lastAt"`;
        }
        for (const [tokenId, { lastAt, address }] of tokens) {
          await tx.$executeRaw`
            INSERT INTO "TokenUse" ("tokenId", "lastAt", "address")
            SELECT "id", ${lastAt}, ${address} FROM "ServiceToken" WHERE "id" = ${tokenId}
            ON CONFLICT ("tokenId") DO UPDATE
            SET "lastAt" = excluded."lastAt", "address" = excluded."address"`;
        }
      });
    } catch (error) {
      this.log.warn(describeError(error), "use counts could not be written; they are kept");
      for (const use of secrets.values()) this.#merge(use);
      for (const [id, use] of tokens) if (!this.#tokens.has(id)) this.#tokens.set(id, use);
    }
  }

  #merge(use: Use & { secretId: string; serviceId: string; day: string }): void {
    const key = `${use.secretId} ${use.serviceId} ${use.day}`;
    const newer = this.#secrets.get(key);
    if (!newer) this.#secrets.set(key, use);
    else {
      newer.count += use.count;
      newer.firstAt = use.firstAt;
    }
  }
}
