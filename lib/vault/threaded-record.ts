import { Worker } from "node:worker_threads";
import { askedThread } from "../asked-thread";
import { CofferError } from "../errors";
import { describedError, describeError, type DescribedError, type Log } from "../log";
import type { RecordTask } from "../store/record-search";
import { removeCopiesOfThread, removeLeftCopies } from "../store/record-copies";
import type { RecordSearcher } from "../store/record-searcher";

/** What a thread tells of an error. */
export interface FailedSearch extends DescribedError {
  /** What Coffer itself has said: that the search can't be made now, and why. */
  said?: string | undefined;
}

/**
 * Looks in a thread of its own, which also keeps the index up to date from now on. A thread that ends is started
 * again for the next task, and the log says why it did.
 * @param entry the bundled record-thread.ts
 */
export function searchInThread(
  entry: string,
  databaseUrl: string,
  log: Pick<Log, "warn">,
): RecordSearcher {
  removeLeftCopies();
  let isClosed = false;
  const thread = askedThread<RecordTask, FailedSearch>({
    start: () => {
      const started = new Worker(entry, {
        workerData: { databaseUrl },
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      });
      const { threadId } = started;
      started.on("error", (error) => {
        log.warn(describeError(error), "the thread that searches the audit record has ended");
      });
      started.on("exit", () => removeCopiesOfThread(threadId));
      return started;
    },
    errorOf: (failed) =>
      failed.said === undefined
        ? describedError(failed)
        : new CofferError("unavailable", failed.said),
    goneBy: (cause) => new Error("the thread has ended", { cause }),
  });
  return {
    run: (task) =>
      isClosed ? Promise.reject(new Error("the search has been closed")) : thread.ask(task),
    close() {
      isClosed = true;
      return thread.end();
    },
  };
}
