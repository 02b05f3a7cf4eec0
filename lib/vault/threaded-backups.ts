import { Worker } from "node:worker_threads";
import { CofferError, type ErrorCode } from "../errors";
import { describedError, type DescribedError } from "../log";
import type { BackupMaker, BackupPiece } from "./backup-maker";

/** What the thread gives when it is asked for a piece: nothing at the end. */
export interface Given {
  piece?: BackupPiece;
  refused?: { code: ErrorCode; message: string; details: CofferError["details"] };
  /** An error that nobody meant to tell. */
  failed?: DescribedError;
}

/**
 * Makes each backup in a thread of its own, piece by piece as they are asked for: reading, stretching the passphrase and
 * encrypting take nothing from the event loop, and memory holds one piece. The thread ends with the backup, or
 * where that is returned from.
 * @param entry the bundled backup-thread.ts
 */
export function threadedBackups(entry: string): BackupMaker {
  return async function* (order) {
    const thread = new Worker(entry, {
      ...{ workerData: order, resourceLimits: { maxOldGenerationSizeMb: 256 } },
    });
    try {
      const ask = asking(thread);
      for (let given = await ask(); ; given = await ask()) {
        const { piece, refused, failed } = given;
        if (refused) {
          throw new CofferError(
            refused.code,
            refused.message,
            refused.details && { details: refused.details },
          );
        }
        if (failed) throw failure(describedError(failed));
        if (!piece) return;
        yield piece;
      }
    } finally {
      await thread.terminate();
    }
  };
}

/** Asks a thread for its next answer, one at a time. */
function asking(thread: Worker): () => Promise<Given> {
  let gone: Error | undefined;
  let waiting: { resolve: (given: Given) => void; reject: (error: Error) => void } | undefined;
  function fail(cause: Error): void {
    gone ??= failure(cause);
    waiting?.reject(gone);
  }
  thread.on("message", (given: Given) => waiting?.resolve(given));
  thread.on("error", fail);
  thread.on("exit", () => fail(new Error("the thread has ended")));
  return () =>
    new Promise((resolve, reject) => {
      if (gone) {
        reject(gone);
        return;
      }
      waiting = { resolve, reject };
      thread.postMessage(null);
    });
}

function failure(cause: Error): CofferError {
  return new CofferError(
    "unavailable",
    "The backup could not be made. Nothing was changed. Try again in a moment.",
    { cause },
  );
}
