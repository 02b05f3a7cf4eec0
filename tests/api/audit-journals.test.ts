import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { Chain } from "../../lib/audit/chain";
import { Checkpoints } from "../../lib/audit/checkpoint";
import { openJournal } from "../../lib/audit/journal";
import { linkOf } from "../../lib/audit/link";
import { openKeyring } from "../../lib/crypto/keyring";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import { contentOf } from "../../lib/store/event-rows";
import { tipOf, type Tip } from "../../lib/store/journal-rows";
import { readKeyring } from "../../lib/store/keyring-rows";
import type { Db, Store } from "../../lib/store/store";
import {
  asAdmin,
  must,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  tamper,
  type Client,
  type Coffer,
  type StartOptions,
} from "../support/coffer";
import { admit, refuse } from "../support/database";
import { eventually } from "../support/eventually";
import { TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";
import { startReceiver } from "../support/webhook-receiver";

type OpenJournal = NonNullable<StartOptions["openJournal"]>;

/** Journals that are full with so many events. */
const ofAtMost =
  (events: number): OpenJournal =>
  (store, first, now, key) =>
    openJournal(store, first, now, key, events);

/** What is on record, by journals in the order in which each was linked to the one before it. */
async function journalsOf(db: Db) {
  const [journals, events] = [await db.journal.findMany(), await db.auditEvent.findMany()];
  const linked = new Map(
    journals.flatMap((journal) => (linkOf(journal)?.heads ?? []).map(([id]) => [id, journal])),
  );
  const inOrder = [];
  let next = journals.find((journal) => linkOf(journal)?.heads.length === 0);
  while (next) {
    const { id } = next;
    const own = events.filter(({ journalId }) => journalId === id).sort((a, b) => a.seq - b.seq);
    inOrder.push({ id, heads: linkOf(next)?.heads ?? [], events: own });
    next = linked.get(id);
  }
  return { inOrder, journals: journals.length, events: events.length };
}

/** Whether every journal goes on exactly where the one before it ends, and has events without gaps from 1 on. */
async function expectOneAfterTheOther(db: Db, fullWith: number): Promise<number> {
  const { inOrder, journals, events } = await journalsOf(db);
  expect(inOrder).toHaveLength(journals);
  expect(inOrder.flatMap((journal) => journal.events)).toHaveLength(events);
  for (const [index, journal] of inOrder.entries()) {
    expect(journal.events.map(({ seq }) => seq)).toEqual(journal.events.map((_, at) => at + 1));
    const before = inOrder[index - 1];
    if (!before) continue;
    const last = before.events.at(-1);
    expect(before.events.length).toBeGreaterThanOrEqual(fullWith);
    expect(journal.heads).toEqual([[before.id, last?.seq, last?.mac]]);
    expect(journal.events[0]).toMatchObject({
      ...{ action: "audit.continue", target: `journal ${before.id}`, actorKind: "operator" },
    });
  }
  return journals;
}

/** What a verification of the whole record finds. */
async function found(coffer: Coffer, admin: Client): Promise<{ findings: number }> {
  must(200, await admin.post("/api/v1/audit/verify", {}));
  await coffer.vault.audit.settled();
  const { verification } = must(200, await admin.get("/api/v1/audit/verify")) as {
    verification: { findings: number; items: unknown[]; state: string };
  };
  expect(verification.state).toBe("done");
  return verification;
}

/** A sink is given every event there is. */
async function expectAllArrive(db: Db, taken: readonly RecordEvent[]): Promise<void> {
  await eventually(async () => {
    const events = await db.auditEvent.findMany({ select: { journalId: true, seq: true } });
    const have = new Set(taken.map(({ journal, seq }) => `${journal} ${String(seq)}`));
    const places = events.map(({ journalId, seq }) => `${journalId} ${String(seq)}`);
    expect(places.filter((place) => !have.has(place))).toEqual([]);
  });
}

describe("a process whose journal is full", () => {
  test("goes on in another one, linked to its end, and loses nothing of what is asked at the same time", async () => {
    const receiver = await startReceiver();
    const options = { env: receiver.env, openJournal: ofAtMost(7) };
    const coffer = await startCoffer(options);
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "API_KEY", "value-of-the-key");
    const service = await mustHaveService(coffer, admin, ["API_*"]);
    const { db } = await coffer.database();
    const before = await db.auditEvent.count({ where: { action: { not: "audit.continue" } } });

    const statuses: number[] = [];
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 12 }, (_, index) =>
        index % 6 === 5
          ? admin.post("/api/v1/secrets", {
              name: `N_${String(round)}_${String(index)}`,
              value: "v",
            })
          : service.resolve("$SECRET/API_KEY"),
      );
      for (const { status } of await Promise.all(asked)) statuses.push(status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    const counted = await db.auditEvent.groupBy({ by: ["action"], _count: true });
    const count = (action: string) => counted.find((row) => row.action === action)?._count;
    expect([count("secrets.resolve"), count("secrets.create")]).toEqual([50, 11]);
    const after = await db.auditEvent.count({ where: { action: { not: "audit.continue" } } });
    expect(after - before).toBe(60);

    expect(await expectOneAfterTheOther(db, 7)).toBeGreaterThan(4);
    expect(await found(coffer, admin)).toMatchObject({ findings: 0, items: [] });
    await expectAllArrive(db, receiver.taken);
    await coffer.stop();
    const again = await startCoffer({ ...options, home: coffer.home });
    const store = await again.database();
    expect(await store.db.auditEvent.count({ where: { action: "stop" } })).toBe(1);
    await expectAllArrive(store.db, receiver.taken);
    const { inOrder, journals } = await journalsOf(store.db);
    expect(inOrder).toHaveLength(journals);
  });

  test("answers nothing as long as no other one can be opened, leaves nothing half done, and goes on by itself", async () => {
    const coffer = await startCoffer({ openJournal: ofAtMost(40) });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "API_KEY", "value-of-the-key");
    const service = await mustHaveService(coffer, admin, ["API_*"]);
    const { db } = await coffer.database();
    const count = async () => [await db.journal.count(), await db.auditEvent.count()];
    while ((await db.auditEvent.count()) < 40) must(200, await service.resolve("$SECRET/API_KEY"));
    const full = await count();
    expect(full).toEqual([1, 40]);

    // Its row can be written, and its first event can't: neither is left.
    const when = `NEW."action" = 'audit.continue'`;
    await tamper(coffer, (tx) =>
      refuse(tx, { name: "no_other", table: "AuditEvent", when, saying: "no" }),
    );
    for (let attempt = 0; attempt < 2; attempt++) {
      expectProblem(await service.resolve("$SECRET/API_KEY"), 503, "unavailable");
      const created = await admin.post("/api/v1/secrets", { name: "OTHER", value: "other-value" });
      expectProblem(created, 503, "unavailable");
    }
    expect(
      await coffer.vault.ready().then(
        () => "ready",
        () => "not ready",
      ),
    ).toBe("not ready");
    expect(await count()).toEqual(full);
    expect(await db.secret.count()).toBe(1);

    await tamper(coffer, (tx) => admit(tx, "no_other"));
    await coffer.vault.ready();
    must(200, await service.resolve("$SECRET/API_KEY"));
    await mustCreateSecret(admin, "OTHER", "other-value");
    expect((await count())[0]).toBe(2);
    await expectOneAfterTheOther(db, 40);
    expect(await found(coffer, admin)).toMatchObject({ findings: 0 });
  });

  test("is linked to by the next start, wherever it ends", async () => {
    const openJournal = ofAtMost(3);
    const first = await startCoffer({ openJournal });
    for (let start = 0; start < 5; start++) {
      // Those before it go on running, and write nothing: they stand for processes that were killed there.
      const other = await startCoffer({ home: first.home, admin: false, openJournal });
      const admin = await asAdmin(other);
      for (let event = 0; event < start; event++) must(200, await admin.get("/api/v1/whoami"));
      expect(await found(other, admin)).toMatchObject({ findings: 0 });
    }
    const { inOrder, journals } = await journalsOf((await first.database()).db);
    expect(inOrder).toHaveLength(journals);
  });
});

/** Has a journal go on as if it had `length` events, of which all but the last were pruned. */
function longer(length: number): OpenJournal {
  return async (store, first, now, key) => {
    let isLonger = false;
    const appendEvents: Store["appendEvents"] = async (events, begin, committed) => {
      if (isLonger) return store.appendEvents(events, begin, committed);
      isLonger = true;
      committed({ written: events.map(() => true), tip: await lengthen(store, key, length) });
    };
    const journal = await openJournal(
      Object.assign(Object.create(store) as Store, { appendEvents }),
      ...([first, now, key] as const),
    );
    await journal.record(first);
    return journal;
  };
}

/** Puts the only event that there is at that number, behind an anchor. Returns where the journal ends then. */
async function lengthen(store: Store, key: Uint8Array, length: number): Promise<Tip> {
  const record = await readKeyring(store.db);
  if (!record) throw new Error("This Coffer has no keyring.");
  const keyring = await openKeyring(record, TEST_KEY);
  const chain = new Chain(key);
  const { id: journal, openedAt, link } = await store.db.journal.findFirstOrThrow();
  const event = await store.db.auditEvent.findFirstOrThrow();
  const before = { seq: length - 1, mac: "A".repeat(43) };
  const opening = chain.opening(journal, openedAt.toISOString(), link ?? "");
  const text = new Checkpoints(keyring.id, keyring.derive("checkpoint")).signAnchor(openedAt, {
    ...{ journal, opening, ...before },
  });
  const tip = tipOf(chain.after(journal, before).place([contentOf(event)]));
  if (!tip) throw new Error("There is no such event.");
  await store.write(async (tx) => {
    await tx.auditEvent.updateMany({ data: tip });
    await tx.auditAnchor.create({ data: { journalId: journal, seq: before.seq, text } });
  });
  return tip;
}

test("a journal is full before its numbers are used up, and what is beyond two thousand million is in the next one", async () => {
  const receiver = await startReceiver();
  const env = { ...receiver.env, COFFER_AUDIT_KEEP_DAYS: "2" };
  const coffer = await startCoffer({ env, openJournal: longer(1_999_999_990) });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "value-of-the-key");
  const service = await mustHaveService(coffer, admin, ["API_*"]);
  const asked = Array.from({ length: 40 }, () => service.resolve("$SECRET/API_KEY"));
  for (const answer of await Promise.all(asked)) must(200, answer);

  const { db } = await coffer.database();
  const ends = await db.auditEvent.groupBy({ by: ["journalId"], _max: { seq: true } });
  const [end = 0, highest = 0] = ends.map(({ _max }) => Number(_max.seq)).sort((a, b) => a - b);
  expect(ends).toHaveLength(2);
  expect(end).toBeLessThan(50);
  expect(highest).toBeGreaterThanOrEqual(2_000_000_000);
  expect(highest).toBeLessThan(2 ** 31);
  const next = await db.auditEvent.findFirstOrThrow({ where: { action: "audit.continue" } });
  const last = await db.auditEvent.findFirstOrThrow({ where: { seq: highest } });
  const { link } = await db.journal.findFirstOrThrow({ where: { id: next.journalId } });
  expect(linkOf({ link })?.heads).toEqual([[last.journalId, highest, last.mac]]);
  expect(await db.auditEvent.count({ where: { action: "secrets.resolve" } })).toBe(40);

  expect(await found(coffer, admin)).toMatchObject({ findings: 0, items: [] });
  await expectAllArrive(db, receiver.taken);
  const search = "/api/v1/audit?action=secrets.resolve&limit=100";
  expect((must(200, await admin.get(search)) as RecordPage).items).toHaveLength(40);
  for (let day = 0; day < 5; day++) {
    coffer.clock.advance(24 * 60 * 60 * 1000);
    await coffer.vault.audit.prune(OPERATOR);
    await expectAllArrive(db, receiver.taken);
  }
  expect((await db.auditAnchor.findMany()).map(({ seq }) => seq)).toContain(highest - 1);
  const again = await asAdmin(coffer);
  expect(await found(coffer, again)).toMatchObject({ findings: 0, items: [] });
});
