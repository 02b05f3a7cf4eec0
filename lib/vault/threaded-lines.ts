import { Worker } from "node:worker_threads";
import { askedThread } from "../asked-thread";
import { describedError, type DescribedError } from "../log";
import { providerOf } from "../store/provider";
import type { Store } from "../store/store";
import { linesHere, type LineReader, type LinesTask } from "./lines";

/** In a thread where `entry` is given and there is a file to read: what PostgreSQL answers is waited for in this one. */
export function openLines(
  { direct }: Pick<Store, "direct">,
  databaseUrl: string,
  entry: string | undefined,
): LineReader {
  const isFile = providerOf(databaseUrl) === "sqlite";
  return isFile && entry !== undefined ? linesInThread(entry, databaseUrl) : linesHere(direct);
}

/**
 * Reads a SQLite file in a thread of its own, on a connection that can't write. A thread that ends is started again for
 * the next task.
 * @param entry the bundled line-thread.ts
 */
export function linesInThread(entry: string, databaseUrl: string): LineReader {
  let isClosed = false;
  const thread = askedThread<LinesTask, DescribedError>({
    start: () =>
      new Worker(entry, {
        workerData: { databaseUrl },
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      }),
    errorOf: describedError,
    goneBy: (cause) => new Error("the thread that reads for the sinks has ended", { cause }),
  });
  return {
    read: (task) =>
      isClosed ? Promise.reject(new Error("the reader has been closed")) : thread.ask(task),
    close() {
      isClosed = true;
      return thread.end();
    },
  };
}
