import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { WatchEvent } from "../shapes";
import { eventText, writeEvents } from "./event-stream";

const BIG: WatchEvent = {
  ...{ kind: "change", tag: "t", rules: false },
  references: [{ reference: "r", name: "n", status: "s".repeat(100_000), message: "", version: 1 }],
};

test("an event is one line of JSON, with its id; nothing of it can begin another line", () => {
  const end: WatchEvent = { kind: "end", reason: "a\nb", message: "c\r\nd", reconnect: false };
  expect(eventText(end)).toBe(
    'event: end\ndata: {"reason":"a\\nb","message":"c\\r\\nd","reconnect":false}\n\n',
  );
  expect(eventText({ kind: "unchanged", tag: "t" })).toBe(": unchanged\n\n");
  expect(eventText({ kind: "state", tag: "t", references: [] })).toBe(
    'id: t\nevent: state\ndata: {"tag":"t","references":[]}\n\n',
  );
});

test("a client that takes nothing is asked no more for, and is cut off", async () => {
  let asked = 0;
  let closed = 0;
  async function* endless(): AsyncGenerator<WatchEvent> {
    for (;;) {
      asked++;
      yield await Promise.resolve(BIG);
    }
  }
  const written: Promise<void>[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200);
    const stream = { events: endless(), heartbeatMs: 1, close: () => (closed += 1) };
    written.push(writeEvents(response, stream, 100));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.pause();
  await once(server, "request");
  await Promise.all(written);
  expect(closed).toBeGreaterThan(0);
  // What the system has taken in for a client that reads nothing; and one more.
  expect(asked).toBeLessThan(1_000);
});
