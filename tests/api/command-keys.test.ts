import { describe, expect, test } from "vitest";
import type { KeyCheck, KeyringInfo } from "../../lib/shapes";
import { openStore, type Store } from "../../lib/store/store";
import {
  asAdmin,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  startCoffer,
  temporaryHome,
  type Client,
  type Coffer,
} from "../support/coffer";
import { ranTo, runCoffer, startCommand } from "../support/command";
import { databaseUrlOf } from "../support/database";
import { eventually } from "../support/eventually";
import { TEST_KEY } from "../support/keys";

const NEW_KEY = "the-master-key-that-comes-next";
const REKEY = { TYK_AI_SECRET_KEY: NEW_KEY, TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY };
const keys = (word: string, ...more: string[]) => ["keys", word, ...more];

async function createMany(admin: Client, count: number, value = "a value"): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `KEY_${String(index)}`);
  for (const name of names) await mustCreateSecret(admin, name, `${value} of ${name}`);
  return names;
}

/** A vault with secrets, which no process works on. */
async function leftVault(count: number): Promise<{ home: string; names: string[] }> {
  const home = temporaryHome();
  const coffer = await startCoffer({ home });
  const names = await createMany(await asAdmin(coffer), count);
  await coffer.stop();
  return { home, names };
}

async function expectAllOpen(coffer: Coffer, names: readonly string[]): Promise<void> {
  const service = await mustHaveService(coffer, await asAdmin(coffer), ["*"]);
  const answer = await service.resolve(names.map((name) => `$SECRET/${name}`));
  expect(answer.json?.["config"]).toEqual(names.map((name) => `a value of ${name}`));
}

/** The data keys that values say they are sealed under. */
async function sealedUnder(coffer: Coffer): Promise<Set<string>> {
  const rows = await (await coffer.database()).db.secretVersion.findMany();
  return new Set(rows.flatMap(({ sealed }) => sealed?.split(".")[1] ?? []));
}

/** Looks into a vault's database while no server runs on it. */
async function openDatabase(home: string): Promise<Store> {
  const databaseUrl = await databaseUrlOf(home);
  return openStore({ databaseUrl, prismaDirectory: "prisma" });
}

async function onRecord(coffer: Coffer, action: string) {
  const { db } = await coffer.database();
  const events = await db.auditEvent.findMany({ where: { action }, orderBy: { at: "asc" } });
  return events.map(({ actorKind, target, outcome, code }) => [actorKind, target, outcome, code]);
}

describe("coffer keys status", () => {
  test("says what the API says, in words and as JSON, and no key", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const admin = await asAdmin(coffer);
    await createMany(admin, 3);
    const api = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
    const ran = await runCoffer(keys("status"), { home });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain(api.fingerprint);
    expect(ran.stdout).toContain("It alone opens the vault.");
    expect(ran.stdout).toContain("1: 3 values");
    expect(ran.stdout).toContain("a server, on");
    const json = await runCoffer(keys("status", "--json"), { home });
    const { instances, ...rest } = JSON.parse(json.stdout) as KeyringInfo;
    const { fingerprint, dataKeys, reseal } = api;
    expect(rest).toMatchObject({ fingerprint, dataKeys, reseal, lost: 0, unopened: 0 });
    expect(instances.map(({ kind }) => kind).sort()).toEqual(["command", "server"]);
    for (const { stdout } of [ran, json]) expect(stdout).not.toMatch(/cfk1|cfv1|a value of/);
    expect(await onRecord(coffer, "keys.read")).toContainEqual(["operator", "", "ok", ""]);
  });
});

describe("coffer keys rotate", () => {
  test("seals every value anew beside a server that runs, which goes on resolving and seals under the new key", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const admin = await asAdmin(coffer);
    const names = await createMany(admin, 40);
    const ran = await runCoffer(keys("rotate"), { home });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toBe("Data key 2 is new: 40 of 40 values are sealed under it.\n");
    expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
    await expectAllOpen(coffer, names);
    await mustCreateSecret(admin, "LATER", "later");
    expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
    const made = ["operator", "data key 2", "ok", ""];
    expect(await onRecord(coffer, "keys.rotate")).toEqual([made]);
    expect(await onRecord(coffer, "keys.reseal")).toEqual([made]);
  });

  test("without a server; killed in the middle it goes on with the same data key, and nothing is lost", async () => {
    const { home, names } = await leftVault(200);
    const child = await startCommand(keys("rotate"), { home });
    const ran = ranTo(child);
    const store = await openDatabase(home);
    await eventually(async () => {
      const done = await store.db.secretVersion.count({
        where: { sealed: { startsWith: "cfv1.2." } },
      });
      expect(done).toBeGreaterThan(0);
    });
    child.kill("SIGKILL");
    expect((await ran).code).toBeNull();
    await store.close();
    const again = await runCoffer(keys("rotate", "--json"), { home });
    const { isNew, keys: info } = JSON.parse(again.stdout) as { isNew: boolean; keys: KeyringInfo };
    expect(again.code, again.stderr).toBe(0);
    expect(isNew).toBe(false);
    expect(info).toMatchObject({
      newestKeyId: 2,
      reseal: { state: "idle", done: 200, total: 200 },
    });
    const coffer = await startCoffer({ home, admin: false });
    expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
    await expectAllOpen(coffer, names);
    expect(await onRecord(coffer, "keys.rotate")).toEqual([
      ["operator", "data key 2", "ok", ""],
      ["operator", "data key 2", "ok", "resumed"],
    ]);
  });

  test("interrupted it stops between two batches, says so, and ends with 130", async () => {
    const { home, names } = await leftVault(200);
    const child = await startCommand(keys("rotate"), { home });
    const ran = ranTo(child);
    const store = await openDatabase(home);
    await eventually(async () => {
      expect(await store.db.dataKey.count()).toBe(1);
    });
    child.kill("SIGINT");
    const { code, stderr } = await ran;
    await store.close();
    // It may have been done before it was told.
    if (code !== 0) {
      expect(code).toBe(130);
      expect(stderr).toContain("nothing is lost");
    }
    const coffer = await startCoffer({ home, admin: false });
    await eventually(async () => expect(await sealedUnder(coffer)).toEqual(new Set(["2"])));
    await expectAllOpen(coffer, names);
  });
});

describe("coffer keys rekey", () => {
  test("says that none is under way", async () => {
    const { home } = await leftVault(1);
    const ran = await runCoffer(keys("rekey"), { home });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain("No rekey is under way");
  });

  test("wraps by the new key, refuses to end the old one while a process runs on it, and then ends it", async () => {
    const home = temporaryHome();
    const coffer = await startCoffer({ home });
    const names = await createMany(await asAdmin(coffer), 3);
    const unasked = await runCoffer(keys("rekey"), { home, env: REKEY });
    expect(unasked).toMatchObject({ code: 1, stdout: "" });
    expect(unasked.stderr).toContain("runs on the key"); // the server does
    const refused = await runCoffer(keys("rekey", "--yes", "--json"), { home, env: REKEY });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "key_in_use" } });
    await expectAllOpen(coffer, names);
    await coffer.stop();

    // Nobody can be asked here.
    const asked = await runCoffer(keys("rekey"), { home, env: REKEY });
    expect(asked).toMatchObject({ code: 1, stdout: "" });
    expect(asked.stderr).toContain("say --yes. Nothing was ended.");
    const ran = await runCoffer(keys("rekey", "--yes"), { home, env: REKEY });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("Remove TYK_AI_SECRET_KEY_PREVIOUS");
    expect(await runCoffer(keys("status"), { home })).toMatchObject({ code: 1 });
    const after = await startCoffer({ home, admin: false, env: { TYK_AI_SECRET_KEY: NEW_KEY } });
    await expectAllOpen(after, names);
    expect((await onRecord(after, "keys.end")).map(([kind, , ...how]) => [kind, ...how])).toEqual([
      ["operator", "failed", "key_in_use"],
      ["operator", "failed", "key_in_use"],
      ["operator", "ok", ""],
    ]);
    expect(await onRecord(after, "keys.rekey")).toHaveLength(1);
  });
});

describe("coffer keys check", () => {
  test("says that every value opens", async () => {
    const { home } = await leftVault(3);
    const ran = await runCoffer(keys("check"), { home });
    expect(ran).toMatchObject({ code: 0, stdout: "All 3 values open.\n" });
  });

  test("names what does not open, and ends with 3", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const admin = await asAdmin(coffer);
    await createMany(admin, 3);
    await mustRotate(admin, "KEY_1", "another");
    const store = await coffer.database();
    await store.write((tx) =>
      tx.secretVersion.updateMany({ where: { version: 2 }, data: { sealed: "cfv1.9.x" } }),
    );
    const ran = await runCoffer(keys("check"), { home });
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain("1 of 4 values does not open");
    expect(ran.stdout).toContain("KEY_1 in default, version 2: its text is damaged");
    const json = await runCoffer(keys("check", "--json"), { home });
    expect(json).toMatchObject({ code: 3, stderr: "" });
    const check = JSON.parse(json.stdout) as KeyCheck;
    expect(check).toMatchObject({ state: "done", checked: 4, unopened: 1 });
    const done = (await onRecord(coffer, "keys.check")).filter(
      ([, , , code]) => code !== "started",
    );
    expect(done).toEqual([
      ["operator", "", "ok", "unreadable"],
      ["operator", "", "ok", "unreadable"],
    ]);
  });
});
