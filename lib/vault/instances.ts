import { randomUUID } from "node:crypto";
import { sharedTime } from "../store/shared-time";
import type { Db, Store } from "../store/store";

/** A process that has the database open. */
export interface InstanceRow {
  id: string;
  kind: string;
  fingerprint: string;
  startedAt: Date;
  seenAt: Date;
}

/** How often a process says that it is there. */
export const BEAT_EVERY_MS = 10_000;
/** Who has not been seen for so long is gone: several beats, because a busy process misses one. */
const LIVE_FOR_MS = 45_000;

/** The processes that have the database open, as each says of itself, by the time that all of them share (`sharedTime`). */
export class Instances {
  readonly id = randomUUID();
  #row: InstanceRow | undefined;

  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  /** Registers this process. For a transaction whose first statement this may be. */
  async register(tx: Db, kind: "server" | "command", fingerprint: string): Promise<void> {
    const at = await sharedTime(tx, this.now);
    this.#row = { id: this.id, kind, fingerprint, startedAt: at, seenAt: at };
    await tx.instance.create({ data: this.#row });
  }

  /** Says that this process is there, also to who has taken it for gone; and forgets who has been gone for long. */
  async beat(): Promise<void> {
    await this.store.write(async (tx) => {
      const seenAt = await sharedTime(tx, this.now);
      const own = await tx.instance.updateMany({ where: { id: this.id }, data: { seenAt } });
      if (own.count === 0 && this.#row) {
        await tx.instance.create({ data: { ...this.#row, seenAt } });
      }
      // Somebody seen in the future was seen before the clock was put back. Who lives says so again.
      await tx.instance.updateMany({ where: { seenAt: { gt: seenAt } }, data: { seenAt } });
      const long = new Date(seenAt.getTime() - 20 * LIVE_FOR_MS);
      await tx.instance.deleteMany({ where: { seenAt: { lt: long } } });
    });
  }

  /** Takes this process off the list. */
  async leave(): Promise<void> {
    await this.store.write((tx) => tx.instance.deleteMany({ where: { id: this.id } }));
  }
}

/**
 * Whether a process lives, or may, at a time that is shared. Of the future is one that was seen before the clock was put back: who lives says so
 * again.
 */
export function isLive({ seenAt }: Pick<InstanceRow, "seenAt">, now: Date): boolean {
  return Math.abs(now.getTime() - seenAt.getTime()) <= LIVE_FOR_MS;
}

/** The processes that live, or may: one that was killed is counted a little longer. */
export async function liveInstances(db: Db, now: () => Date): Promise<InstanceRow[]> {
  const since = new Date((await sharedTime(db, now)).getTime() - LIVE_FOR_MS);
  return db.instance.findMany({ where: { seenAt: { gte: since } }, orderBy: { startedAt: "asc" } });
}
