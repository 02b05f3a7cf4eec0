import { sharedTime } from "../store/shared-time";
import type { Db } from "../store/store";
import type { Door } from "./door";

/** Who sends says so again before this is over; who has not said so is dead, or as good as. */
const LEASE_MS = 20_000;
/** A lease that is younger than this is not renewed. */
const RENEW_AFTER_MS = 5_000;
/** Cursors read at once. */
const PAGE = 500;

/** Up to which event of each journal a sink has been given all. */
export type Cursors = Map<string, number>;

/**
 * That only one process at a time delivers to a sink (by the time that all share), how far that has come, and how it goes:
 * the rows `AuditSink` and `AuditCursor`. A cursor is believed only where its MAC is right: without one a journal is delivered from its
 * beginning. So nobody who can write to the database can have an event left out that is in the record.
 */
export class SinkLease {
  #renewedAt = -Infinity;
  /** Null while another process sends. */
  #cursors: Cursors | null = null;

  constructor(
    private readonly door: Door,
    private readonly sinkId: string,
    private readonly holder: string,
  ) {}

  /** Takes the lease or keeps it. The cursors, or null where another process has it. */
  async hold(): Promise<Cursors | null> {
    if (this.#cursors && performance.now() - this.#renewedAt < RENEW_AFTER_MS) return this.#cursors;
    if (!this.#cursors && !(await this.#isFree())) return null;
    const isMine = await this.door.store.write((tx) => this.#claim(tx, {}));
    if (!isMine) return (this.#cursors = null);
    this.#cursors ??= await readCursors(this.door, this.sinkId);
    return this.#cursors;
  }

  /** Notes what was delivered. False where another process has the lease by now: it delivers that again. */
  async delivered(upTo: ReadonlyMap<string, number>): Promise<boolean> {
    const { sinkId, holder } = this;
    const cursors = Array.from(upTo, ([journalId, seq]) =>
      this.door.rows.sealed("cursor", { sinkId, journalId, seq }),
    );
    const since = performance.now();
    const delivered = { sinkId, holder, at: this.door.now(), leaseMs: LEASE_MS, cursors };
    const isMine = await this.door.store.writeDelivered(delivered);
    if (isMine) this.#renewedAt = since;
    else this.#cursors = null;
    for (const [journalId, seq] of upTo) this.#cursors?.set(journalId, seq);
    return isMine;
  }

  /** Notes that and why nothing can be delivered. */
  async failed(since: Date, problem: string): Promise<void> {
    const failing = { failingSince: since, problem };
    const isMine = await this.door.store.write((tx) => this.#claim(tx, failing));
    if (!isMine) this.#cursors = null;
  }

  /** Lets another process have it at once. */
  async release(): Promise<void> {
    if (!this.#cursors) return;
    this.#cursors = null;
    await this.door.store.write(async (tx) => {
      const heldUntil = await sharedTime(tx, this.door.now);
      const where = { id: this.sinkId, holder: this.holder };
      await tx.auditSink.updateMany({ where, data: { holder: "", heldUntil } });
    });
  }

  async #isFree(): Promise<boolean> {
    const { db } = this.door.store;
    const row = await db.auditSink.findUnique({ where: { id: this.sinkId } });
    if (!row || row.holder === this.holder) return true;
    const left = row.heldUntil.getTime() - (await sharedTime(db, this.door.now)).getTime();
    return left <= 0 || left > 2 * LEASE_MS; // longer than any lease: the clock was put back
  }

  /** Has the lease last from now on, unless another process has it. On SQLite its first statement is a write. */
  async #claim(tx: Db, state: { failingSince?: Date; problem?: string }): Promise<boolean> {
    const now = await sharedTime(tx, this.door.now);
    const heldUntil = new Date(now.getTime() + LEASE_MS);
    // One that was renewed since `now` was read lasts a little longer than that, and is its holder's.
    const tooLong = new Date(now.getTime() + 2 * LEASE_MS);
    const data = { holder: this.holder, heldUntil, ...state };
    const { count } = await tx.auditSink.updateMany({
      where: {
        id: this.sinkId,
        OR: [
          { holder: this.holder },
          ...(this.#cursors ? [] : [{ heldUntil: { lte: now } }, { heldUntil: { gt: tooLong } }]),
        ],
      },
      data,
    });
    if (count === 0) {
      if ((await tx.auditSink.count({ where: { id: this.sinkId } })) > 0) return false;
      await tx.auditSink.create({ data: { id: this.sinkId, ...data } });
    }
    this.#renewedAt = performance.now();
    return true;
  }
}

/** How far the deliveries to a sink have come, as far as that is believed. */
export async function readCursors({ store, rows }: Door, sinkId: string): Promise<Cursors> {
  const cursors: Cursors = new Map();
  for (let after = ""; ;) {
    const page = await store.db.auditCursor.findMany({
      where: { sinkId, journalId: { gt: after } },
      orderBy: { journalId: "asc" },
      take: PAGE,
    });
    for (const row of page) {
      if (rows.isIntact("cursor", row)) cursors.set(row.journalId, row.seq);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return cursors;
    after = last.journalId;
  }
}
