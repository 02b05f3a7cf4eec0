import { parentPort, workerData } from "node:worker_threads";
import type { Asked } from "../asked-thread";
import { describeError } from "../log";
import { recordReader } from "../store/sink-rows";
import { openReadOnly } from "../store/sqlite";
import { readLines, type LinesTask } from "./lines";

/*
 * The thread that reads the audit record for the sinks, so that a resolve does not wait for it. It writes nothing. An
 * entry of its own: scripts/setup/server.mjs bundles it into dist/lines.js.
 */
const { databaseUrl } = workerData as { databaseUrl: string };
const database = openReadOnly(databaseUrl);
const reader = recordReader((sql) => database.prepare(sql));

parentPort?.on("message", ({ id, task }: Asked<LinesTask>) => {
  readLines(reader, task).then(
    (result) => parentPort?.postMessage({ id, result }, [result.bytes.buffer]),
    (error: unknown) => parentPort?.postMessage({ id, failed: describeError(error) }),
  );
});
