import { createSecretKey } from "node:crypto";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { deafTo } from "../../../tests/support/deaf";
import { admit, swallow, type Swallowing } from "../../../tests/support/database";
import { eventually } from "../../../tests/support/eventually";
import { administer, dropDatabase, makeDatabase } from "../../../tests/support/postgres";
import type { EventRow, EventToWrite, StoredEvent } from "../event-rows";
import type { Under } from "../moment";
import { appendAtOnce, insertEvents } from "./event-rows";
import { openPool } from "./pool";
import { queryOn } from "./query";
import { transaction } from "./transaction";
import { isDatabaseError, isFull, isUniqueViolation, openStore, type Store } from "../store";

const server = inject("postgresUrl");
const at = new Date("2030-01-31T10:15:00.123Z");
const raise = { where: { id: 1 }, data: { counter: { increment: 1 } } };
const raiseNothing = { where: { id: 1 }, data: { counter: { increment: 0 } } };

async function newDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  await administer(databaseUrl, `INSERT INTO "Revision" ("id", "counter") VALUES (1, 1)`);
  return databaseUrl;
}

async function open(databaseUrl: string): Promise<Store> {
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  onTestFinished(() => store.close());
  return store;
}

function fail(): never {
  throw new Error("There is no such store.");
}

const key = createSecretKey(Buffer.alloc(32, 1));

const row: EventRow = {
  ...{ at, actorKind: "service", actorId: "s", actorName: "s", action: "secrets.resolve" },
  ...{ environment: "default", target: "", names: "[]", outcome: "ok", code: "" },
  ...{ address: "", userAgent: "", requestId: "", tokenId: null, incident: null, repeats: null },
};

const cells = (journalId: string, seq: number): StoredEvent => [
  ...[journalId, seq, "2030-01-31T10:15:00.123+00:00", "service", "s", "s", "secrets.resolve"],
  ...["default", "", "[]", "ok", "", "", "", "", null, null, null, `mac ${String(seq)}`],
];

/** A journal that a test writes to, as `Journal` does. */
async function journalIn(store: Store, id: string) {
  await store.openJournal(
    () => ({ journal: { id, openedAt: at, link: "{}" }, first: cells(id, 1) }),
    () => undefined,
  );
  let end = 1;
  return async (...under: (Under | null)[]): Promise<readonly boolean[]> => {
    let said: readonly boolean[] = [];
    const events: EventToWrite[] = under.map((each) => ({ row, under: each }));
    await store.appendEvents(
      events,
      () => ({
        after: { journalId: id, seq: end, mac: "", key },
        place: (contents) => contents.map((_, index) => cells(id, end + 1 + index)),
      }),
      ({ written, tip }) => {
        said = written;
        end = tip?.seq ?? end;
      },
    );
    return said;
  };
}

test("an event that was decided before another instance's change is not written, and one that was decided after it is", async () => {
  const databaseUrl = await newDatabase();
  const mine = await open(databaseUrl);
  const theirs = await open(databaseUrl);
  const record = await journalIn(mine, "j");
  const under = mine.latest;
  expect(await record(under)).toEqual([true]);
  await theirs.write((tx) => tx.revision.update(raise));
  expect(mine.latest).toBe(under); // nobody has told this instance
  expect(await record(under, null, under)).toEqual([false, true, false]);
  expect(mine.latest.revision).toBe(under.revision + 1);
  expect(await record(mine.latest)).toEqual([true]);
  const events = await administer(databaseUrl, `SELECT "seq" FROM "AuditEvent" ORDER BY 1`);
  expect(events).toEqual([1, 2, 3, 4].map((seq) => ({ seq })));
});

test("an event that was decided under the same Revision of another server's history is not written", async () => {
  const databaseUrl = await newDatabase();
  await journalIn(await open(databaseUrl), "j");
  const pool = openPool(databaseUrl, { max: 1 });
  onTestFinished(() => pool.end());
  const query = queryOn(pool, false);
  const { seen } = await insertEvents(query, [cells("j", 2)], null);
  const before = { ...seen, timeline: "FFFFFFFF" }; // of a primary whose place another one has taken
  expect(await insertEvents(query, [cells("j", 3)], before)).toEqual({ isWritten: false, seen });
  expect(await insertEvents(query, [cells("j", 3)], seen)).toEqual({ isWritten: true, seen });
});

test("what nothing in the database has a hand in is put on record in one statement, which is a transaction of its own", async () => {
  const databaseUrl = await newDatabase();
  const store = await open(databaseUrl);
  await journalIn(store, "j");
  const pool = openPool(databaseUrl, { max: 1 });
  onTestFinished(() => pool.end());
  const query = queryOn(pool, false);
  expect(await appendAtOnce(query, [cells("j", 2), cells("j", 3)], null)).toMatchObject({
    isWritten: true,
  });
  await store.write((tx) => swallow(tx, { name: "evil", table: "AuditEvent", how: "before" }));
  expect(await appendAtOnce(query, [cells("j", 4)], null)).toBeNull();
  const events = await administer(databaseUrl, `SELECT "seq" FROM "AuditEvent" ORDER BY 1`);
  expect(events).toEqual([1, 2, 3].map((seq) => ({ seq })));
});

test.each<[how: Swallowing, which: string]>([
  ["before", `NEW."seq" = 2`],
  ["before", `NEW."seq" = 3`],
  ["after", `NEW."seq" = 2`],
  ["deferred", `NEW."seq" = 2`],
  ["deferred", `NEW."seq" = 3`],
])("no event is written where one of them is swallowed %s: %s", async (how, when) => {
  const store = await open(await newDatabase());
  const record = await journalIn(store, "j");
  const numbers = async () =>
    (await store.direct.record.page("j", 0, 10)).map(([, seq]) => Number(seq));
  await store.write((tx) => swallow(tx, { name: "evil", table: "AuditEvent", how, when }));
  const error = await record(null, null).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "NotKept" });
  expect(isDatabaseError(error)).toBe(true);
  expect(await numbers()).toEqual([1]);
  const past = { revision: 0, epoch: null };
  expect(await record(past)).toEqual([false]); // which is found all the same
  await store.write((tx) => admit(tx, "evil"));
  expect(await record(null, past, null)).toEqual([true, false, true]);
  expect(await numbers()).toEqual([1, 2, 3]);
});

test("events go nowhere else: a rule that has them in another table is found out, and a trigger that only looks is in nobody's way", async () => {
  const databaseUrl = await newDatabase();
  const store = await open(databaseUrl);
  const record = await journalIn(store, "j");
  await administer(databaseUrl, `CREATE TABLE "Elsewhere" (LIKE "AuditEvent")`);
  const rule = `CREATE RULE "evil" AS ON INSERT TO "AuditEvent" DO INSTEAD INSERT INTO "Elsewhere" VALUES (NEW.*) RETURNING *`;
  await administer(databaseUrl, rule);
  await expect(record(null)).rejects.toMatchObject({ name: "NotKept" });
  expect(await administer(databaseUrl, `SELECT 1 FROM "Elsewhere"`)).toEqual([]);
  await administer(databaseUrl, `DROP RULE "evil" ON "AuditEvent"`);
  await administer(
    databaseUrl,
    `CREATE FUNCTION "looks"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
  );
  await administer(
    databaseUrl,
    `CREATE TRIGGER "looks" AFTER INSERT ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION "looks"()`,
  );
  expect(await record(null, null)).toEqual([true, true]);
  expect(await store.direct.record.count()).toBe(3);
});

test("an event reads back as it was placed, to the millisecond and in the words that its MAC covers", async () => {
  const store = await open(await newDatabase());
  await journalIn(store, "j");
  expect(await store.direct.record.page("j", 0, 10)).toEqual([cells("j", 1)]);
  expect(await store.direct.readEventsAfter("j", 0, 10)).toMatchObject([{ at: at.toISOString() }]);
  expect((await store.db.auditEvent.findFirst())?.at).toEqual(at);
});

test("a change that was made without Coffer raises Revision, and sealing anew does not", async () => {
  const databaseUrl = await newDatabase();
  const store = await open(databaseUrl);
  const change = async (sql: string) => {
    const before = await store.direct.readRevision();
    await administer(databaseUrl, sql);
    return (await store.direct.readRevision()) - before;
  };
  const day = "'2030-01-31'";
  const made = [
    `INSERT INTO "Environment" ("id", "slug", "name", "createdAt", "mac") VALUES ('e', 'e', 'e', ${day}, '')`,
    `INSERT INTO "Secret" ("id", "environmentId", "name", "nameKey", "description", "tags", "searchKey", "currentVersion",
      "highestVersion", "createdAt", "createdBy", "rotatedAt", "rotatedBy", "mac")
    VALUES ('s', 'e', 'S', 's', '', '[]', '', 1, 1, ${day}, '', ${day}, '', '')`,
    `INSERT INTO "SecretVersion" ("secretId", "version", "sealed", "createdAt", "createdBy") VALUES ('s', 1, 'x', ${day}, '')`,
    `INSERT INTO "Service" ("id", "environmentId", "name", "nameKey", "description", "rules", "allowedCidrs", "createdAt",
      "createdBy", "mac") VALUES ('v', 'e', 'v', 'v', '', '[]', '[]', ${day}, '', '')`,
    `INSERT INTO "ServiceToken" ("id", "serviceId", "hash", "hint", "createdAt", "createdBy", "mac")
    VALUES ('t', 'v', 'h', '', ${day}, '', '')`,
  ];
  for (const sql of made) expect(await change(sql)).toBe(1);
  expect(await change(`UPDATE "ServiceToken" SET "revokedAt" = ${day}`)).toBe(1);
  expect(await change(`UPDATE "SecretVersion" SET "sealed" = 'y'`)).toBe(1);
  expect(await change(`DELETE FROM "ServiceToken"`)).toBe(1);
  const before = await store.direct.readRevision();
  expect(
    await store.replaceSealed([
      { secretId: "s", version: 1, from: "y", to: "z" },
      { secretId: "s", version: 1, from: "not this", to: "a" },
    ]),
  ).toBe(1);
  expect(await store.direct.readRevision()).toBe(before);
  expect(await store.db.secretVersion.findFirst()).toMatchObject({ sealed: "z" });
});

test("write transactions of several instances come one after the other: what one reads nobody changes", async () => {
  const databaseUrl = await newDatabase();
  const stores = await Promise.all(Array.from({ length: 3 }, () => open(databaseUrl)));
  await Promise.all(
    Array.from({ length: 45 }, (_, index) =>
      (stores[index % 3] ?? fail()).write(async (tx) => {
        const { counter } = await tx.revision.findUniqueOrThrow({ where: { id: 1 } });
        await new Promise((resolve) => setImmediate(resolve));
        await tx.revision.update({ where: { id: 1 }, data: { counter: counter + 1 } });
      }),
    ),
  );
  expect(await stores[0]?.direct.readRevision()).toBe(46);
});

test("a transaction that the database rolls back for another one is done again", async () => {
  const store = await open(await newDatabase());
  let tries = 0;
  await store.write(async (tx) => {
    await tx.revision.update(raise);
    if (++tries < 3) await tx.$executeRaw`DO $$ BEGIN RAISE serialization_failure; END $$`;
  });
  expect([tries, await store.direct.readRevision()]).toEqual([3, 2]);
});

test("a journal is opened once what is being put on record is durable: that is what it is linked to", async () => {
  const databaseUrl = await newDatabase();
  const store = await open(databaseUrl);
  const record = await journalIn(store, "j");
  const pool = openPool(databaseUrl, { max: 1 });
  onTestFinished(() => pool.end());
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const holding = transaction(pool, `LOCK TABLE "AuditEvent" IN EXCLUSIVE MODE`, () => held);
  const waiting = async (sql: string) => administer(databaseUrl, sql);
  await eventually(async () => expect(await waiting(LOCKED)).toHaveLength(1));
  const done: string[] = [];
  const recorded = record(null).then(() => done.push("put on record"));
  await eventually(async () => expect(await waiting(WAITING)).toHaveLength(1));
  const opened = store.openJournal(
    () => {
      done.push("opened");
      return { journal: { id: "k", openedAt: at, link: "{}" }, first: cells("k", 1) };
    },
    () => done.push("durable"),
  );
  for (let look = 0; look < 20; look++) expect(await waiting(WAITING)).toHaveLength(1);
  expect(done).toEqual([]);
  letGo();
  await Promise.all([holding, recorded, opened]);
  expect(done).toEqual(["put on record", "opened", "durable"]);
});

const LOCKED = `SELECT 1 FROM pg_locks WHERE granted AND mode = 'ExclusiveLock' AND relation = '"AuditEvent"'::regclass`;
const WAITING = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '"AuditEvent"'::regclass`;

test("when the server ends all connections, what was under way fails, and the next is as if nothing had been", async () => {
  const databaseUrl = await newDatabase();
  const store = await open(databaseUrl);
  const record = await journalIn(store, "j");
  const under = store.latest;
  const name = new URL(databaseUrl).pathname.slice(1);
  const endAll = () =>
    administer(
      server,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
  const failing = store.write(async (tx) => {
    await tx.revision.update(raise);
    await endAll();
    await tx.revision.update(raise);
  });
  await expect(failing).rejects.toSatisfy(isDatabaseError);
  await eventually(async () => {
    expect(await store.direct.readRevision()).toBe(under.revision);
  });
  expect(await store.write((tx) => tx.revision.update(raiseNothing))).toMatchObject({
    counter: under.revision,
  });
  expect(await record(under)).toEqual([false]); // it may be another server by now
  expect(await record({ ...under, epoch: null })).toEqual([true]);
});

test("a change whose commit is not heard of is found out about: it was made, and is made once", async () => {
  const databaseUrl = await newDatabase();
  const proxy = await deafTo(databaseUrl, "COMMIT\0"); // and not the level of isolation
  const store = await open(proxy.databaseUrl);
  proxy.isDeaf = true;
  expect(await store.write((tx) => tx.revision.update(raise))).toMatchObject({ counter: 2 });
  expect(proxy.isDeaf).toBe(false);
  expect(await store.direct.readRevision()).toBe(2);
});

test("a server that commits before it has written is refused, and so is one that can only be read", async () => {
  const databaseUrl = await newDatabase();
  const name = new URL(databaseUrl).pathname.slice(1);
  const refusing = (setting: string, value: string) =>
    administer(server, `ALTER DATABASE "${name}" SET ${setting} = ${value}`);
  await refusing("synchronous_commit", "off");
  await expect(open(databaseUrl)).rejects.toMatchObject({
    ...{ code: "unavailable", message: expect.stringContaining("synchronous_commit") as string },
  });
  await refusing("synchronous_commit", "on");
  await refusing("default_transaction_read_only", "on");
  await expect(open(databaseUrl)).rejects.toThrow("can only be read");
});

test("errors are told apart as on SQLite", async () => {
  const store = await open(await newDatabase());
  const twice = store.write((tx) => tx.revision.create({ data: { id: 1, counter: 0 } }));
  await expect(twice).rejects.toSatisfy(isUniqueViolation);
  const full = store.write(
    (tx) => tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$`,
  );
  await expect(full).rejects.toSatisfy(isFull);
  await expect(full).rejects.toSatisfy(isDatabaseError);
  const nobody = openStore({
    databaseUrl: "postgresql://coffer:x@127.0.0.1:1/coffer",
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  await expect(nobody).rejects.toSatisfy(isDatabaseError);
});
