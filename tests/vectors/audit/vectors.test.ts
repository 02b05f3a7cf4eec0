import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AnchorReader } from "../../../lib/audit/anchor";
import { Chain, JournalDigest } from "../../../lib/audit/chain";
import { Checkpoints } from "../../../lib/audit/checkpoint";
import type { RecordRows } from "../../../lib/store/journal-rows";
import { contentOf, EVENT_COLUMNS, type Cell, type EventRow } from "../../../lib/store/event-rows";
import { makeVectors } from "./generate.mjs";

const text = readFileSync(new URL("chain.json", import.meta.url), "utf8");
const vectors = JSON.parse(text) as ReturnType<typeof makeVectors>;
const chain = new Chain(Buffer.from(vectors.key, "hex"));
const stored = (fields: Cell[], mac: string | null): Cell[] => [
  ...fields.map((field, at) => (at === 2 ? String(field).replace("Z", "+00:00") : field)),
  mac,
];

it("the file is what the generator makes of the format", () => {
  expect(vectors).toEqual(makeVectors());
});

it("Coffer makes the same MACs, of what it writes and of what is stored", () => {
  for (const { id, openedAt, link, opening, events } of vectors.journals) {
    expect(chain.opening(id, openedAt, link)).toBe(opening);
    const placed = chain
      .after(id, { seq: 0, mac: opening })
      .place(events.map(({ fields }) => contentOf(rowOf(fields))));
    expect(placed.map((event) => [event[0], event[1], event.at(-1)])).toEqual(
      events.map(({ fields: [journalId, seq], mac }) => [journalId, seq, mac]),
    );
    let previous = opening;
    for (const { fields, mac } of events) {
      expect(chain.next(previous, stored(fields, mac))).toBe(mac);
      previous = mac;
    }
  }
});

function rowOf(fields: Cell[]): EventRow {
  const columns = Object.fromEntries(EVENT_COLUMNS.map((name, at) => [name, fields[at]]));
  return { ...columns, at: new Date(String(fields[2])) } as unknown as EventRow;
}

it("Coffer makes the same digest of events from before the chain", () => {
  const { id, events } = vectors.unchained;
  const digest = new JournalDigest({ id, openedAt: "", link: null });
  for (const fields of events) digest.take(stored(fields, null));
  expect(digest.end()).toBe(vectors.unchained.digest);
});

it("Coffer makes the same digests of journals from before a reset of the keys", () => {
  const digests = vectors.journals.map(({ id, openedAt, link, events }) => {
    const digest = new JournalDigest({ id, openedAt: openedAt.replace("Z", "+00:00"), link });
    for (const { fields, mac } of events) digest.take(stored(fields, mac));
    return { id, digest: digest.end() };
  });
  expect(digests).toEqual(vectors.afterReset);
});

it("Coffer signs the same checkpoint, and reads it", () => {
  const { seed, vault, at, heads, publicKey, text: signed } = vectors.checkpoint;
  const checkpoints = new Checkpoints(vault, Buffer.from(seed, "hex"));
  expect(checkpoints.publicKey).toBe(publicKey);
  expect(checkpoints.sign(new Date(at), heads)).toBe(signed);
  expect(checkpoints.read(signed)).toEqual({ vault, at, heads });
});

describe("an anchor", () => {
  const { seed, vault, at } = vectors.checkpoint;
  const { journal, seq, mac, opening, text: signed } = vectors.anchor;
  const row = vectors.journals.find(({ id }) => id === journal);

  /** How Coffer reads that text where it stands for the events of the journal. */
  function read(text: string, link = row?.link ?? null) {
    const { publicKey } = new Checkpoints(vault, Buffer.from(seed, "hex")).anchors;
    const record = { anchor: () => text } as unknown as RecordRows;
    const stored = { id: journal, openedAt: row?.openedAt ?? "", link };
    return new AnchorReader(vault, publicKey).of(record, chain, stored);
  }

  it("is signed by Coffer alike, and read", () => {
    const checkpoints = new Checkpoints(vault, Buffer.from(seed, "hex"));
    expect(checkpoints.signAnchor(new Date(at), { journal, seq, mac, opening })).toBe(signed);
    expect(read(signed)).toEqual({ journal, seq, mac, opening });
  });

  it.each(Object.entries(vectors.badAnchors))("that has %s is refused", (_failure, text) => {
    expect(text).not.toBe(signed);
    expect(read(text)).toBe("forged");
  });

  it("of a journal whose row was changed is refused", () => {
    expect(read(signed, '{"heads":[],"before":[]}')).toBe("forged");
    expect(read(signed, null)).toBe("forged");
  });

  it("is no checkpoint", () => {
    const checkpoints = new Checkpoints(vault, Buffer.from(seed, "hex"));
    expect(() => checkpoints.read(signed)).toThrow("checkpoint");
  });
});
