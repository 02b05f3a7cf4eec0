import { Worker } from "node:worker_threads";
import { askedThread } from "../asked-thread";
import type { After } from "./journal-rows";
import type { LaterWriter } from "./record-writer";
import type { Under } from "./moment";
import type { Resealed } from "./sealed-rows";
import type { Delivered } from "./sink-rows";
import type { SecretUse, TokenUse } from "./use-rows";

/** What a writer's thread is started with. */
export interface WriterPlace {
  databaseUrl: string;
  /** How long it sleeps for another process's lock. */
  waitMs: number;
  /** The number of its first epoch. */
  epoch: number;
}

/** What the thread is asked. The contents of events go as one text: to copy each of their cells costs more. */
export type WriterTask =
  | { do: "look" | "close" }
  | { do: "append"; contents: string; after: After; under: Under | null }
  | { do: "replaceSealed"; resealed: readonly Resealed[] }
  | { do: "writeSecretUses"; uses: readonly SecretUse[] }
  | { do: "writeTokenUses"; uses: readonly TokenUse[] }
  | { do: "writeDelivered"; delivered: Delivered };

/** An error of the thread's. */
export interface WriterFailed {
  name: string;
  message: string;
  code?: string;
}

/** Longer than in the main thread, since nothing else waits meanwhile. */
const WAIT_MS = 1_000;
/** More than a thread can have counted: none gets so far in the life of a process. */
const EPOCHS = 1_000_000_000;

/**
 * A writer in a thread of its own. One that ends is started again for the next task.
 * @param entry the bundled lib/audit/write-thread.ts
 */
export function writeInThread(entry: string, databaseUrl: string): LaterWriter {
  let starts = 0;
  const thread = askedThread<WriterTask, WriterFailed>({
    start: () => {
      const epoch = 1 + EPOCHS * starts++;
      const workerData: WriterPlace = { databaseUrl, waitMs: WAIT_MS, epoch };
      return new Worker(entry, { workerData });
    },
    errorOf: (failed) => Object.assign(new Error(failed.message), failed),
    goneBy: (cause) => new WriterGone(cause),
    isWaitedFor: true,
  });
  return {
    look: () => thread.ask({ do: "look" }),
    append: (contents, { after }, under) =>
      thread.ask({ do: "append", contents: JSON.stringify(contents), after, under }),
    replaceSealed: (resealed) => thread.ask({ do: "replaceSealed", resealed }),
    writeSecretUses: (uses) => thread.ask({ do: "writeSecretUses", uses }),
    writeTokenUses: (uses) => thread.ask({ do: "writeTokenUses", uses }),
    writeDelivered: (delivered) => thread.ask({ do: "writeDelivered", delivered }),
    async close() {
      await thread.ask({ do: "close" });
      await thread.end();
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
