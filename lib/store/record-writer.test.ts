import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { bundleOptions } from "../../scripts/setup/server.mjs";
import { admit, swallow, type Swallowing } from "../../tests/support/database";
import { OPERATOR } from "../access/caller";
import { AnchorReader } from "../audit/anchor";
import { Chain, macOf } from "../audit/chain";
import { Checkpoints } from "../audit/checkpoint";
import { openJournal } from "../audit/journal";
import { verify } from "../audit/verify";
import { contentOf, type EventRow, type EventToWrite, type StoredEvent } from "./event-rows";
import type { Placing, RecordRows, Tip } from "./journal-rows";
import { holds, type Under } from "./moment";
import { isDatabaseError, openStore, type Store } from "./store";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Where the packages are found that the thread imports. */
const shared = mkdtempSync(join(process.cwd(), "node_modules", ".writer-"));
const THREAD = join(shared, "writer.mjs");

beforeAll(() => build(bundleOptions("lib/audit/write-thread.ts", THREAD)));
afterAll(() => rmSync(shared, { recursive: true, force: true }));

const JOURNAL = "journal";

const EVENT: EventRow = {
  ...{ at: new Date(), actorKind: "operator", actorId: "", actorName: "operator" },
  ...{ action: "start", environment: "", target: "", names: "[]", outcome: "ok", code: "" },
  ...{ address: "local", userAgent: "", requestId: "", tokenId: null, incident: null },
  repeats: null,
};

const chain = new Chain(Buffer.alloc(32, 1));

/** The places of events in a journal, after those that are there. */
function placing(record: RecordRows): Placing {
  return chain.after(JOURNAL, record.end(JOURNAL) ?? { seq: 0, mac: "" });
}

function firstOf({ place }: Placing): StoredEvent {
  return place([contentOf(EVENT)])[0] ?? [];
}

/** Writes events decided under these; true for each that was written. */
async function append(store: Store, ...under: (Under | null)[]): Promise<readonly boolean[]> {
  let written: readonly boolean[] = [];
  let tip: Tip | undefined;
  const events = under.map((each): EventToWrite => ({ row: EVENT, under: each }));
  await store.appendEvents(events, placing, (appended) => ({ written, tip } = appended));
  if (tip) expect(await store.direct.record.end(JOURNAL)).toEqual(tip);
  else expect(written).not.toContain(true);
  return written;
}

describe.each(["in this thread", "in a thread of its own"])(
  "the writer of the record, %s",
  (where) => {
    let home: string;
    let open: Store[] = [];

    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), "coffer-store-"));
    });

    afterEach(async () => {
      for (const store of open) await store.close();
      open = [];
      rmSync(home, { recursive: true, force: true });
    });

    async function openHere(): Promise<Store> {
      const store = await openStore({
        databaseUrl: `file:${join(home, "coffer.db")}`,
        prismaDirectory: join(process.cwd(), "prisma"),
        writer: where === "in this thread" ? undefined : THREAD,
      });
      open.push(store);
      return store;
    }

    /** A store whose present state is known. */
    async function openKnown(): Promise<Store> {
      const store = await openHere();
      await store.write((tx) => tx.revision.create({ data: { id: 1, counter: 7 } }));
      const journal = { id: JOURNAL, openedAt: EVENT.at, link: "" };
      await store.openJournal(
        (record) => ({ journal, first: firstOf(placing(record)) }),
        () => undefined,
      );
      await append(store, store.latest); // which it is no more, and so is known
      return store;
    }

    const raise = (by: number) => ({ where: { id: 1 }, data: { counter: { increment: by } } });
    const count = (store: Store) => store.direct.record.count();

    it("writes what was decided under the present, and what binds to nothing", async () => {
      const store = await openKnown();
      expect(store.latest.revision).toBe(7);
      expect(await append(store, store.latest, null, { revision: 7, epoch: null })).toEqual([
        ...[true, true, true],
      ]);
      expect(count(store)).toBe(4);
    });

    it("goes on in the next journal of a process whose own is full", async () => {
      const store = await openHere();
      await store.write((tx) => tx.revision.create({ data: { id: 1, counter: 7 } }));
      const key = Buffer.alloc(32, 1);
      const event = { caller: OPERATOR, action: "start", outcome: "ok" } as const;
      const journal = await openJournal(store, event, () => new Date(), key, 5);
      for (let round = 0; round < 8; round++) {
        const change = journal.commit(async (tx, note) => {
          await tx.revision.update(raise(1));
          note(event);
        });
        await Promise.all([change, journal.record(event), journal.record(event)]);
      }
      const { vault, publicKey } = new Checkpoints("V".repeat(22), key).anchors;
      const record = store.direct.record as RecordRows;
      const steps = verify(record, chain, null, new AnchorReader(vault, publicKey));
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      expect(step.value.findings.items).toEqual([]);
      const continued = await store.db.auditEvent.count({ where: { action: "audit.continue" } });
      expect(continued).toBeGreaterThan(2);
      expect(step.value).toMatchObject({ journals: 1 + continued, checked: 25 + continued });
    });

    it("takes nothing that it has written itself for a change", async () => {
      const store = await openKnown();
      const sink = { id: "webhook", holder: "me", heldUntil: new Date() };
      await store.write((tx) => tx.auditSink.create({ data: sink }));
      const before = await store.look();
      await append(store, before);
      await store.writeSecretUses([]);
      await store.writeTokenUses([]);
      await store.replaceSealed([]);
      const delivered = {
        sinkId: "webhook",
        holder: "me",
        at: new Date(),
        leaseMs: 1,
        cursors: [],
      };
      expect(await store.writeDelivered(delivered)).toBe(true);
      expect(await append(store, before)).toEqual([true]);
      expect(store.latest).toBe(before);
    });

    it("writes nothing that was decided under an older Revision, whoever has raised it", async () => {
      const store = await openKnown();
      const neighbour = await openHere();
      for (const other of [store, neighbour]) {
        const before = store.latest;
        await other.write((tx) => tx.revision.update(raise(1)));
        const older = { ...before, epoch: null };
        expect(await append(store, before, older, null)).toEqual([false, false, true]);
        expect(store.latest.revision).toBe(before.revision + 1);
        expect(await append(store, store.latest)).toEqual([true]);
      }
    });

    it("writes nothing that was decided before anything else was committed, though it raised no Revision; but what need only be of the Revision", async () => {
      const store = await openKnown();
      const before = store.latest;
      const neighbour = await openHere();
      await neighbour.write((tx) => tx.revision.update(raise(0)));
      expect(await append(store, before, { ...before, epoch: null })).toEqual([false, true]);
      expect(store.latest).toEqual({ revision: 7, epoch: before.epoch + 1 });
    });

    it("gives those that are written numbers without gaps and MACs one of the other, though others beside them are not", async () => {
      const store = await openKnown();
      const past = { revision: 6, epoch: null };
      expect(await append(store, past, null, past, store.latest)).toEqual([
        false,
        true,
        false,
        true,
      ]);
      const page = await store.direct.record.page(JOURNAL, 0, 10);
      const numbers = page.map(([, seq]) => seq);
      expect(numbers).toEqual([1, 2, 3]);
      let previous = "";
      for (const event of page) {
        expect(macOf(event)).toBe(chain.next(previous, event));
        previous = String(macOf(event));
      }
    });

    it("has an error that is the database's where the table refuses, and works again after it", async () => {
      const store = await openKnown();
      await store.write(async (tx) => {
        await tx.revision.update(raise(0));
        await tx.$executeRawUnsafe(
          `CREATE TRIGGER full BEFORE INSERT ON "AuditEvent" BEGIN SELECT RAISE(ABORT, 'full'); END`,
        );
      });
      const error = await append(store, null).catch((thrown: unknown) => thrown);
      expect(isDatabaseError(error)).toBe(true);
      expect(count(store)).toBe(1);
      await store.write(async (tx) => {
        await tx.revision.update(raise(0));
        await tx.$executeRawUnsafe(`DROP TRIGGER full`);
      });
      expect(await append(store, null)).toEqual([true]);
    });

    it.each<[how: Swallowing, which: string]>([
      ["before", `NEW."seq" = 2`],
      ["before", `NEW."seq" = 3`],
      ["after", `NEW."seq" = 2`],
      ["after", `NEW."seq" = 3`],
    ])("writes none of them where one is swallowed %s it is there: %s", async (how, when) => {
      const store = await openKnown();
      await store.write((tx) => swallow(tx, { name: "evil", table: "AuditEvent", how, when }));
      const error = await append(store, null, null).catch((thrown: unknown) => thrown);
      expect(isDatabaseError(error)).toBe(true);
      expect(error).toMatchObject({ name: "NotKept" });
      expect(count(store)).toBe(1);
      await store.write((tx) => admit(tx, "evil"));
      expect(await append(store, null, null)).toEqual([true, true]);
      expect(count(store)).toBe(3);
    });

    it("does not take an event for its own that stands in the place of its last", async () => {
      const store = await openKnown();
      const other = `UPDATE "AuditEvent" SET "mac" = 'other' WHERE "seq" = NEW."seq"`;
      await store.write((tx) =>
        tx.$executeRawUnsafe(
          `CREATE TRIGGER "evil" AFTER INSERT ON "AuditEvent" BEGIN ${other}; END`,
        ),
      );
      await expect(append(store, null)).rejects.toMatchObject({ name: "NotKept" });
      expect(count(store)).toBe(1);
    });

    it("waits for another process's transaction", async () => {
      const store = await openKnown();
      const neighbour = await openHere();
      let appended: Promise<readonly boolean[]> | undefined;
      await neighbour.write(async (tx) => {
        await tx.revision.update(raise(0));
        appended = append(store, null);
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
      expect(await appended).toEqual([true]);
    });
  },
);

it("what was decided under a moment holds in no other", () => {
  const now = { revision: 3, epoch: 5 };
  expect(holds(now, now)).toBe(true);
  expect(holds({ revision: 3, epoch: null }, now)).toBe(true);
  expect(holds({ revision: 3, epoch: 4 }, now)).toBe(false);
  expect(holds({ revision: 2, epoch: null }, now)).toBe(false);
});
