import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mulberry32 } from "../../tests/support/seeded-random";
import { newerEvents } from "./record-newer";
import { readSeenEnds, seenOf, type Seen } from "./record-seen";

const START = Date.parse("2026-01-01T12:00:00Z");
const MINUTE = 60_000;

let record: Database;
let ends: Map<string, number>;

beforeEach(() => {
  ends = new Map();
  record = new Database(":memory:", {});
  record.exec(`CREATE TABLE "AuditEvent" ("journalId" TEXT, "seq" INTEGER, "at" TEXT, "action" TEXT,
    "outcome" TEXT, PRIMARY KEY ("journalId", "seq"))`);
});

afterEach(() => record.close());

/** Writes an event to a journal. Returns its place. */
function write(journalId: string, minute: number, action = "whoami", outcome = "ok"): string {
  const seq = (ends.get(journalId) ?? 0) + 1;
  ends.set(journalId, seq);
  const at = new Date(START + minute * MINUTE).toISOString().replace("Z", "+00:00");
  record
    .prepare(`INSERT INTO "AuditEvent" VALUES (?, ?, ?, ?, ?)`)
    .run(journalId, seq, at, action, outcome);
  return `${journalId} ${String(seq)}`;
}

/** A process that came and went. */
function runCommand(journalId: string, minute: number): string[] {
  return [write(journalId, minute, "start"), write(journalId, minute, "stop")];
}

const now = (): Seen => seenOf(readSeenEnds(record));

function newerThan(after: Seen, limit = 100, deadline = Infinity, outcome?: string) {
  const found = newerEvents(record, { filter: { outcome }, after, limit, deadline });
  if (!found) return null;
  const told = found.places.map(({ journalId, seq }) => `${journalId} ${String(seq)}`);
  return { told, seen: found.seen };
}

describe("what was written since is told,", () => {
  test.each([
    ["where a clock steps back by an hour", [0, -60, -59]],
    ["after an event of a time to come", [60 * 24 * 365, 1, 2]],
    ["where many have one time", [0, 0, 0]],
  ])("%s", (_, [first = 0, ...later]) => {
    write("a", first);
    const seen = now();
    const written = later.map((minute) => write("a", minute));
    expect(newerThan(seen)?.told).toEqual(written);
    expect(newerThan(newerThan(seen)?.seen ?? seen)?.told).toEqual([]);
  });

  test("of each instance, one of which has a clock that is behind, and of those that have come since", () => {
    write("a", 0);
    write("behind", -7);
    const seen = now();
    const written = [write("a", 1), write("behind", -6), write("come since", -5)];
    expect(newerThan(seen)?.told.toSorted()).toEqual(written.toSorted());
  });

  test("where there are too many journals to list, and commands come and go", () => {
    write("server", -600);
    for (let time = 0; time < 200; time++) runCommand(`command ${String(time)}`, time);
    const seen = now();
    expect(JSON.stringify(seen).length).toBeLessThan(1_500);
    const written = [...runCommand("after", 201), write("server", 202), ...runCommand("more", 203)];
    expect(newerThan(seen)?.told.toSorted()).toEqual(written.toSorted());
  });

  test("if it passes the filter", () => {
    write("a", 0);
    const seen = now();
    write("a", 1);
    const denied = write("a", 1, "whoami", "denied");
    expect(newerThan(seen, 100, Infinity, "denied")?.told).toEqual([denied]);
  });
});

test.each([
  ["a journal that had ended long ago has grown", () => write("command 0", 500)],
  ["one has come whose clock is far behind all of them", () => write("new", -500)],
  ["one is gone", () => record.exec(`DELETE FROM "AuditEvent" WHERE "journalId" = 'server'`)],
  [
    "one is shorter",
    () => record.exec(`DELETE FROM "AuditEvent" WHERE "journalId" = 'server' AND "seq" = 2`),
  ],
])("where %s, nothing is told as if it were all", (_, change) => {
  write("server", 0);
  write("server", 0);
  for (let time = 0; time < 60; time++) runCommand(`command ${String(time)}`, time);
  const seen = now();
  change();
  expect(newerThan(seen)).toBeNull();
});

test("each event is told once, in steps of any length, while instances with any clocks write and others come", () => {
  const seed = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 32);
  const random = mulberry32(seed);
  const pick = (below: number) => Math.floor(random() * below);
  for (let round = 0; round < 15; round++) {
    record.exec(`DELETE FROM "AuditEvent"`);
    ends.clear();
    write("0", 0);
    let seen = now();
    const written: string[] = [];
    const told: string[] = [];
    const step = () => {
      const found = newerThan(seen, 1 + pick(10), random() < 0.5 ? 0 : Infinity);
      expect(found, `seed ${String(seed)}`).not.toBeNull();
      if (!found) return;
      told.push(...found.told);
      ({ seen } = found);
    };
    for (let time = 0; time < 60; time++) {
      const journal = String(random() < 0.2 ? ends.size : pick(ends.size));
      if (ends.size < 20 || ends.has(journal)) written.push(write(journal, pick(10_000) - 5_000));
      if (random() < 0.3) step();
    }
    for (let time = 0; time < 100; time++) step();
    expect(told.toSorted(), `seed ${String(seed)}`).toEqual(written.toSorted());
  }
});
