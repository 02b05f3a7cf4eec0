import { describe, expect, it } from "vitest";
import { Findings } from "../audit/findings";
import type { FoundEvent, StoredEvent } from "../store/event-rows";
import { eventsIn } from "./exported-events";
import { eventInfo } from "./record-info";

const NAMES = '[["KEY",1],["OTHER",0]]';
const eventOf = (seq: number, names = NAMES): FoundEvent => ({
  ...{ journalId: "j", seq, at: "2026-01-02T03:04:05.678Z", mac: "m" },
  ...{ actorKind: "service", actorId: "s", actorName: "Größe", action: "secrets.resolve" },
  ...{ environment: "default", target: 'a"b', names, outcome: "ok", code: "", address: "" },
  ...{ userAgent: "", requestId: "", tokenId: null, incident: null, repeats: null },
});
const lineOf = (seq: number, names?: string) => JSON.stringify(eventInfo(eventOf(seq, names)));

/** What is read of a text that comes in pieces. */
async function read(text: string, pieceLength = 1_000) {
  const findings = new Findings();
  const portions: (readonly StoredEvent[])[] = [];
  for await (const some of eventsIn(piecesOf(text, pieceLength), findings)) portions.push(some);
  const found = findings.items.map(({ kind, seq }) => `${kind} ${String(seq)}`);
  return { portions, events: portions.flat(), found };
}

async function* piecesOf(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) {
    yield await Promise.resolve(text.slice(at, at + length));
  }
}

describe("the events of a file", () => {
  it("are those that were exported, in whatever pieces it comes, and nothing is found", async () => {
    const text = [1, 2, 3].map((seq) => lineOf(seq)).join("\n");
    for (const length of [1, 7, 10_000]) {
      for (const end of ["", "\n", "\r\n", "\n\n \n"]) {
        const { events, found } = await read(text.replaceAll("\n", end || "\n") + end, length);
        expect(events.map(([, seq]) => seq)).toEqual([1, 2, 3]);
        expect(events[0]).toContain(NAMES);
        expect(found).toEqual([]);
      }
    }
  });

  it("are held against what Coffer writes of them, byte for byte", async () => {
    const line = lineOf(2);
    const edits = [
      line.replace("{", '{"outcome":"denied","actor":{"kind":"user","id":"x","name":"innocent"},'),
      line.replace('"target":', '"t\\u0061rget":"x","target":'),
      line.replace('"name":"KEY"', '"name":"ELSE","name":"KEY"'),
      line.replace("KEY", "\\u004bEY"),
      line.replace('"seq":2', '"seq":2.0'),
      line.replace(",", ", "),
      ` ${line}`,
      `${line} `,
      `${line}\r\r`,
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line) as object).reverse())),
    ];
    for (const edited of edits) {
      const { events, found } = await read([lineOf(1), edited, lineOf(3)].join("\n"));
      expect({ edited, found }).toEqual({ edited, found: ["changed 2"] });
      expect(events).toHaveLength(3);
    }
  });

  it("of older versions may have ten thousand names, and few of those are in memory at once", async () => {
    const name = `$secret://v/1/${'"'.repeat(80)}`;
    const names = JSON.stringify(Array.from({ length: 10_000 }, () => [name, 1_000_000_000]));
    const text = Array.from({ length: 12 }, (_, index) => lineOf(index + 1, names)).join("\n");
    const { portions, found } = await read(text, 65_536);
    expect(portions.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(found).toEqual([]);
  });
});

describe("a file is refused, and none of it is verified,", () => {
  it("where a line is no event, with its number", async () => {
    const lines = ["{", "[]", '{"journal":"j"}', `{"x":"${"x".repeat(4_000_000)}`];
    for (const more of ['{"more":1,', '{"__proto__":1,']) {
      lines.push(lineOf(1).replace("{", more), lineOf(1).replace('"names":[{', `"names":[${more}`));
    }
    for (const line of lines) {
      await expect(read([lineOf(1), line].join("\n"), 65_536)).rejects.toMatchObject({
        code: "invalid_request",
        message: expect.stringContaining("Line 2 is not an event") as string,
      });
    }
  });

  it("where there is no event in it", async () => {
    for (const text of ["", "\n", " \r\n\n"]) {
      await expect(read(text)).rejects.toMatchObject({
        code: "invalid_request",
        message: expect.stringContaining("There is no event in the file") as string,
      });
    }
  });

  it("where another program has written all of it anew", async () => {
    const lines = Array.from({ length: 1_001 }, (_, index) => `${lineOf(index + 1)} `);
    expect((await read(lines.slice(1).join("\n"))).found).toHaveLength(100); // of those that are named
    await expect(read(lines.join("\n"))).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("has written the file anew") as string,
    });
  });
});
