import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import type { KeyringInfo } from "../../lib/shapes";
import { openStore } from "../../lib/store/store";
import { Instances, liveInstances } from "../../lib/vault/instances";
import { asAdmin, startCoffer } from "../support/coffer";
import { dropDatabase, makeDatabase } from "../support/postgres";

const MINUTES = 60_000;
const server = inject("postgresUrl");

async function newDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

test("instances whose clocks are minutes apart see each other", async () => {
  const databaseUrl = await newDatabase();
  const one = await startCoffer({ databaseUrl });
  const two = await startCoffer({ databaseUrl, admin: false });
  two.clock.advance(5 * MINUTES);
  for (const each of [one, two]) {
    const keys = (await (await asAdmin(each)).get("/api/v1/keys")).json as unknown as KeyringInfo;
    expect(keys.instances).toHaveLength(2);
  }
});

test("a clock that is far ahead or behind takes nobody off the list, and nobody is thought to live longer by it", async () => {
  const databaseUrl = await newDatabase();
  const prismaDirectory = join(process.cwd(), "prisma");
  const store = await openStore({ databaseUrl, prismaDirectory });
  onTestFinished(() => store.close());
  const clocks = [0, 60, -60].map((minutes) => () => new Date(Date.now() + minutes * MINUTES));
  const all = clocks.map((now) => new Instances(store, now));
  for (const each of all) await store.write((tx) => each.register(tx, "server", "f"));
  for (const each of all) await each.beat();
  const killed = { where: { id: all[1]?.id ?? "" } };
  for (const now of clocks) expect(await liveInstances(store.db, now)).toHaveLength(3);
  await store.write(async (tx) => {
    const { seenAt } = await tx.instance.findUniqueOrThrow(killed);
    await tx.instance.update({ ...killed, data: { seenAt: new Date(seenAt.getTime() - 46_000) } });
  });
  for (const now of clocks) expect(await liveInstances(store.db, now)).toHaveLength(2);
});
