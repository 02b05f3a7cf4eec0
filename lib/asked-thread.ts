import type { Worker } from "node:worker_threads";

/** A task on its way to a thread. */
export interface Asked<Task> {
  id: number;
  task: Task;
}

/** What came back of it: a result, or an error as it may be told. */
export interface Answered<Failed, Result = unknown> {
  id: number;
  result?: Result;
  failed?: Failed;
}

/** A thread that answers what it is asked. One that has ended is started again for the next task. */
export interface AskedThread<Task> {
  /** Any number at once. Rejects with what the thread tells of its error, or because it has ended. */
  ask: <Result>(task: Task) => Promise<Result>;
  /** Ends the thread. What it was asked and has not answered fails. */
  end: () => Promise<void>;
}

export interface AskedThreadOptions<Failed> {
  start: () => Worker;
  /** The error that the thread tells of. */
  errorOf: (failed: Failed) => Error;
  /** The error of what was not answered by a thread that has ended. */
  goneBy: (cause: Error | undefined) => Error;
  /** Whether the process stays until the thread has answered. */
  isWaitedFor?: boolean;
}

interface Waiting {
  done: (result: never) => void;
  failed: (error: Error) => void;
}

/** Starts a thread, to be asked. */
export function askedThread<Task, Failed>(options: AskedThreadOptions<Failed>): AskedThread<Task> {
  const { errorOf, goneBy, isWaitedFor = false } = options;
  let waiting = new Map<number, Waiting>();
  let worker: Worker | undefined = start();
  let last = 0;

  function start(): Worker {
    const started = options.start();
    started.on("message", ({ id, result, failed }: Answered<Failed>) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
      if (failed === undefined) asked?.done(result as never);
      else asked?.failed(errorOf(failed));
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
    for (const { failed } of lost.values()) failed(goneBy(cause));
  }

  return {
    ask: (task) =>
      new Promise((done, failed) => {
        const asked = (worker ??= start());
        if (isWaitedFor) asked.ref();
        waiting.set(++last, { done, failed });
        asked.postMessage({ id: last, task } satisfies Asked<Task>);
      }),
    end: async () => {
      const ending = worker;
      if (!ending) return;
      gone(ending);
      await ending.terminate();
    },
  };
}
