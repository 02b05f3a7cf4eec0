import { Worker } from "node:worker_threads";
import type { LaterWriter } from "./record-writer";
import type { Under } from "./moment";
import type { Resealed } from "./sealed-rows";
import type { SecretUse, TokenUse } from "./use-rows";

/** What a writer's thread is started with. */
export interface WriterPlace {
  databaseUrl: string;
  /** How long it sleeps for another process's lock. */
  waitMs: number;
  /** The number of its first epoch. */
  epoch: number;
}

/** A task on its way to the thread. Events go as one text: to copy each of their cells costs more. */
export interface Asked {
  id: number;
  task:
    | { do: "look" | "close" }
    | { do: "append"; events: string; under: Under | null }
    | { do: "replaceSealed"; resealed: readonly Resealed[] }
    | { do: "writeSecretUses"; uses: readonly SecretUse[] }
    | { do: "writeTokenUses"; uses: readonly TokenUse[] };
}

/** An error of the thread's. */
export interface Failed {
  name: string;
  message: string;
  code?: string;
}

interface Answered {
  id: number;
  result?: unknown;
  failed?: Failed;
}

interface Waiting {
  done: (result: never) => void;
  failed: (error: Error) => void;
}

/** Longer than in the main thread, since nothing else waits meanwhile. */
const WAIT_MS = 1_000;
/** More than a thread can have counted: none gets so far in the life of a process. */
const EPOCHS = 1_000_000_000;

/**
 * A writer in a thread of its own. One that ends is started again for the next task.
 * @param entry the bundled write-thread.ts
 */
export function writeInThread(entry: string, databaseUrl: string): LaterWriter {
  let waiting = new Map<number, Waiting>();
  let starts = 0;
  let last = 0;
  let worker: Worker | undefined = start();

  function start(): Worker {
    const epoch = 1 + EPOCHS * starts++;
    const workerData: WriterPlace = { databaseUrl, waitMs: WAIT_MS, epoch };
    const started = new Worker(entry, { workerData });
    started.on("message", ({ id, result, failed }: Answered) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
      if (failed === undefined) asked?.done(result as never);
      else asked?.failed(Object.assign(new Error(failed.message), failed));
    });
    started.on("error", (error) => gone(started, error));
    started.on("exit", () => gone(started));
    started.unref();
    return started;
  }

  function gone(ended: Worker, cause?: Error): void {
    if (worker !== ended) return;
    worker = undefined;
    const lost = waiting;
    waiting = new Map();
    for (const { failed } of lost.values()) failed(new WriterGone(cause));
  }

  function ask<T>(task: Asked["task"]): Promise<T> {
    return new Promise<T>((done, failed) => {
      const asked = (worker ??= start());
      asked.ref(); // the process does not end before it has answered
      waiting.set(++last, { done, failed });
      asked.postMessage({ id: last, task } satisfies Asked);
    });
  }

  return {
    look: () => ask({ do: "look" }),
    append: (events, under) => ask({ do: "append", events: JSON.stringify(events), under }),
    replaceSealed: (resealed) => ask({ do: "replaceSealed", resealed }),
    writeSecretUses: (uses) => ask({ do: "writeSecretUses", uses }),
    writeTokenUses: (uses) => ask({ do: "writeTokenUses", uses }),
    async close() {
      if (worker === undefined) return;
      await ask({ do: "close" });
      const ending = worker;
      worker = undefined;
      await ending.terminate();
    },
  };
}

/** The thread has ended, and nobody knows whether it had done what it was asked. */
export class WriterGone extends Error {
  override readonly name = "WriterGone";

  constructor(cause: Error | undefined) {
    super("The thread that writes the record has ended.", { cause });
  }
}
