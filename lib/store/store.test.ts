import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ON_POSTGRES, testDatabase } from "../../tests/support/database";
import { eventually } from "../../tests/support/eventually";
import { isDatabaseError, isUniqueViolation, openStore, type Store } from "./store";

// Migrating takes a fraction of a second of an idle core, and more of a busy one.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let home: string;
let database: Awaited<ReturnType<typeof testDatabase>>;
let open: Store[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "coffer-store-"));
  database = await testDatabase(home);
});

afterEach(async () => {
  for (const store of open) await store.close();
  open = [];
  await database.remove();
  rmSync(home, { recursive: true, force: true });
});

async function openHere(): Promise<Store> {
  const { databaseUrl } = database;
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  open.push(store);
  return store;
}

async function openWithRevision(): Promise<Store> {
  const store = await openHere();
  await store.write((tx) => tx.revision.create({ data: { id: 1, counter: 0 } }));
  return store;
}

const raise = { where: { id: 1 }, data: { counter: { increment: 1 } } };

async function counterOf(store: Store): Promise<number> {
  return (await store.db.revision.findUniqueOrThrow({ where: { id: 1 } })).counter;
}

describe("a write", () => {
  it("is seen by readers once it is committed and not before", async () => {
    const store = await openWithRevision();
    await store.write(async (tx) => {
      await tx.revision.update(raise);
      expect(await counterOf(store)).toBe(0);
    });
    expect(await counterOf(store)).toBe(1);
  });

  it("leaves nothing when it throws, and takes nobody else's write with it", async () => {
    const store = await openWithRevision();
    const failing = store.write(async (tx) => {
      await tx.revision.update({ where: { id: 1 }, data: { counter: 100 } });
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error("changed my mind");
    });
    const other = store.write((tx) => tx.revision.update(raise));
    await expect(failing).rejects.toThrow("changed my mind");
    await other;
    expect(await counterOf(store)).toBe(1);
  });

  it("runs alone: of many at once each sees what the one before it left", async () => {
    const store = await openWithRevision();
    await Promise.all(
      Array.from({ length: 20 }, () =>
        store.write(async (tx) => {
          await tx.revision.update({ where: { id: 1 }, data: { counter: { increment: 0 } } });
          const { counter } = await tx.revision.findUniqueOrThrow({ where: { id: 1 } });
          await new Promise((resolve) => setImmediate(resolve));
          await tx.revision.update({ where: { id: 1 }, data: { counter: counter + 1 } });
        }),
      ),
    );
    expect(await counterOf(store)).toBe(20);
  });

  it("says that it is committed before the next one begins, and never when it failed", async () => {
    const store = await openWithRevision();
    const order: string[] = [];
    const write = (name: string, fails = false) =>
      store.write(
        async (tx) => {
          order.push(`${name} begins`);
          await tx.revision.update(raise);
          if (fails) throw new Error(name);
        },
        {
          last: () => Promise.resolve(),
          committed: () => order.push(`${name} committed`),
        },
      );
    const results = await Promise.allSettled([write("a"), write("b", true), write("c")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(order).toEqual([
      ...["a begins", "a committed", "b begins"],
      ...["c begins", "c committed"],
    ]);
  });

  it.skipIf(ON_POSTGRES)(
    "that another process gets in the way of is done again, from its start",
    async () => {
      const store = await openWithRevision();
      const neighbour = await openHere();
      let attempts = 0;
      await store.write(async (tx) => {
        attempts++;
        const { counter } = await tx.revision.findUniqueOrThrow({ where: { id: 1 } });
        if (attempts === 1) await neighbour.write((theirs) => theirs.revision.update(raise));
        await tx.revision.update({ where: { id: 1 }, data: { counter: counter + 10 } });
      });
      expect(attempts).toBe(2);
      expect(await counterOf(store)).toBe(11);
    },
  );
});

describe.skipIf(ON_POSTGRES)("two processes on one file", () => {
  it("wait for each other's transaction, without stopping anything else", async () => {
    const store = await openWithRevision();
    const neighbour = await openHere();
    let attempts = 0;
    const gate = new EventEmitter();
    const finished = once(gate, "open");
    const theirs = neighbour.write(async (tx) => {
      await tx.revision.update(raise);
      await finished;
    });
    await eventually(async () => expect(await counterOf(store)).toBe(0));
    const mine = store.write(async (tx) => {
      if (++attempts === 3) gate.emit("open");
      await tx.revision.update(raise);
    });
    await Promise.all([theirs, mine]);
    expect(attempts).toBeGreaterThanOrEqual(3);
    expect(await counterOf(store)).toBe(2);
  });

  it("leave no deleted row in the log, also where one was reading while the other deleted", async () => {
    const store = await openWithRevision();
    const neighbour = await openHere();
    const log = () => readFileSync(join(home, "coffer.db-wal"));
    const at = new Date();
    const link = { id: "l", kind: "x", hash: "to-be-forgotten", createdAt: at, expiresAt: at };
    await store.write((tx) => tx.oneTimeLink.create({ data: link }));
    expect(log().includes("to-be-forgotten")).toBe(true);
    await neighbour.db.$executeRawUnsafe("BEGIN");
    await neighbour.db.oneTimeLink.count(); // reads, and keeps what it has read readable
    await store.write((tx) => tx.oneTimeLink.deleteMany({}));
    await store.scrubLog();
    await neighbour.db.$executeRawUnsafe("COMMIT");
    await eventually(() => expect(log()).toHaveLength(0));
    expect(readFileSync(join(home, "coffer.db")).includes("to-be-forgotten")).toBe(false);
  });
});

describe("what a sink was given", () => {
  const [before, at] = [new Date("2026-01-02T03:04:05.678Z"), new Date("2026-01-02T04:00:00.001Z")];
  const cursor = (journalId: string, seq: number, mac = "m") => ({
    ...{ sinkId: "webhook", journalId, seq, mac },
  });
  const delivered = (holder: string, ...cursors: ReturnType<typeof cursor>[]) => ({
    ...{ sinkId: "webhook", holder, at, leaseMs: 20_000, cursors },
  });

  /** A store with a sink that has failed, of which `holder` has the lease. */
  async function openWithSink(holder: string): Promise<Store> {
    const store = await openWithRevision();
    const failing = { failingSince: before, problem: "It answered 500." };
    await store.write(async (tx) => {
      await tx.auditSink.create({ data: { id: "webhook", holder, heldUntil: before, ...failing } });
      await tx.auditCursor.createMany({ data: [cursor("a", 5), cursor("other", 1)] });
    });
    return store;
  }

  const cursorsOf = ({ db }: Store) => db.auditCursor.findMany({ orderBy: { journalId: "asc" } });

  it("is noted for who has its lease, which lasts on: its cursors move, and it is failing no more", async () => {
    const store = await openWithSink("me");
    expect(await store.writeDelivered(delivered("me", cursor("a", 9), cursor("b", 2)))).toBe(true);
    expect(await cursorsOf(store)).toEqual([cursor("a", 9), cursor("b", 2), cursor("other", 1)]);
    const { heldUntil, ...sink } = await store.db.auditSink.findFirstOrThrow();
    const noted = { holder: "me", deliveredAt: at, failingSince: null, problem: null };
    expect(sink).toEqual({ id: "webhook", ...noted });
    if (ON_POSTGRES)
      expect(heldUntil.getTime()).toBeGreaterThan(at.getTime()); // by its own clock
    else expect(heldUntil).toEqual(new Date("2026-01-02T04:00:20.001Z"));
  });

  it("is not noted for who has its lease no more, and nothing of it is", async () => {
    const store = await openWithSink("another");
    const sink = await store.db.auditSink.findFirst();
    expect(await store.writeDelivered(delivered("me", cursor("a", 9), cursor("b", 2)))).toBe(false);
    expect(await store.db.auditSink.findFirst()).toEqual(sink);
    expect(await cursorsOf(store)).toEqual([cursor("a", 5), cursor("other", 1)]);
  });

  it("is no change that anything has to be decided again for", async () => {
    const store = await openWithSink("me");
    const known = await store.look();
    await store.writeDelivered(delivered("me", cursor("a", 9)));
    expect(await store.look()).toBe(known);
  });
});

describe("a table", () => {
  it("refuses what it refers to and is not there, and what is there twice", async () => {
    const store = await openWithRevision();
    const createdAt = new Date();
    const at = { createdAt, rotatedAt: createdAt, createdBy: "", rotatedBy: "" };
    const orphan = store.write((tx) =>
      tx.secret.create({
        data: {
          ...{ id: "s", environmentId: "none", name: "A", nameKey: "a", description: "" },
          ...{ tags: "[]", searchKey: "a", currentVersion: 1, highestVersion: 1, mac: "", ...at },
        },
      }),
    );
    await expect(orphan).rejects.toSatisfy(isDatabaseError);
    const twice = store.write((tx) => tx.revision.create({ data: { id: 1, counter: 0 } }));
    await expect(twice).rejects.toSatisfy(isUniqueViolation);
    await expect(orphan).rejects.not.toSatisfy(isUniqueViolation);
  });
});

describe.skipIf(ON_POSTGRES)("a connection", () => {
  it("waits for disks, overwrites what it deletes, and checks references", async () => {
    const store = await openHere();
    const pragma = async (name: string) => {
      const [row] = await store.db.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${name}`);
      return String(Object.values(row ?? {})[0]);
    };
    expect(await pragma("journal_mode")).toBe("wal");
    expect(await pragma("synchronous")).toBe("2");
    expect(await pragma("secure_delete")).toBe("1");
    expect(await pragma("foreign_keys")).toBe("1");
  });
});

describe("an error of the code above", () => {
  it("is not taken for the database's", () => {
    for (const error of [
      new Error("x"),
      new TypeError("x"),
      null,
      "SQLITE_BUSY",
      { code: "P2002" },
    ]) {
      expect(isDatabaseError(error)).toBe(false);
      expect(isUniqueViolation(error)).toBe(false);
    }
  });
});

describe("a sealed value that is read past Prisma", () => {
  it("is told with its place, and up to which version the values of its secret were lost", async () => {
    const store = await openHere();
    const at = new Date("2026-01-02T03:04:05.678Z");
    await store.write(async (tx) => {
      await tx.environment.create({
        data: { id: "e", slug: "default", name: "Default", createdAt: at, mac: "" },
      });
      await tx.secret.create({
        data: {
          ...{ id: "s", environmentId: "e", name: "API_KEY", nameKey: "api_key", description: "" },
          ...{ tags: "[]", searchKey: "", currentVersion: 3, highestVersion: 3, lostVersion: 2 },
          ...{ createdAt: at, createdBy: "", rotatedAt: at, rotatedBy: "", mac: "" },
        },
      });
      await tx.secretVersion.createMany({
        data: ["lost", null, "cfv1.0000000001.x"].map((sealed, index) => ({
          ...{ secretId: "s", version: index + 1, sealed, createdAt: at, createdBy: "" },
        })),
      });
    });
    const keys = [1, 2, 3].map((version) => ({ secretId: "s", version }));
    const rows = await store.direct.readSealedRows(keys);
    const place = { secretId: "s", environmentId: "e", nameKey: "api_key", lostVersion: 2 };
    expect(rows.toSorted((one, other) => one.version - other.version)).toEqual([
      { ...place, version: 1, sealed: "lost" },
      { ...place, version: 3, sealed: "cfv1.0000000001.x" },
    ]);
  });
});
