import { parentPort, workerData } from "node:worker_threads";
import type { Asked } from "../asked-thread";
import type { Content } from "../store/event-rows";
import { appendInPlace, openWriter, type InPlace } from "../store/record-writer";
import type { WriterFailed, WriterPlace, WriterTask } from "../store/threaded-writer";
import { placeAfter } from "./chain";

/*
 * The thread that chains and writes the record, so that nobody but who waits for it waits for the disk. An entry of its own:
 * scripts/setup/server.mjs bundles it into dist/writer.js.
 */
const { databaseUrl, waitMs, epoch } = workerData as WriterPlace;
const writer = openWriter(databaseUrl, waitMs, epoch);

parentPort?.on("message", ({ id, task }: Asked<WriterTask>) => {
  try {
    parentPort?.postMessage({ id, result: run(task) });
  } catch (error) {
    parentPort?.postMessage({ id, failed: failed(error) });
  }
});

function run(task: WriterTask): unknown {
  switch (task.do) {
    case "look":
      return writer.look();
    case "append":
      return append(task);
    case "replaceSealed":
      return writer.replaceSealed(task.resealed);
    case "writeSecretUses":
      writer.writeSecretUses(task.uses);
      return;
    case "writeTokenUses":
      writer.writeTokenUses(task.uses);
      return;
    case "writeDelivered":
      return writer.writeDelivered(task.delivered);
    case "close":
      writer.close();
      return;
  }
}

function append({ contents, after, under }: WriterTask & { do: "append" }): InPlace {
  const events = placeAfter(after, JSON.parse(contents) as Content[]);
  return appendInPlace(writer, events, under);
}

/** What the store tells errors of the driver by. */
function failed(error: unknown): WriterFailed {
  const { name, message, code } = error instanceof Error ? (error as WriterFailed) : UNKNOWN;
  return { name, message, ...(code !== undefined && { code }) };
}

const UNKNOWN: WriterFailed = { name: "Error", message: "an error of no kind" };
