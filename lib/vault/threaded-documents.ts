import { Worker } from "node:worker_threads";
import { CofferError, type ErrorCode } from "../errors";
import { describedError, type DescribedError } from "../log";
import {
  IN_THIS_THREAD,
  type DocumentResults,
  type DocumentTask,
  type DocumentWorker,
} from "./documents";

/** Characters, read and written, up to which a task is done at once: sending it elsewhere would take longer. */
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
  result?: DocumentResults[DocumentTask["do"]];
  refused?: { code: ErrorCode; message: string; details: CofferError["details"] };
  /** An error that nobody meant to tell: its name and where, never its message. */
  failed?: DescribedError;
}

interface Waiting {
  asked: Asked;
  done: (result: never) => void;
  failed: (error: Error) => void;
}

/**
 * Does the tasks of large documents in a thread of their own, one at a time. It is started when it is first
 * needed. What is sent there holds values, as the answer does, and is forgotten with it.
 * @param entry the bundled document-thread.ts
 */
export function threadedDocuments(entry: string): DocumentWorker {
  const waiting: Waiting[] = [];
  let underWay: { waiting: Waiting; timer: NodeJS.Timeout } | undefined;
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

  function next(): void {
    if (underWay) return;
    const first = waiting.shift();
    if (!first) return;
    const thread = (worker ??= start());
    const timer = setTimeout(() => {
      giveUp(thread, new Error("a document took too long"));
    }, LONGEST_MS);
    underWay = { waiting: first, timer };
    thread.postMessage(first.asked);
  }

  function settle({ id, result, refused, failed }: Answered): void {
    if (underWay?.waiting.asked.id !== id) return;
    const { done, failed: fail } = underWay.waiting;
    clearTimeout(underWay.timer);
    underWay = undefined;
    next();
    if (refused) {
      const { code, message, details } = refused;
      fail(new CofferError(code, message, details && { details }));
    } else if (result) done(result as never);
    else fail(describedError(failed ?? { kind: "Error" }));
  }

  /** Ends a thread and the task that it was at; the tasks that wait go to another. */
  function giveUp(ended: Worker, cause: Error): void {
    if (worker !== ended) return;
    worker = undefined;
    const lost = underWay;
    underWay = undefined;
    clearTimeout(lost?.timer);
    void ended.terminate();
    next();
    lost?.waiting.failed(busy(cause));
  }

  return {
    run(task) {
      if (sizeOf(task) <= AT_ONCE) return IN_THIS_THREAD.run(task);
      if (waiting.length >= MAX_WAITING) return Promise.reject(busy());
      return new Promise((done, failed) => {
        waiting.push({ asked: { id: ++last, task }, done, failed });
        next();
      });
    },
    async close() {
      const stopping = new Error("Coffer is stopping");
      for (const { failed } of waiting.splice(0)) failed(busy(stopping));
      const thread = worker;
      if (!thread) return;
      giveUp(thread, stopping);
      await thread.terminate();
    },
  };
}

/** Characters of what is read and of what is written. */
function sizeOf(task: DocumentTask): number {
  let size = task.text.length;
  if (task.do !== "rewrite") return size;
  for (const changes of task.changes.values()) {
    for (const { put } of changes) size += put.length;
  }
  return size;
}

function busy(cause?: Error): CofferError {
  return new CofferError(
    "unavailable",
    "Too many large documents are being dealt with. Nothing was done. Try again in a moment.",
    { cause },
  );
}
