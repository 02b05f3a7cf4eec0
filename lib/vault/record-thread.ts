import { parentPort, workerData } from "node:worker_threads";
import { describeError } from "../log";
import { RecordSearch } from "../store/record-search";
import type { Answered, Asked } from "./threaded-record";

/*
 * The thread that looks through the audit record, so that a resolve does not wait for it, and that keeps the index up to
 * date. An entry of its own: scripts/setup/server.mjs bundles it into dist/record.js.
 */
const KEEP_UP_EVERY_MS = 15_000;

const { databaseUrl } = workerData as { databaseUrl: string };
const search = new RecordSearch(databaseUrl);

parentPort?.on("message", ({ id, task }: Asked) => {
  parentPort?.postMessage({ id, ...answerTo(task) } satisfies Answered);
});

function answerTo(task: Asked["task"]): Omit<Answered, "id"> {
  try {
    return { result: search.run(task) };
  } catch (error) {
    return { failed: describeError(error) };
  }
}

/** A part at a time, so that who looks for something gets their turn in between. */
function keepUp(): void {
  try {
    if (search.catchUp()) setTimeout(keepUp, KEEP_UP_EVERY_MS);
    else setImmediate(keepUp);
  } catch {
    setTimeout(keepUp, KEEP_UP_EVERY_MS); // locked or full: what is not in the index is looked for without it
  }
}

keepUp();
