import { Worker } from "node:worker_threads";
import { describedError, describeError, type DescribedError, type Log } from "../log";
import type { RecordResults, RecordTask } from "../store/record-search";
import { removeCopiesOfThread, removeLeftCopies } from "../store/record-copies";
import type { RecordSearcher } from "../store/record-searcher";

/** A task on its way to the thread. */
export interface Asked {
  id: number;
  task: RecordTask;
}

/** What came back of it. */
export interface Answered {
  id: number;
  result?: RecordResults[RecordTask["do"]];
  /** An error as it may be told: it never quotes a row. */
  failed?: DescribedError;
}

interface Waiting {
  done: (result: never) => void;
  failed: (error: Error) => void;
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
  let waiting = new Map<number, Waiting>();
  let worker: Worker | undefined = start();
  let isClosed = false;
  let last = 0;

  function start(): Worker {
    const started = new Worker(entry, {
      workerData: { databaseUrl },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    started.on("message", ({ id, result, failed }: Answered) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (failed === undefined) asked?.done(result as never);
      else asked?.failed(describedError(failed));
    });
    const { threadId } = started;
    started.on("error", (error) => {
      log.warn(describeError(error), "the thread that searches the audit record has ended");
      gone(started, error);
    });
    started.on("exit", () => {
      removeCopiesOfThread(threadId);
      gone(started);
    });
    started.unref();
    return started;
  }

  function gone(ended: Worker, cause?: Error): void {
    if (worker !== ended) return;
    worker = undefined;
    const lost = waiting;
    waiting = new Map();
    for (const { failed } of lost.values()) failed(new Error("the thread has ended", { cause }));
  }

  return {
    run: (task) =>
      new Promise((done, failed) => {
        if (isClosed) throw new Error("the search has been closed");
        worker ??= start();
        waiting.set(++last, { done, failed });
        worker.postMessage({ id: last, task } satisfies Asked);
      }),
    async close() {
      isClosed = true;
      const ending = worker;
      if (!ending) return;
      gone(ending);
      await ending.terminate();
    },
  };
}
