import type { ServerResponse } from "node:http";
import type { WatchEvent } from "../shapes";
import type { WatchStream } from "../vault/vault";

/** What an answer of events has beside what every answer has: proxies are not to keep any of it back. */
export const EVENT_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "x-accel-buffering": "no",
};

/** How long a client is to wait before it connects again. */
const RETRY_MS = 2_000;
/** Whoever takes nothing for so long has gone away, or is too slow. Less than a stop waits for. */
const STALLED_MS = 5_000;

/**
 * Writes events to an answer whose head is written, and ends it. No event is asked for before the client has taken what went
 * before, so one that is slow is kept one event for, and told of the rest in the next; one that takes nothing is cut off.
 */
export async function writeEvents(
  response: ServerResponse,
  stream: WatchStream,
  stalledMs = STALLED_MS,
): Promise<void> {
  response.on("error", () => undefined); // it is closed then, which says all
  response.once("close", () => stream.close());
  if (response.destroyed) stream.close();
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(":\n\n");
  }, stream.heartbeatMs);
  try {
    response.write(`retry: ${String(RETRY_MS)}\n\n`);
    for await (const event of stream.events) {
      if (!(await isTaken(response, eventText(event), stalledMs))) break;
    }
    response.end();
  } catch {
    response.destroy();
  } finally {
    clearInterval(beat);
  }
}

/** Writes a text. False where nobody takes it: the connection is then closed. */
function isTaken(response: ServerResponse, text: string, withinMs: number): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  if (response.write(text)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const late = setTimeout(() => response.destroy(), withinMs);
    const isDone = (taken: boolean) => () => {
      clearTimeout(late);
      response.off("drain", drained).off("close", closed);
      resolve(taken);
    };
    const [drained, closed] = [isDone(true), isDone(false)];
    response.once("drain", drained).once("close", closed);
  });
}

/** An event as the standard has it (WHATWG HTML, server-sent events). JSON has no line break in it. */
export function eventText(event: WatchEvent): string {
  if (event.kind === "unchanged") return ": unchanged\n\n";
  const { kind, ...data } = event;
  const id = "tag" in event ? `id: ${event.tag}\n` : "";
  return `${id}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
