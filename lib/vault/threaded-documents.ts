import { Worker } from "node:worker_threads";
import { CofferError, type ErrorCode } from "../errors";
import type { Reading } from "../reference/documents/format";
import type { Rewritten } from "../reference/documents/rewrite";
import { IN_THIS_THREAD, type DocumentTask, type DocumentWorker } from "./documents";

/** Characters of a document up to which it is dealt with at once: sending it elsewhere would take longer. */
const AT_ONCE = 65_536;
/** More tasks than this waiting for the thread means that it is not keeping up. */
const MAX_WAITING = 64;
/** A task that takes longer is given up. Far more than any document within the limits needs. */
const LONGEST_MS = 10_000;

/** A task on its way to the thread. */
export interface Asked {
  id: number;
  task: DocumentTask;
}

/** What came back of it. */
export interface Answered {
  id: number;
  result?: Reading | Rewritten;
  refused?: { code: ErrorCode; message: string; details: CofferError["details"] };
  failed?: true;
}

interface Waiting {
  done: (result: never) => void;
  failed: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * Does the tasks of large documents in a thread of their own, which is started when it is first needed. What
 * is sent there holds values, as the answer does, and is forgotten with it.
 * @param entry the bundled document-thread.ts
 */
export function threadedDocuments(entry: string): DocumentWorker {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;

  function start(): Worker {
    const started = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: 512 } });
    started.on("message", settle);
    started.on("error", (error) => {
      giveUp(started, error);
    });
    started.on("exit", () => {
      giveUp(started, new Error("the thread has ended"));
    });
    started.unref();
    return started;
  }

  function settle({ id, result, refused }: Answered): void {
    const task = waiting.get(id);
    if (!task) return;
    waiting.delete(id);
    clearTimeout(task.timer);
    if (refused) {
      const { code, message, details } = refused;
      task.failed(new CofferError(code, message, details && { details }));
    } else if (result) task.done(result as never);
    else task.failed(new CofferError("internal", "The document could not be dealt with."));
  }

  /** Ends a thread and all that waits for it; the next task starts another. */
  function giveUp(ended: Worker, cause: Error): void {
    if (worker !== ended) return;
    worker = undefined;
    const tasks = [...waiting.values()];
    waiting.clear();
    for (const { failed, timer } of tasks) {
      clearTimeout(timer);
      failed(busy(cause));
    }
    void ended.terminate();
  }

  return {
    run(task) {
      if (task.text.length <= AT_ONCE) return IN_THIS_THREAD.run(task);
      if (waiting.size >= MAX_WAITING) return Promise.reject(busy());
      const thread = (worker ??= start());
      const id = ++last;
      return new Promise((done, failed) => {
        const timer = setTimeout(() => {
          giveUp(thread, new Error("a document took too long"));
        }, LONGEST_MS);
        waiting.set(id, { done, failed, timer });
        thread.postMessage({ id, task } satisfies Asked);
      });
    },
    async close() {
      const thread = worker;
      if (!thread) return;
      giveUp(thread, new Error("Coffer is stopping"));
      await thread.terminate();
    },
  };
}

function busy(cause?: Error): CofferError {
  return new CofferError(
    "unavailable",
    "Too many large documents are being rendered. Nothing was done. Try again in a moment.",
    { cause },
  );
}
