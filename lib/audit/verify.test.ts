import { describe, expect, it } from "vitest";
import {
  cellsOf,
  contentOf,
  EVENT_COLUMNS,
  type Cell,
  type EventRow,
  type StoredEvent,
} from "../store/event-rows";
import { tipOf, type RecordRows, type StoredJournal } from "../store/journal-rows";
import { AnchorReader } from "./anchor";
import { Chain, JournalDigest, macOf } from "./chain";
import { Checkpoints, type Checkpoint } from "./checkpoint";
import { Ending } from "./ending";
import { linkAfterReset, linkNow, openHeads } from "./link";
import { verify, type Verified } from "./verify";

const chain = new Chain(Buffer.alloc(32, 1));
const AT = "2030-01-31T12:00:00.000+00:00";

/** A record in memory, with the functions that a database has. */
class Memory implements RecordRows {
  rows: Cell[][] = [];
  all: StoredJournal[] = [];

  journals = () => this.all;
  nextId = (after: string | null) =>
    this.rows
      .map(([id]) => String(id))
      .filter((id) => after === null || id > after)
      .sort()[0] ?? null;
  head = (id: string) => {
    const last = this.page(id, -Infinity, Infinity).at(-1);
    return last ? { seq: Number(last[1]), mac: last.at(-1) as string | null } : null;
  };
  end = (id: string) => {
    const last = this.page(id, 0, Infinity)
      .filter((row) => Number.isSafeInteger(row[1]) && typeof row.at(-1) === "string")
      .at(-1);
    return last ? { seq: Number(last[1]), mac: String(last.at(-1)) } : null;
  };
  mac = (id: string, seq: number) =>
    this.rows.find((row) => row[0] === id && row[1] === seq)?.at(-1) as string | null | undefined;
  page = (id: string, after: number, limit: number): StoredEvent[] =>
    this.rows
      .filter((row) => row[0] === id && Number(row[1]) > after)
      .sort((a, b) => Number(a[1]) - Number(b[1]))
      .slice(0, limit);
  withMac = (mac: string) =>
    this.rows
      .filter((row) => row.at(-1) === mac)
      .map(([id, seq]) => ({ journalId: String(id), seq: Number(seq) }));
  count = () => this.rows.length;
  anchors = new Map<string, string>();
  anchor = (id: string) => this.anchors.get(id) ?? null;
  later = () => null;

  /** Writes a journal of so many events, as Coffer does. */
  open(id: string, events: number, { by = chain, linkTo = linkNow, stops = false } = {}): void {
    const link = JSON.stringify(linkTo(this));
    this.all.push({ id, openedAt: AT, link });
    const ending = new Ending(id, by, by.opening(id, AT, link));
    const rows = Array.from({ length: events }, (_, at) => row(id, at + 1));
    if (stops) rows[events - 1] = { ...row(id, events), action: "stop" };
    const contents = rows.map(contentOf);
    this.rows.push(
      ...ending
        .begin(this)
        .place(contents)
        .map((event) => [...event]),
    );
  }

  /** Prunes the first events of a journal, as Coffer does. */
  prune(id: string, seq: number): void {
    const { openedAt = null, link = null } = this.all.find((journal) => journal.id === id) ?? {};
    const opening = chain.opening(id, openedAt, link ?? "");
    const mac = String(macOf(this.row(id, seq)));
    this.anchors.set(id, signer.signAnchor(new Date(), { journal: id, seq, mac, opening }));
    this.delete((each, at) => each === id && at <= seq);
  }

  /** One from before the chain. */
  openOld(id: string, events: number): void {
    this.all.push({ id, openedAt: AT, link: null });
    for (let i = 1; i <= events; i++) this.add(id, i, null);
  }

  /** One that Coffer did not write, or an old one. */
  add(id: string, seq: number, mac: string | null): void {
    this.rows.push([...cellsOf(contentOf(row(id, seq)), id, seq), mac]);
  }

  row(id: string, seq: number): Cell[] {
    const found = this.rows.find((row) => row[0] === id && row[1] === seq);
    if (!found) throw new Error("no such row");
    return found;
  }

  delete(which: (id: Cell, seq: number) => boolean): void {
    this.rows = this.rows.filter((row) => !which(row[0] ?? null, Number(row[1])));
  }
}

function row(id: string, i: number): EventRow {
  return {
    at: new Date(AT),
    ...{ actorKind: "service", actorId: "s", actorName: "ci", action: "secrets.resolve" },
    ...{ environment: "default", target: `${id} ${String(i)}`, names: `[["KEY",${String(i)}]]` },
    ...{ outcome: "ok", code: "", address: "192.0.2.1", userAgent: "é\ud83d\ude00", requestId: "" },
    ...{ tokenId: i % 2 === 0 ? "t" : null, incident: null, repeats: null },
  };
}

/** a, of 50 events; b, linked to its end; c, linked to b's. */
function untouched(): Memory {
  const record = new Memory();
  record.open("a", 50);
  record.open("b", 20);
  record.open("c", 2);
  return record;
}

function found(record: RecordRows, checkpoint?: string): string[] {
  const known = checkpoint === undefined ? null : signer.read(checkpoint);
  return whole(record, chain, known).findings.items.map(
    ({ kind, journal, seq }) => `${kind} ${journal} ${String(seq)}`,
  );
}

function whole(record: RecordRows, by: Chain, checkpoint: Checkpoint | null = null): Verified {
  const { vault, publicKey } = signer.anchors;
  const steps = verify(record, by, checkpoint, new AnchorReader(vault, publicKey));
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

const signer = new Checkpoints("V".repeat(22), Buffer.alloc(32, 2));

/** Swaps all columns but journal and number, and the MACs unless told otherwise. */
function swap(one: Cell[], other: Cell[], { macs = true } = {}): void {
  for (let at = 2; at < one.length - (macs ? 0 : 1); at++) {
    [one[at], other[at]] = [other[at] ?? null, one[at] ?? null];
  }
}

const TARGET = EVENT_COLUMNS.indexOf("target");

const TAMPERINGS: [what: string, tamper: (record: Memory) => void, found: string[]][] = [
  ["nothing", () => undefined, []],
  ["an event that was edited", (r) => (r.row("a", 7)[TARGET] = "x"), ["changed a 7"]],
  ["the first event, edited", (r) => (r.row("a", 1)[TARGET] = "x"), ["changed a 1"]],
  ["the last event, edited", (r) => (r.row("c", 2)[TARGET] = "x"), ["added c 2"]],
  ["a last event that a link knows, edited", (r) => (r.row("b", 20)[TARGET] = "x"), ["changed b 20"]], // prettier-ignore
  ["two events that were edited", (r) => ((r.row("a", 7)[TARGET] = "x"), (r.row("b", 3)[TARGET] = "x")), ["changed a 7", "changed b 3"]], // prettier-ignore
  ["a MAC that was edited", (r) => (r.row("a", 7)[18] = "x".repeat(43)), ["changed a 7"]],
  ["a MAC that was taken away", (r) => (r.row("a", 7)[18] = null), ["changed a 7"]],
  ["an event with more of a column that comes later", (r) => (r.row("a", 7)[17] = 5), ["changed a 7"]], // prettier-ignore
  ["a time that is spelled otherwise", (r) => (r.row("a", 7)[2] = "2030-01-31T13:00:00.000+01:00"), ["changed a 7"]], // prettier-ignore
  ["an event that was deleted", (r) => r.delete((id, seq) => id === "a" && seq === 7), ["missing a 7"]], // prettier-ignore
  ["some that were deleted", (r) => r.delete((id, seq) => id === "a" && seq > 6 && seq < 10), ["missing a 7"]], // prettier-ignore
  ["the first events, deleted", (r) => r.delete((id, seq) => id === "a" && seq < 10), ["missing a 1"]], // prettier-ignore
  ["two that were swapped", (r) => swap(r.row("a", 7), r.row("a", 20)), ["moved a 7", "moved a 20"]], // prettier-ignore
  ["two neighbours that were swapped", (r) => swap(r.row("a", 7), r.row("a", 8)), ["moved a 7", "changed a 9"]], // prettier-ignore
  ["two that were swapped but for their MACs", (r) => swap(r.row("a", 7), r.row("a", 8), { macs: false }), ["changed a 7"]], // prettier-ignore
  ["an event added at the end", (r) => r.add("b", 21, "m"), ["added b 21"]], // prettier-ignore
  ["a copy at the end", (r) => r.rows.push(Object.assign([...r.row("b", 3)], { 1: 21 })), ["added b 21"]], // prettier-ignore
  ["one added before the first", (r) => r.rows.push(Object.assign([...r.row("b", 3)], { 1: 0 })), ["added b 0"]], // prettier-ignore
  ["one added between two numbers", (r) => r.rows.push(Object.assign([...r.row("b", 3)], { 1: 3.5 })), ["added b 3.5"]], // prettier-ignore
  ["one added without a MAC", (r) => r.add("b", 21, null), ["added b 21"]], // prettier-ignore
  ["one added to no journal", (r) => r.add("x", 1, null), ["added x 1"]], // prettier-ignore
  ["the end cut off", (r) => r.delete((id, seq) => id === "a" && seq > 40), ["cut a 41"]],
  ["a whole journal removed", (r) => (r.delete((id) => id === "b"), (r.all = r.all.filter(({ id }) => id !== "b"))), ["cut b 1"]], // prettier-ignore
  ["all events of a journal removed", (r) => r.delete((id) => id === "b"), ["cut b 1"]],
  ["the row of a journal removed", (r) => (r.all = r.all.filter(({ id }) => id !== "b")), ["added b 1"]], // prettier-ignore
  ["a journal's link taken away", (r) => (r.all = r.all.map((j) => (j.id === "b" ? { ...j, link: null } : j))), ["added b 1"]], // prettier-ignore
  ["a journal's link edited", (r) => (r.all = r.all.map((j) => (j.id === "b" ? { ...j, link: '{"heads":[],"before":[]}' } : j))), ["changed b 1"]], // prettier-ignore
  ["a journal without MACs added", (r) => r.openOld("old", 3), ["added old 1"]],
  ["a journal of another vault", (r) => forge(r, new Chain(Buffer.alloc(32, 9))), ["added z 1"]],
];

/** The next events of a journal, in their places. */
function placed(ending: Ending, record: Memory, ...rows: EventRow[]): Cell[][] {
  const events = ending.begin(record).place(rows.map(contentOf));
  return events.map((event) => [...event]);
}

/** A journal that another vault has written, beside the others. */
function forge(record: Memory, other: Chain): void {
  const link = '{"heads":[],"before":[]}';
  record.all.push({ id: "z", openedAt: AT, link });
  const ending = new Ending("z", other, other.opening("z", AT, link));
  record.rows.push(...placed(ending, record, row("z", 1)));
}

describe("verifying finds", () => {
  it.each(TAMPERINGS)("%s", (_what, tamper, expected) => {
    const record = untouched();
    tamper(record);
    expect(found(record)).toEqual(expected);
  });

  it("what was cut off after the last link, by a checkpoint that was kept, and not without", () => {
    const record = untouched();
    const kept = signer.sign(new Date(AT), openHeads(record));
    expect(found(record, kept)).toEqual([]);
    record.delete((id, seq) => id === "c" && seq > 1);
    expect(found(record)).toEqual([]); // nothing in the database knows it: FORMAT.md says so
    expect(found(record, kept)).toEqual(["cut c 2"]);
    record.delete((id) => id === "c");
    record.all.pop();
    expect(found(record, kept)).toEqual(["cut c 1"]);
  });

  const NO_MAC = "A".repeat(43);
  const copyOf = (r: Memory, id: string, seq: number, to: string, as: number) =>
    r.rows.push(Object.assign([...r.row(id, seq)], { 0: to, 1: as }));
  const edit = (r: Memory, id: string, seq: number) => (r.row(id, seq)[TARGET] = "x");
  const stopped = (r: Memory) => {
    r.open("s", 3, { stops: true });
    return r;
  };
  const fake = (r: Memory, events: number) => {
    r.all.push({ id: "z", openedAt: AT, link: '{"heads":[],"before":[]}' });
    for (let seq = 1; seq <= events; seq++) r.add("z", seq, `${String(seq)}${NO_MAC}`.slice(0, 43));
  };

  it.each<[what: string, tamper: (record: Memory) => void, found: string[]]>([
    ["a copy put behind a journal's end", (r) => copyOf(r, "b", 3, "c", 3), ["added c 3"]],
    ["a copy of another journal's last event", (r) => copyOf(r, "b", 20, "c", 3), ["added c 3"]],
    ["an event made up behind the end, as one that was changed", (r) => r.add("c", 3, NO_MAC), ["changed c 3"]], // prettier-ignore
    ["one made up behind the event with which a process stops", (r) => stopped(r).add("s", 4, NO_MAC), ["added s 4"]], // prettier-ignore
    ["the event with which a process stops, edited", (r) => edit(stopped(r), "s", 3), ["changed s 3"]], // prettier-ignore
    ["the last event edited", (r) => edit(r, "c", 2), ["changed c 2"]],
    ["the MAC of the last event edited", (r) => (r.row("c", 2)[18] = NO_MAC), ["changed c 2"]],
    ["a journal made up, of one event", (r) => fake(r, 1), ["added z 1"]],
    ["a journal made up, of more", (r) => fake(r, 5), ["added z 1", "added z 3", "added z 5"]],
  ])("what a journal is linked to that was opened afterwards: %s", (_what, tamper, expected) => {
    const record = untouched();
    tamper(record);
    record.open("d", 1);
    record.open("e", 1);
    expect(found(record)).toEqual(expected);
    const { items } = whole(record, chain).findings;
    // Where it can't be told from one that was added, it says so.
    for (const { kind, message } of items) {
      if (kind === "changed") expect(message).toContain("or it was added");
    }
  });

  it("no more than twenty places in one journal, and goes on with the next", () => {
    const record = untouched();
    record.rows = [];
    record.all = [];
    record.open("a", 3_000);
    record.open("b", 5);
    for (const seq of Array.from({ length: 1_000 }, (_, i) => 2 * i + 2)) {
      record.row("a", seq)[TARGET] = "x";
    }
    record.row("b", 3)[TARGET] = "x";
    const all = found(record);
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toBe("changed b 3");
  });

  it.each<[what: string, open: (record: Memory) => void]>([
    ["of the chain", (r) => r.open("a", 3)],
    ["from before it", (r) => r.openOld("a", 3)],
  ])("no more than twenty in a journal %s, also of events that have no number", (_what, open) => {
    const record = new Memory();
    open(record);
    record.open("b", 5);
    for (let at = 1; at <= 1_000; at++) record.add("a", 2 + at / 1_001, "m");
    record.row("b", 3)[TARGET] = "x";
    const all = found(record);
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toBe("changed b 3");
  });

  it("no more than a thousand journals that are none", () => {
    const record = new Memory();
    record.open("a", 3);
    for (let at = 0; at < 1_001; at++) record.add(`b${String(at).padStart(4, "0")}`, 1, "m");
    expect(whole(record, chain).findings.total).toBe(1_000);
    record.rows.pop();
    expect(whole(record, chain).findings.total).toBe(1_000);
    record.rows.pop();
    expect(whole(record, chain).findings.total).toBe(999);
  });

  it("each thing once, also where so much was found before it that it is not named", () => {
    const record = new Memory();
    for (const id of ["a", "b", "c", "d", "e", "f"]) record.open(id, 45);
    for (const id of ["a", "b", "c", "d", "e"]) {
      for (let seq = 2; seq <= 40; seq += 2) record.row(id, seq)[TARGET] = "x";
    }
    record.open("g", 1);
    swap(record.row("f", 7), record.row("f", 45)); // a link knows the second
    const { items, total } = whole(record, chain).findings;
    expect(items).toHaveLength(100);
    expect(total).toBe(102);
  });
});

describe("events from before the chain", () => {
  function upgraded(): Memory {
    const record = new Memory();
    record.openOld("old", 2_500);
    record.openOld("older", 3);
    record.open("a", 5);
    record.open("b", 5);
    return record;
  }

  it.each<[what: string, tamper: (record: Memory) => void, found: string[]]>([
    ["as they were", () => undefined, []],
    ["edited", (r) => (r.row("old", 7)[TARGET] = "x"), ["changed old 1"]],
    ["deleted", (r) => r.delete((id, seq) => id === "old" && seq === 7), ["changed old 1"]],
    ["cut", (r) => r.delete((id, seq) => id === "old" && seq > 7), ["cut old 8"]],
    ["removed with their journal", (r) => (r.delete((id) => id === "older"), (r.all = r.all.filter(({ id }) => id !== "older"))), ["cut older 1"]], // prettier-ignore
    ["added", (r) => r.add("older", 4, null), ["added older 4"]], // prettier-ignore
  ])("are bound by the first journal of it: %s", (_what, tamper, expected) => {
    const record = upgraded();
    tamper(record);
    expect(found(record)).toEqual(expected);
  });

  it("are bound once: the second journal takes in nothing that was added since", () => {
    const record = upgraded();
    record.openOld("late", 3);
    record.open("c", 1);
    expect(found(record)).toEqual(["added late 1"]);
  });

  it("have a digest that differs with every column", () => {
    const record = new Memory();
    record.openOld("old", 1);
    const digestOf = (event: StoredEvent) => {
      const digest = new JournalDigest({ id: "old", openedAt: AT, link: null });
      digest.take(event);
      return digest.end();
    };
    const event = record.row("old", 1);
    const digests = EVENT_COLUMNS.map((_, at) =>
      digestOf(Object.assign([...event], { [at]: "?" })),
    );
    expect(new Set([...digests, digestOf(event)]).size).toBe(EVENT_COLUMNS.length + 1);
  });
});

describe("events from before the keys were reset", () => {
  const now = new Chain(Buffer.alloc(32, 7));

  /** A record of before the chain and of it, a reset's journal of 3 events, and one that came after. */
  function afterReset(): Memory {
    const record = new Memory();
    record.openOld("old", 3);
    record.open("a", 1_500);
    record.open("b", 20);
    record.open("begun", 1, { by: new Chain(Buffer.alloc(32, 6)) }); // by a reset that was killed
    record.open("reset", 3, { by: now, linkTo: linkAfterReset });
    record.open("c", 5, { by: now });
    return record;
  }

  const foundNow = (record: Memory) =>
    whole(record, now).findings.items.map(({ kind, journal, seq }) => `${kind} ${journal} ${String(seq)}`); // prettier-ignore
  const without = (id: string) => (record: Memory) => {
    record.delete((each) => each === id);
    record.all = record.all.filter((each) => each.id !== id);
  };
  const edit = (id: string, what: Partial<StoredJournal>) => (record: Memory) =>
    (record.all = record.all.map((each) => (each.id === id ? { ...each, ...what } : each)));

  it.each<[what: string, tamper: (record: Memory) => void, found: string[]]>([
    ["as they were", () => undefined, []],
    ["edited", (r) => (r.row("a", 7)[TARGET] = "x"), ["changed a 1"]],
    ["without MACs of their own, edited", (r) => (r.row("old", 2)[TARGET] = "x"), ["changed old 1"]], // prettier-ignore
    ["of a reset that was killed, edited", (r) => (r.row("begun", 1)[TARGET] = "x"), ["changed begun 1"]], // prettier-ignore
    ["with another MAC", (r) => (r.row("a", 7)[18] = "x".repeat(43)), ["changed a 1"]],
    ["without their MAC", (r) => (r.row("a", 7)[18] = null), ["changed a 1"]],
    ["swapped with their MACs", (r) => swap(r.row("a", 7), r.row("a", 8)), ["changed a 1"]],
    ["deleted", (r) => r.delete((id, seq) => id === "a" && seq === 7), ["changed a 1"]],
    ["cut", (r) => r.delete((id, seq) => id === "a" && seq > 7), ["cut a 8"]],
    ["removed with their journal", without("b"), ["cut b 1"]],
    ["added at the end", (r) => r.add("a", 1_501, "m"), ["added a 1501"]],
    ["added between two numbers", (r) => r.add("a", 7.5, "m"), ["added a 7.5"]],
    ["added in a journal of their own", (r) => forge(r, chain), ["added z 1"]],
    ["in a journal with another time", edit("a", { openedAt: "2031-01-31T12:00:00.000+00:00" }), ["changed a 1"]], // prettier-ignore
    ["in a journal without its link", edit("a", { link: null }), ["changed a 1"]],
    ["as they were, and one of the reset edited", (r) => (r.row("reset", 2)[TARGET] = "x"), ["changed reset 2"]], // prettier-ignore
    ["as they were, and one of after it edited", (r) => (r.row("c", 2)[TARGET] = "x"), ["changed c 2"]], // prettier-ignore
  ])("are bound by the reset's journal: %s", (_what, tamper, expected) => {
    const record = afterReset();
    tamper(record);
    expect(foundNow(record)).toEqual(expected);
  });

  it("are bound by nothing else: without the reset's journal each of theirs is reported, and that it is gone", () => {
    const record = afterReset();
    without("reset")(record);
    const all = ["added old 1", "added a 1", "added b 1", "added begun 1", "cut reset 1"];
    expect(foundNow(record)).toEqual(expect.arrayContaining(all));
  });

  it("are told apart from the others, with the time of the reset; of a second one once there was one", () => {
    const record = afterReset();
    const resetAt = "2030-01-31T12:00:00.000Z";
    expect(whole(record, now)).toMatchObject({ beforeReset: 1_524, unchained: 0, resetAt });
    const third = new Chain(Buffer.alloc(32, 8));
    record.open("again", 1, { by: third, linkTo: linkAfterReset });
    expect(whole(record, third)).toMatchObject({ beforeReset: 1_532, findings: { total: 0 } });
    record.row("c", 2)[TARGET] = "x";
    expect(whole(record, third).findings.items).toMatchObject([{ kind: "changed", journal: "c" }]);
    expect(whole(untouched(), chain)).toMatchObject({ beforeReset: 0, resetAt: null });
  });

  it("are bound once: no later journal takes in what was added since", () => {
    const record = afterReset();
    record.open("late", 3); // by the key of before
    record.open("d", 1, { by: now });
    expect(foundNow(record)[0]).toBe("added late 1");
  });
});

describe("a journal", () => {
  it("is linked to the ends that no other is linked to, so that a link does not grow with the journals", () => {
    const record = untouched();
    expect(openHeads(record).map(([id, seq]) => [id, seq])).toEqual([["c", 2]]);
    record.open("d", 1);
    record.all.push({ id: "empty", openedAt: AT, link: '{"heads":[],"before":[]}' });
    expect(openHeads(record).map(([id, seq]) => [id, seq])).toEqual([["d", 1]]);
  });

  it("goes on from a commit that was made and was said to have failed", () => {
    const record = new Memory();
    record.open("a", 0);
    const link = record.all[0]?.link ?? "";
    const ending = new Ending("a", chain, chain.opening("a", AT, link));
    const first = placed(ending, record, row("a", 1));
    record.rows.push(...first);
    ending.committed(tipOf(first));
    record.rows.push(...placed(ending, record, row("a", 2))); // said to have failed
    placed(ending, record, row("a", 3)); // not written
    record.rows.push(...placed(ending, record, row("a", 3)));
    expect(found(record)).toEqual([]);
    expect(record.rows).toHaveLength(3);
  });

  it("goes on from where it was after an attempt in which nothing was to be written", () => {
    const record = new Memory();
    record.open("a", 0);
    const ending = new Ending("a", chain, chain.opening("a", AT, record.all[0]?.link ?? ""));
    const first = placed(ending, record, row("a", 1));
    record.rows.push(...first);
    ending.committed(tipOf(first));
    ending.begin(record);
    ending.committed(undefined);
    record.rows.push(...placed(ending, record, row("a", 2), row("a", 3)));
    expect(found(record)).toEqual([]);
    expect(record.rows).toHaveLength(3);
  });
});

describe("a checkpoint", () => {
  const text = signer.sign(new Date(AT), openHeads(untouched()));

  it("says vault, time and ends, and has the vault's public key", () => {
    expect(text.split("\n").map((line) => line.split(" ")[0])).toEqual([
      ...["coffer-checkpoint", "vault", "at", "journal", "key", "signature", ""],
    ]);
    expect(text).toContain(signer.publicKey);
    expect(signer.read(text.replaceAll("\n", "\r\n")).heads).toEqual(openHeads(untouched()));
  });

  it("is refused where any character of it was changed, or a line left out or added", () => {
    for (let at = 0; at < text.trimEnd().length; at++) {
      const changed = text.slice(0, at) + (text[at] === "1" ? "2" : "1") + text.slice(at + 1);
      expect(() => signer.read(changed), changed).toThrow("Nothing was verified");
    }
    const lines = text.split("\n");
    for (let at = 0; at < lines.length - 1; at++) {
      expect(() => signer.read(lines.toSpliced(at, 1).join("\n"))).toThrow();
      expect(() => signer.read(lines.toSpliced(at, 0, lines[at] ?? "").join("\n"))).toThrow();
    }
  });

  it("is refused where another vault has signed it", () => {
    const heads = openHeads(untouched());
    const others = [
      new Checkpoints("W".repeat(22), Buffer.alloc(32, 2)),
      new Checkpoints("V".repeat(22), Buffer.alloc(32, 3)),
    ];
    for (const other of others) {
      expect(() => signer.read(other.sign(new Date(AT), heads))).toThrow("another vault");
    }
  });
});

describe("a journal whose first events were pruned", () => {
  const other = new Checkpoints("V".repeat(22), Buffer.alloc(32, 3));
  const cut = (r: Memory, until: number) => r.delete((id, seq) => id === "a" && seq <= until);
  /** Prunes a up to 20, then does something. */
  const then = (change: (r: Memory) => void) => (r: Memory) => {
    r.prune("a", 20);
    change(r);
  };
  const CASES: [what: string, change: (record: Memory) => void, found: string[]][] = [
    ["as Coffer prunes", then((r) => r.prune("b", 19)), []],
    ["pruned twice", then((r) => r.prune("a", 49)), []],
    ["cut at its beginning, without an anchor", (r) => cut(r, 20), ["missing a 1"]],
    ["cut further than its anchor says", then((r) => cut(r, 22)), ["missing a 21"]],
    [
      "an event after the anchor, edited",
      then((r) => void (r.row("a", 21)[TARGET] = "x")),
      ["changed a 21"],
    ],
    ["an anchor taken away", then((r) => r.anchors.clear()), ["missing a 1"]],
    [
      "an anchor with another number",
      then((r) => r.anchors.set("a", (r.anchor("a") ?? "").replace("a 20", "a 19"))),
      ["added a 1", "missing a 1"],
    ],
    [
      "an anchor that another key has signed",
      then((r) => {
        const opening = chain.opening("a", AT, r.all[0]?.link ?? "");
        const anchor = { journal: "a", seq: 21, mac: String(macOf(r.row("a", 21))), opening };
        r.anchors.set("a", other.signAnchor(new Date(), anchor));
        cut(r, 21);
      }),
      ["added a 1", "missing a 1"],
    ],
    [
      "a checkpoint in the place of an anchor",
      (r) => {
        r.anchors.set("a", signer.sign(new Date(), [["a", 20, String(macOf(r.row("a", 20)))]]));
        cut(r, 20);
      },
      ["added a 1", "missing a 1"],
    ],
    [
      "the anchor of another journal",
      then((r) => r.anchors.set("b", r.anchor("a") ?? "")),
      ["added b 1"],
    ],
    [
      "an older anchor",
      (r) => {
        r.prune("a", 10);
        const older = r.anchor("a") ?? "";
        r.prune("a", 20);
        r.anchors.set("a", older);
      },
      ["missing a 11"],
    ],
    [
      "a pruned event put back",
      (r) => {
        const event = [...r.row("a", 3)];
        r.prune("a", 20);
        r.rows.push(event);
      },
      ["added a 3"],
    ],
    [
      "all that the anchor has left, deleted",
      (r) => {
        r.prune("c", 1);
        r.delete((id) => id === "c");
      },
      ["cut c 2"],
    ],
    [
      "its row, changed",
      (r) => {
        r.prune("b", 5);
        r.all = r.all.map((each) =>
          each.id === "b" ? { ...each, link: '{"heads":[],"before":[]}' } : each,
        );
      },
      ["added b 1", "missing b 1"],
    ],
    [
      "one from before the chain, with an anchor",
      (r) => {
        r.all = [];
        r.rows = [];
        r.openOld("o", 3);
        r.open("a", 2);
        const none = "x".repeat(43);
        const anchor = { journal: "o", seq: 2, mac: none, opening: none };
        r.anchors.set("o", signer.signAnchor(new Date(), anchor));
        r.delete((id, seq) => id === "o" && seq <= 2);
      },
      ["changed o 1"],
    ],
  ];
  it.each(CASES)("%s", (_what, change, expected) => {
    const record = untouched();
    change(record);
    expect(found(record)).toEqual(expected);
  });

  it("what it was linked to is held against the record all the same", () => {
    const record = untouched();
    record.prune("b", 5);
    record.delete((id) => id === "a");
    record.all.shift();
    expect(found(record)).toEqual(["cut a 1"]);
  });

  it("is bound as it stood by a reset of the keys, whatever becomes of its anchor", () => {
    const record = untouched();
    record.prune("a", 20);
    const by = new Chain(Buffer.alloc(32, 5));
    record.open("reset", 3, { by, linkTo: linkAfterReset });
    expect(whole(record, by).findings.items).toEqual([]);
    record.anchors.clear();
    expect(whole(record, by).findings.items).toEqual([]);
    cut(record, 21);
    expect(whole(record, by).findings.items).toMatchObject([{ kind: "changed", journal: "a" }]);
  });

  it("a checkpoint that knows a pruned event says nothing against it, unless it has another MAC for the last", () => {
    const record = untouched();
    const at = (seq: number) => String(macOf(record.row("a", seq)));
    const [early, last] = [at(5), at(20)];
    record.prune("a", 20);
    const signed = (seq: number, mac: string) => signer.sign(new Date(), [["a", seq, mac]]);
    expect(found(record, signed(5, early))).toEqual([]);
    expect(found(record, signed(20, last))).toEqual([]);
    expect(found(record, signed(20, early))).toEqual(["changed a 20"]);
  });

  it.each([500, 1_500, 2_499])("is pruned up to %i while it is verified", (seq) => {
    const record = new Memory();
    record.open("a", 2_500);
    const { vault, publicKey } = signer.anchors;
    const steps = verify(record, chain, null, new AnchorReader(vault, publicKey));
    steps.next();
    record.prune("a", seq);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value.findings.items).toEqual([]);
  });
});
