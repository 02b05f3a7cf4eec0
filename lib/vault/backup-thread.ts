import { parentPort, workerData } from "node:worker_threads";
import { isCofferError } from "../errors";
import { describeError } from "../log";
import { makeBackup, type BackupOrder } from "./backup-maker";
import type { Given } from "./threaded-backups";

/*
 * The thread that makes a backup, so that a resolve does not wait for one. It gives a piece each time that it is asked
 * for one. An entry of its own: scripts/setup/server.mjs bundles it into dist/backup.js.
 */
const pieces = makeBackup(workerData as BackupOrder);

parentPort?.on("message", () => {
  void next().then((given) => parentPort?.postMessage(given));
});

async function next(): Promise<Given> {
  try {
    const given = await pieces.next();
    return given.done === true ? {} : { piece: given.value };
  } catch (error) {
    if (!isCofferError(error)) return { failed: describeError(error) };
    const { code, message, details } = error;
    return { refused: { code, message, details } };
  }
}
