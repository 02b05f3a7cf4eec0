import { parentPort, workerData } from "node:worker_threads";
import { verifyHere, type RecordTask, type Told } from "./record-verifier";

/*
 * The thread that verifies the audit record. An entry of its own: scripts/setup/server.mjs bundles it into
 * dist/verify.js.
 */
const tell = (told: Told) => parentPort?.postMessage(told);
const never = new AbortController().signal;
tell({
  report: await verifyHere(workerData as RecordTask, (progress) => tell({ progress }), never),
});
