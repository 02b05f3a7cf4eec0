import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FoundEvent } from "../store/event-rows";
import { Batch } from "./batch";
import { readLines, type LinesTask } from "./lines";
import { eventInfo } from "./record-info";
import { linesInThread } from "./threaded-lines";

const eventOf = (seq: number, target = ""): FoundEvent => ({
  ...{ journalId: "j", seq, at: "2026-01-02T03:04:05.678Z", mac: "m" },
  ...{ actorKind: "service", actorId: "s", actorName: "Größe", action: "secrets.resolve" },
  ...{ environment: "default", target, names: '[["KEY",1]]', outcome: "ok", code: "" },
  ...{ address: "", userAgent: "", requestId: "", tokenId: null, incident: null, repeats: null },
});
const lineOf = (event: FoundEvent) => `${JSON.stringify(eventInfo(event))}\n`;
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

const EVENTS = Array.from({ length: 450 }, (_, index) => eventOf(index + 1));
const LENGTH = Buffer.byteLength(lineOf(eventOf(400))); // of each whose number has three digits
const reader = {
  readEventsAfter: (_: string, seq: number, limit: number) =>
    EVENTS.filter((event) => event.seq > seq).slice(0, limit),
};
const read = (task: Partial<LinesTask>) =>
  readLines(reader, {
    ...{ journalId: "j", after: 0, events: 1_000, bytes: 1_000_000, isAlone: false, ...task },
  });

describe("what is read for a sink", () => {
  it("is each event after the one given as a line, in order, up to the end of the journal", async () => {
    const { bytes, ...told } = await read({ after: 300 });
    expect(textOf(bytes)).toBe(EVENTS.slice(300).map(lineOf).join(""));
    expect(told).toEqual({ events: 150, upTo: 450, until: "end" });
    expect(await read({ after: 450 })).toMatchObject({ events: 0, upTo: 450, until: "end" });
  });

  it("is some at a time, and no more than are asked for", async () => {
    expect(await read({})).toMatchObject({ events: 200, upTo: 200, until: "pause" });
    expect(await read({ events: 3 })).toMatchObject({ events: 3, upTo: 3, until: "pause" });
  });

  it("is what there is room for, counted in bytes", async () => {
    const three = await read({ after: 300, bytes: 4 * LENGTH - 1 });
    expect(three).toMatchObject({ events: 3, upTo: 303, until: "room" });
    expect(three.bytes).toHaveLength(3 * LENGTH);
    const none = await read({ after: 300, bytes: LENGTH - 1 });
    expect(none).toMatchObject({ events: 0, upTo: 300, until: "room" });
  });

  it("is one event that there is no room for, where it is alone", async () => {
    const one = await read({ after: 300, bytes: 10, isAlone: true });
    expect(one).toMatchObject({ events: 1, upTo: 301, until: "room" });
  });
});

describe("a batch", () => {
  it("has all lines that it was given, up to where they go in each journal, and says what it has room for", async () => {
    const batch = new Batch(250);
    expect(batch.room).toMatchObject({ events: 250, isAlone: true });
    batch.take("a", await read({ ...batch.room, after: 440 }));
    expect(batch.isFull).toBe(false);
    expect(batch.room).toMatchObject({ events: 240, isAlone: false });
    batch.take("b", await read(batch.room));
    batch.take("b", await read({ ...batch.room, after: 200 }));
    expect(batch).toMatchObject({ events: 250, isFull: true });
    expect([...batch.upTo]).toEqual([
      ["a", 450],
      ["b", 240],
    ]);
    const events = [...EVENTS.slice(440), ...EVENTS.slice(0, 240)];
    expect(textOf(batch.text())).toBe(events.map(lineOf).join(""));
  });

  it("is full once an event has no room in it, and has no cursor of a journal of which it has none", async () => {
    const batch = new Batch(250);
    batch.take("a", await read({ after: 449 }));
    batch.take("b", await read({ ...batch.room, bytes: 1 }));
    expect(batch).toMatchObject({ events: 1, isFull: true });
    expect([...batch.upTo.keys()]).toEqual(["a"]);
  });
});

describe("a thread that reads for the sinks", () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "coffer-lines-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const task: LinesTask = { journalId: "", after: 0, events: 1, bytes: 1, isAlone: true };

  it("that ends fails what it was asked, with the reason, and the next is asked of a new one", async () => {
    const entry = join(home, "thread.mjs");
    writeFileSync(
      entry,
      `import { parentPort } from "node:worker_threads";
      parentPort.on("message", ({ id, task }) => {
        if (task.journalId === "bad") throw new RangeError("row: x");
        const failed = { kind: "SqliteError", code: "SQLITE_IOERR", at: [] };
        parentPort.postMessage(task.journalId === "unread" ? { id, failed } : { id, result: "read" });
      });`,
    );
    const lines = linesInThread(entry, "file:none");
    try {
      await expect(lines.read({ ...task, journalId: "bad" })).rejects.toMatchObject({
        cause: { name: "RangeError" },
      });
      expect(await lines.read(task)).toBe("read");
      await expect(lines.read({ ...task, journalId: "unread" })).rejects.toMatchObject({
        ...{ name: "SqliteError", code: "SQLITE_IOERR" },
      });
    } finally {
      await lines.close();
    }
    await expect(lines.read(task)).rejects.toThrow("closed");
  });
});
