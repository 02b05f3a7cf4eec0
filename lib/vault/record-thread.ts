import { parentPort, workerData } from "node:worker_threads";
import type { Answered, Asked } from "../asked-thread";
import { isCofferError } from "../errors";
import { describeError } from "../log";
import { openSearch } from "../store/record-searcher";
import type { RecordTask } from "../store/record-search";
import type { FailedSearch } from "./threaded-record";

/*
 * The thread that looks through the audit record, so that a resolve does not wait for it, and that keeps the index up to
 * date. An entry of its own: scripts/setup/server.mjs bundles it into dist/record.js.
 */
const KEEP_UP_EVERY_MS = 15_000;

const { databaseUrl } = workerData as { databaseUrl: string };
const search = await openSearch(databaseUrl);

parentPort?.on("message", ({ id, task }: Asked<RecordTask>) => {
  void answerTo(task).then((answer) =>
    parentPort?.postMessage({ id, ...answer } satisfies Answered<FailedSearch>),
  );
});

async function answerTo(task: RecordTask): Promise<Omit<Answered<FailedSearch>, "id">> {
  try {
    return { result: await search.run(task) };
  } catch (error) {
    const said = isCofferError(error) ? error.message : undefined;
    return { failed: { ...describeError(error), said } };
  }
}

/** A part at a time, so that who looks for something gets their turn in between. */
async function keepUp(): Promise<void> {
  try {
    if (await search.catchUp()) setTimeout(() => void keepUp(), KEEP_UP_EVERY_MS);
    else setImmediate(() => void keepUp());
  } catch {
    setTimeout(() => void keepUp(), KEEP_UP_EVERY_MS); // locked or full: what is not in the index is looked for without it
  }
}

await keepUp();
