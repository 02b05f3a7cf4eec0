import { CofferError } from "../errors";
import type { EventToWrite } from "../store/event-rows";
import { Queue } from "./queue";

/** Under load commits begin no closer together than this, so that more requests share each… */
const COMMIT_EVERY_MS = 2;
/** …unless so many wait. They are written while the next ones are decided: were all in one commit, nothing would be done meanwhile. */
const ENOUGH_TO_COMMIT = 24;

/** Writes events in one transaction. True for each that was: one that was not was decided under what is past. */
export type Append = (events: readonly EventToWrite[]) => Promise<readonly boolean[]>;

/** Events that are written together with those of whoever waits at the same time. */
export interface GroupCommit {
  /**
   * Returns once the event is durable.
   * @param isKnown whether its caller is: events of nobody known have a bounded place of their own
   * @throws CofferError `unavailable` when it can't be written (`isNotWritten`), too many wait, or what it was decided
   *   under is past (`isStale`)
   */
  write(event: EventToWrite, isKnown: boolean): Promise<void>;
  /** Whether the last event that was to be written could be. */
  isWriting(): boolean;
}

interface Waiting extends EventToWrite {
  done: () => void;
  failed: (error: unknown) => void;
}

/** Begins with nothing to write. One commit at a time. */
export function groupCommit(append: Append): GroupCommit {
  const queue = new Queue<Waiting>();
  let isWriting = true;
  let isPumping = false;
  let lastBegun = -Infinity;
  /** Ends the pause before the next commit, where there is one. */
  let beginNow = (): void => undefined;

  async function pump(): Promise<void> {
    isPumping = true;
    while (!queue.isEmpty) {
      if (queue.size < ENOUGH_TO_COMMIT) {
        await pause(lastBegun + COMMIT_EVERY_MS - performance.now(), (end) => (beginNow = end));
      }
      lastBegun = performance.now();
      await commit(queue.take());
    }
    isPumping = false;
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const written = await append(batch);
      isWriting = true;
      for (const [index, { done, failed }] of batch.entries()) {
        if (written[index]) done();
        else failed(stale());
      }
    } catch (error) {
      isWriting = false;
      for (const { failed } of batch) failed(notWritten(error));
    }
  }

  return {
    isWriting: () => isWriting,
    write: ({ row, under }, isKnown) =>
      new Promise((done, failed) => {
        if (!queue.add({ row, under, done, failed }, isKnown)) failed(notWritten());
        else if (!isPumping) void pump();
        else if (queue.size >= ENOUGH_TO_COMMIT) beginNow();
      }),
  };
}

/**
 * Until so long from now, in any case until all that has come in by now was looked at; or until what is `given` is
 * called.
 */
function pause(ms: number, given: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    given(resolve);
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
