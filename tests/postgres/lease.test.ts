import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { openStore, type Db, type Store } from "../../lib/store/store";
import type { Door } from "../../lib/vault/door";
import { SinkLease } from "../../lib/vault/sink-lease";
import { dropDatabase, makeDatabase } from "../support/postgres";

const server = inject("postgresUrl");

/** As much of a door as a lease uses. */
function doorTo(store: Store): Door {
  const rows = { sealed: (_table: string, row: object) => ({ ...row, mac: "mac" }) };
  return { store, now: () => new Date(), rows } as unknown as Door;
}

/** The store, with something done in the middle of each of its transactions, right before leases are claimed. */
function interrupted(store: Store, before: () => Promise<void>): Store {
  const write = <T>(work: (tx: Db) => Promise<T>) =>
    store.write((tx) => {
      const { auditSink } = tx;
      const claimed = {
        count: (given: Parameters<typeof auditSink.count>[0]) => auditSink.count(given),
        updateMany: async (given: Parameters<typeof auditSink.updateMany>[0]) => {
          await before();
          return auditSink.updateMany(given);
        },
      };
      const get = (target: Db, name: string | symbol): unknown =>
        name === "auditSink" ? claimed : Reflect.get(target, name);
      return work(new Proxy(tx, { get }));
    });
  return Object.assign(Object.create(store) as Store, { write });
}

test("a lease that was renewed while another process was about to take it stays its holder's", async () => {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  const options = { databaseUrl, prismaDirectory: join(process.cwd(), "prisma") };
  const [mine, theirs] = [await openStore(options), await openStore(options)];
  onTestFinished(() => Promise.all([mine.close(), theirs.close()]).then(() => undefined));
  await mine.write((tx) => tx.revision.create({ data: { id: 1, counter: 1 } }));
  const holder = new SinkLease(doorTo(mine), "webhook", "holder");
  expect(await holder.hold()).not.toBeNull();
  const past = { heldUntil: new Date(0) }; // as after a time in which the database was away
  await mine.write((tx) => tx.auditSink.updateMany({ data: past }));
  let isRenewed: boolean | undefined;
  const renewing = interrupted(theirs, async () => {
    await new Promise((resolve) => setTimeout(resolve, 2)); // so that it lasts longer than one that begins now
    isRenewed = await holder.delivered(new Map());
  });
  expect(await new SinkLease(doorTo(renewing), "webhook", "other").hold()).toBeNull();
  expect(isRenewed).toBe(true);
  expect(await mine.db.auditSink.findFirst()).toMatchObject({ holder: "holder" });
});
