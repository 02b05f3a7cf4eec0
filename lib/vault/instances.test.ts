import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../store/store";
import { Instances, liveInstances } from "./instances";

test("a process that another one has taken for gone is on the list again with its next beat, as it was", async () => {
  const home = mkdtempSync(join(tmpdir(), "coffer-instances-"));
  const store = await openStore({
    databaseUrl: `file:${join(home, "coffer.db")}`,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  onTestFinished(async () => {
    await store.close();
    rmSync(home, { recursive: true, force: true });
  });
  let now = new Date("2026-01-02T03:04:05.678Z");
  const suspended = new Instances(store, () => now);
  const other = new Instances(store, () => now);
  await store.write((tx) => suspended.register(tx, "server", "the fingerprint"));
  await store.write((tx) => other.register(tx, "server", "the fingerprint"));
  const list = async () => (await liveInstances(store.db, () => now)).map(({ id }) => id).sort();
  const [before] = await store.db.instance.findMany({ where: { id: suspended.id } });

  now = new Date("2026-01-02T04:00:00.000Z");
  await other.beat();
  expect(await list()).toEqual([other.id]);
  await suspended.beat();
  expect(await list()).toEqual([suspended.id, other.id].sort());
  const [after] = await store.db.instance.findMany({ where: { id: suspended.id } });
  expect(after).toEqual({ ...before, seenAt: now });

  await suspended.leave();
  expect(await list()).toEqual([other.id]);
});
