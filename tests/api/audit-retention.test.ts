import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import type { Db } from "../../lib/store/store";
import {
  asAdmin,
  must,
  startCoffer,
  tamper,
  temporaryHome,
  type Coffer,
  type StartOptions,
} from "../support/coffer";
import { eventually } from "../support/eventually";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const BY_DAYS = { COFFER_AUDIT_KEEP_DAYS: "2" };
const BY_COUNT = { COFFER_AUDIT_KEEP_EVENTS: "6" };

/** A Coffer with some events on record, and what moves its clock and prunes. */
async function prepare(env: Record<string, string>, options: StartOptions = {}) {
  const coffer = await startCoffer({ env, ...options });
  const { db } = await coffer.database();
  const prune = () => coffer.vault.audit.prune(OPERATOR);
  await write(coffer, 20);
  const journal = (await db.journal.findFirstOrThrow()).id;
  /** Lets days go by, with a run on each. Returns what each has pruned. */
  async function days(count: number): Promise<number[]> {
    const pruned: number[] = [];
    for (let day = 0; day < count; day++) {
      coffer.clock.advance(DAY_MS);
      pruned.push(await prune());
    }
    return pruned;
  }
  return { coffer, db, prune, days, journal };
}

/** Puts so many events on record. */
async function write(coffer: Coffer, events: number): Promise<void> {
  const admin = await asAdmin(coffer);
  for (let event = 0; event < events; event++) {
    coffer.clock.advance(1);
    must(200, await admin.get("/api/v1/whoami"));
  }
}

const NONE = (pruned: readonly number[]) => pruned.every((count) => count === 0);

/** The numbers of a journal's events. */
async function numbers(db: Db, journalId: string): Promise<number[]> {
  const rows = await db.auditEvent.findMany({ where: { journalId }, orderBy: { seq: "asc" } });
  return rows.map(({ seq }) => seq);
}

/** What a verification finds. */
async function found({ vault }: Coffer): Promise<string[]> {
  await vault.audit.verify(OPERATOR);
  await vault.audit.settled();
  const verification = await vault.audit.verified(OPERATOR);
  expect(verification?.state).toBe("done");
  return (verification?.items ?? []).map(({ kind, seq }) => `${kind} ${String(seq)}`);
}

/** Every event that the search shows, newest first, and how many the chart has. */
async function searched(coffer: Coffer): Promise<{ events: RecordEvent[]; counted: number }> {
  const admin = await asAdmin(coffer);
  const first = must(200, await admin.get("/api/v1/audit?chart=true&limit=100")) as RecordPage;
  const events = [...first.items];
  for (let { nextCursor } = first; nextCursor !== null;) {
    const path = `/api/v1/audit?limit=100&cursor=${encodeURIComponent(nextCursor)}`;
    const page = must(200, await admin.get(path)) as RecordPage;
    events.push(...page.items);
    ({ nextCursor } = page);
  }
  const counted = (first.chart?.steps ?? [])
    .map(({ reads, denied, failed, other }) => reads + denied + failed + other)
    .reduce((sum, count) => sum + count, 0);
  return { events, counted };
}

describe("the audit record", () => {
  test("is kept whole unless the configuration says otherwise", async () => {
    const { coffer, db, days, journal } = await prepare({});
    const before = await db.auditEvent.count();
    expect(NONE([...(await days(40))])).toBe(true);
    expect(await numbers(db, journal)).toHaveLength(before);
    expect([await db.auditRun.count(), await db.auditMark.count()]).toEqual([0, 0]);
    expect(await found(coffer)).toEqual([]);
  });

  test("is pruned once it is older than it need be, on record, and verifies", async () => {
    const { coffer, db, prune, days, journal } = await prepare(BY_DAYS);
    const old = (await numbers(db, journal)).length;
    expect(await prune()).toBe(0);
    await write(coffer, 1);
    expect(await days(2)).toEqual([0, 0]);
    const [pruned, again] = [(await days(1))[0], await prune()];
    expect([pruned, again]).toEqual([old, 0]);
    expect((await numbers(db, journal))[0]).toBe(old + 1);
    const target = `event ${String(old)} of journal ${journal}`;
    expect(await db.auditEvent.findMany({ where: { action: "audit.prune" } })).toMatchObject([
      { actorKind: "operator", outcome: "ok", target },
    ]);
    expect(await found(coffer)).toEqual([]);
    await days(4);
    expect(await found(coffer)).toEqual([]);
    expect(await db.auditMark.count()).toBeLessThan(6);
  });

  test("is pruned by count, but for the last day and what no second run has seen", async () => {
    const { coffer, db, prune, days, journal } = await prepare(BY_COUNT);
    await prune();
    expect(await days(1)).toEqual([0]);
    const before = await db.auditEvent.count();
    expect(await days(1)).toEqual([before - 6]);
    expect(await numbers(db, journal)).toHaveLength(7); // and the event that it was pruned
    await write(coffer, 30);
    expect(await prune()).toBe(0);
    coffer.clock.advance(DAY_MS - 1);
    expect(await prune()).toBe(6); // what was kept for being among the newest six
    expect((await numbers(db, journal)).length).toBeGreaterThan(30);
    expect(await found(coffer)).toEqual([]);
  });

  test("is pruned in several transactions where there is much, each on record", async () => {
    const { coffer, db, prune, days, journal } = await prepare(BY_DAYS);
    const admin = await asAdmin(coffer);
    for (let part = 0; part < 12; part++) {
      await Promise.all(Array.from({ length: 100 }, () => admin.get("/api/v1/whoami")));
    }
    const old = (await numbers(db, journal)).length;
    await prune();
    expect(await days(3)).toEqual([0, 0, old - 1]);
    const steps = await db.auditEvent.findMany({ where: { action: "audit.prune" } });
    expect(steps.map(({ target }) => target)).toEqual(
      [500, 1_000, old - 1].map((seq) => `event ${String(seq)} of journal ${journal}`),
    );
    expect(await found(coffer)).toEqual([]);
  });

  test("keeps the last event of every journal, to which others are linked", async () => {
    const home = temporaryHome();
    const first = await prepare(BY_DAYS, { home });
    await first.coffer.stop();
    const { coffer, db, days } = await prepare(BY_DAYS, { home, admin: false });
    await days(5);
    const left = await numbers(db, first.journal);
    expect(left).toHaveLength(1);
    expect(await found(coffer)).toEqual([]);
    await tamper(coffer, (tx) => tx.auditEvent.deleteMany({ where: { journalId: first.journal } }));
    expect(await found(coffer)).toContain(`cut ${String(left[0])}`);
  });

  test("is pruned by the operator only", async () => {
    const { coffer } = await prepare(BY_DAYS);
    const nobody = { kind: "nobody", origin: OPERATOR.origin } as const;
    await expect(coffer.vault.audit.prune(nobody)).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});

describe("a clock", () => {
  test.each([1, 40, 4_000])(
    "that jumps %i days ahead and stays there prunes nothing early",
    async (jump) => {
      const { coffer, prune, days } = await prepare(BY_DAYS);
      await prune();
      coffer.clock.advance(jump * DAY_MS);
      for (let restart = 0; restart < 5; restart++) {
        expect(await prune()).toBe(0);
        coffer.clock.advance(HOUR_MS);
      }
      coffer.clock.advance(-5 * HOUR_MS);
      expect(await days(1)).toEqual([0]);
      expect((await days(1))[0]).toBeGreaterThan(0);
    },
  );

  test("that jumps ahead does not prune the last day by count", async () => {
    const { coffer, prune, days } = await prepare(BY_COUNT);
    await prune();
    coffer.clock.advance(400 * DAY_MS);
    expect(await prune()).toBe(0);
    coffer.clock.advance(DAY_MS - 1);
    expect(await prune()).toBe(0);
    coffer.clock.advance(1 - DAY_MS - 400 * DAY_MS);
    expect(await prune()).toBe(0); // put right: the day counts from here
    coffer.clock.advance(DAY_MS - 1);
    expect(await prune()).toBe(0);
    expect((await days(1))[0]).toBeGreaterThan(0);
  });
});

describe("what was pruned", () => {
  /** A Coffer whose record was pruned, and up to which event. */
  async function pruned() {
    const world = await prepare(BY_DAYS);
    await world.prune();
    await world.days(3);
    await write(world.coffer, 10);
    const anchor = await world.db.auditAnchor.findFirstOrThrow();
    return { ...world, anchor };
  }

  test("is in no search, no chart and no export", async () => {
    const world = await prepare(BY_DAYS);
    const before = await searched(world.coffer); // the index has all by now
    await world.prune();
    await world.days(3);
    const { events, counted } = await searched(world.coffer);
    const left = await numbers(world.db, world.journal);
    expect(before.events.at(-1)?.seq).toBe(1);
    expect(events.at(-1)?.seq).toBe(left[0]);
    expect(left[0]).toBeGreaterThan(20);
    expect(counted).toBe(events.length);
    const admin = await asAdmin(world.coffer);
    const { text } = await admin.get("/api/v1/audit/export?format=jsonl");
    const exported = text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as RecordEvent).seq);
    expect(exported.at(-1)).toBe(left[0]);
    expect(exported).toHaveLength(Number(exported[0]) - Number(left[0]) + 1);
  });

  test.each<[what: string, change: (tx: Db, text: string) => Promise<unknown>, kinds: string[]]>([
    ["an anchor removed", (tx) => tx.auditAnchor.deleteMany(), ["missing 1"]],
    [
      "an anchor with another number",
      (tx, text) =>
        tx.auditAnchor.updateMany({
          data: { text: text.replace(/(\d+) ([\w-]{43})\n/, "5 $2\n") },
        }),
      ["added 1", "missing 1"],
    ],
    [
      "more cut by hand",
      async (tx) => {
        const { seq } = await tx.auditAnchor.findFirstOrThrow();
        await tx.auditEvent.deleteMany({ where: { seq: { lte: seq + 2 } } });
        await tx.auditAnchor.updateMany({ data: { seq: seq + 2 } });
      },
      ["missing +1"],
    ],
  ])("is told from %s, and then nothing more is pruned", async (_what, change, kinds) => {
    const { coffer, days, anchor } = await pruned();
    await tamper(coffer, (tx) => change(tx, anchor.text));
    const expected = kinds.map((kind) => kind.replace("+1", String(anchor.seq + 1)));
    expect(await found(coffer)).toEqual(expected);
    await expect(days(6)).rejects.toMatchObject({ code: "tampered" });
    expect(await found(coffer)).toEqual(expected);
  });

  test("is told from a prefix cut by hand where nothing was pruned", async () => {
    const { coffer } = await prepare(BY_DAYS);
    await tamper(coffer, (tx) => tx.auditEvent.deleteMany({ where: { seq: { lte: 5 } } }));
    expect(await found(coffer)).toEqual(["missing 1"]);
  });
});

test("an event whose time was changed to an old one is not pruned, nor anything else", async () => {
  const { coffer, db, prune, days, journal } = await prepare({ COFFER_AUDIT_KEEP_DAYS: "30" });
  await prune();
  expect(NONE(await days(30))).toBe(true);
  const at = new Date(coffer.clock.now().getTime() - 900 * DAY_MS);
  await tamper(coffer, (tx) =>
    tx.auditEvent.updateMany({ where: { seq: { lte: 9 } }, data: { at } }),
  );
  await expect(days(1)).rejects.toMatchObject({ code: "tampered" });
  expect((await numbers(db, journal))[0]).toBe(1);
  expect(await db.auditEvent.findFirst({ where: { action: "audit.prune" } })).toMatchObject({
    ...{ outcome: "failed", code: "tampered" },
  });
});

test("events that a sink has not been given are kept until it has", async () => {
  const home = temporaryHome();
  const stream = join(home, "later", "audit.jsonl");
  const { coffer, db, prune, days, journal } = await prepare(
    { ...BY_DAYS, COFFER_AUDIT_STREAM: stream },
    { home },
  );
  await prune();
  expect(NONE(await days(6))).toBe(true);
  expect((await numbers(db, journal))[0]).toBe(1);
  mkdirSync(join(home, "later"));
  await eventually(async () => {
    expect((await db.auditCursor.findFirstOrThrow()).seq).toBeGreaterThan(20);
  });
  expect((await days(1))[0]).toBeGreaterThan(20);
  expect(await found(coffer)).toEqual([]);
}, 120_000);

test("of two processes that would prune at the same time one does, and both go on writing", async () => {
  const home = temporaryHome();
  const one = await prepare(BY_DAYS, { home });
  const other = await prepare(BY_DAYS, { home, admin: false });
  let most: number[] = [];
  other.coffer.clock.advance(1_000);
  for (let day = 0; day < 5; day++) {
    const both = await Promise.all([one.prune(), other.prune()]);
    if (both.some((count) => count > 0)) most = both;
    one.coffer.clock.advance(DAY_MS);
    other.coffer.clock.advance(
      one.coffer.clock.now().getTime() - other.coffer.clock.now().getTime(),
    );
  }
  expect(most.filter((count) => count > 0)).toHaveLength(1);
  await Promise.all([write(one.coffer, 3), write(other.coffer, 3)]);
  expect(await found(one.coffer)).toEqual([]);
  expect(await found(other.coffer)).toEqual([]);
});
