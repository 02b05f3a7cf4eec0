import { randomUUID } from "node:crypto";
import { CofferError } from "../errors";
import type { EventRow, EventToWrite } from "../store/event-rows";
import type { Db, Store } from "../store/store";
import { eventRow, type Happening } from "./event";

/** More events than this waiting for one commit means that the database is not keeping up. */
const MAX_WAITING = 10_000;
const MAX_BATCH = 1_000;
/** Under load commits begin no closer together than this, so that more requests share each. */
const COMMIT_EVERY_MS = 1;

/**
 * The audit record. Each process start opens a journal of its own; an event's place in it (`seq`) is given
 * under the store's write lock, so the numbers have no gaps and follow the order of commits.
 */
export interface Journal {
  readonly id: string;
  /**
   * Runs `work` in one transaction whose last statement writes the events that `work` noted. Both are
   * durable when it returns; neither exists if it throws.
   */
  commit<T>(work: (tx: Db, note: (event: Happening) => void) => Promise<T>): Promise<T>;
  /**
   * Returns once the event is durable. Callers that wait at the same time share one commit. An event that was
   * decided `under` a Revision is written only while that is the database's, which its transaction looks at
   * first: so a change that was acknowledged, by whichever process, binds whatever is answered after it.
   * @throws CofferError `unavailable` when it can't be written, or what it was decided under is past
   *   (`isStale`): nothing may be answered then
   */
  record(event: Happening, under?: number): Promise<void>;
  /** Whether the last event that was to be written could be. */
  isWriting(): boolean;
}

interface Waiting extends EventToWrite {
  done: () => void;
  failed: (error: unknown) => void;
}

/** Opens a journal for this process. Its first event registers the journal itself. */
export async function openJournal(
  store: Store,
  first: Happening,
  now: () => Date,
): Promise<Journal> {
  const id = randomUUID();
  let next = 1;
  let writing = true;
  const waiting: Waiting[] = [];
  let pumping = false;

  async function append(tx: Db, rows: readonly EventRow[]): Promise<void> {
    await tx.auditEvent.createMany({
      data: rows.map((row, index) => ({ ...row, journalId: id, seq: next + index })),
    });
  }

  let lastBegun = -Infinity;
  const place = () => ({ journalId: id, seq: next });

  async function pump(): Promise<void> {
    pumping = true;
    while (waiting.length > 0) {
      await pause(lastBegun + COMMIT_EVERY_MS - performance.now());
      lastBegun = performance.now();
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        await store.appendEvents(batch, place, (written) => {
          next += written.filter(Boolean).length;
          for (const [index, { done, failed }] of batch.entries()) {
            if (written[index]) done();
            else failed(stale());
          }
        });
        writing = true;
      } catch (error) {
        writing = false;
        for (const { failed } of batch) failed(notWritten(error));
      }
    }
    pumping = false;
  }

  await store.write(
    async (tx) => {
      await tx.journal.create({ data: { id, openedAt: now() } });
      await append(tx, [eventRow(first, now())]);
    },
    () => (next += 1),
  );

  return {
    id,
    isWriting: () => writing,
    async commit(work) {
      let noted: EventRow[] = [];
      return store.write(
        async (tx) => {
          noted = [];
          const result = await work(tx, (event) => noted.push(eventRow(event, now())));
          await append(tx, noted);
          return result;
        },
        () => (next += noted.length),
      );
    },
    async record(event, under) {
      if (waiting.length >= MAX_WAITING) throw notWritten();
      const row = eventRow(event, now());
      const written = new Promise<void>((done, failed) =>
        waiting.push({ row, under: under ?? null, done, failed }),
      );
      if (!pumping) void pump();
      await written;
    },
  };
}

/** Until so long from now; in any case until all that has come in by now was looked at. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms);
    else setImmediate(resolve);
  });
}

const NOT_WRITTEN = new WeakSet<CofferError>();

function notWritten(cause?: unknown): CofferError {
  const error = new CofferError(
    "unavailable",
    "The audit record can't be written, so nothing was done. Try again in a moment.",
    { cause },
  );
  NOT_WRITTEN.add(error);
  return error;
}

/** Whether `error` says that the record can't be written: it is then no use to put that on the record. */
export function isNotWritten(error: unknown): boolean {
  return NOT_WRITTEN.has(error as CofferError);
}

const STALE = new WeakSet<CofferError>();

function stale(): CofferError {
  const error = new CofferError(
    "unavailable",
    "What this was decided by has changed in the meantime. Nothing was done. Try again.",
  );
  STALE.add(error);
  return error;
}

/** Whether `error` says that the Revision has risen since, so that it is to be decided again. */
export function isStale(error: unknown): boolean {
  return STALE.has(error as CofferError);
}
