import { parentPort } from "node:worker_threads";
import { isCofferError } from "../errors";
import { describeError } from "../log";
import { doTask } from "./documents";
import type { Answered, Asked } from "./threaded-documents";

/*
 * The thread that reads and writes large documents, so that a resolve does not wait for one. An entry of its
 * own: scripts/setup/server.mjs bundles it into dist/documents.js.
 */
parentPort?.on("message", ({ id, task }: Asked) => {
  parentPort?.postMessage({ id, ...answerTo(task) } satisfies Answered);
});

function answerTo(task: Asked["task"]): Omit<Answered, "id"> {
  try {
    return { result: doTask(task) };
  } catch (error) {
    if (!isCofferError(error)) return { failed: describeError(error) };
    const { code, message, details } = error;
    return { refused: { code, message, details } };
  }
}
