import { join } from "node:path";
import { expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openJournal } from "../../lib/audit/journal";
import { readSettings } from "../../lib/config";
import type { KeyCheck, KeyringInfo } from "../../lib/shapes";
import { openVault } from "../../lib/vault/open-vault";
import {
  asAdmin,
  must,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  NO_LIMITS,
  startCoffer,
  tamper,
  temporaryHome,
  type Client,
  type Coffer,
} from "../support/coffer";
import { admit, refuse } from "../support/database";
import { eventually } from "../support/eventually";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";

const NEW_KEY = "the-master-key-that-comes-next";
const REKEY = { TYK_AI_SECRET_KEY: NEW_KEY, TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY };

async function status(admin: Client): Promise<KeyringInfo> {
  return must(200, await admin.get("/api/v1/keys")) as KeyringInfo;
}

async function createMany(admin: Client, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `KEY_${String(index)}`);
  await Promise.all(names.map((name) => mustCreateSecret(admin, name, `value of ${name}`)));
  return names;
}

async function expectAllOpen(coffer: Coffer, admin: Client, names: string[]): Promise<void> {
  const service = await mustHaveService(coffer, admin, ["*"]);
  const answer = await service.resolve(names.map((name) => `$SECRET/${name}`));
  expect(answer.json?.["config"]).toEqual(names.map((name) => `value of ${name}`));
}

/** Whether every stored text is sealed under that data key. */
async function sealedUnder(coffer: Coffer): Promise<Set<string>> {
  const rows = await (await coffer.database()).db.secretVersion.findMany();
  return new Set(rows.flatMap(({ sealed }) => sealed?.split(".")[1] ?? []));
}

/** Another process's vault on the same database. */
async function another(coffer: Coffer, env: Record<string, string> = {}) {
  const { config, masterKey, previousMasterKey } = readSettings({
    ...{ root: process.cwd(), home: coffer.home },
    env: { TYK_AI_SECRET_KEY: TEST_KEY, PORT: "0", ...env } as never,
  });
  config.databaseUrl = coffer.config.databaseUrl;
  const { vault } = await openVault({
    ...{ config, masterKey, previousMasterKey, limits: NO_LIMITS, now: coffer.clock.now },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    command: "keys",
  });
  return vault;
}

test("the status names the key, its processes and how many values each data key seals, and no key", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await createMany(admin, 3);
  const answer = await admin.get("/api/v1/keys");
  const info = answer.json as unknown as KeyringInfo;
  expect(info).toMatchObject({
    previous: null,
    newestKeyId: 1,
    dataKeys: [{ id: 1, createdBy: null, values: 3 }],
    unopened: 0,
    wraps: [{ fingerprint: info.fingerprint, isCurrent: true, isComplete: true, instances: 1 }],
    instances: [{ kind: "server", isThis: true, fingerprint: info.fingerprint }],
    reseal: { state: "idle" },
  });
  expect(answer.text).not.toMatch(/cfk1|cfv1/);
});

test("a new data key seals what comes next at once, and every older value in the background, which still resolves", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const names = await createMany(admin, 40);
  const before = await (await coffer.database()).db.revision.findFirstOrThrow();
  const rotated = must(200, await admin.post("/api/v1/keys/rotate")) as KeyringInfo;
  expect(rotated.newestKeyId).toBe(2);
  await coffer.vault.keys.settled();
  const { counter } = await (await coffer.database()).db.revision.findFirstOrThrow();
  expect(counter).toBe(before.counter); // sealing anew binds nobody
  expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
  await expectAllOpen(coffer, admin, names);
  const after = await status(admin);
  expect(after.dataKeys).toMatchObject([
    { id: 2, values: 40, createdBy: TEST_ADMIN.email },
    { id: 1, values: 0 },
  ]);
  expect(after.reseal).toMatchObject({ state: "idle", done: 40, total: 40, problem: null });
});

test("two admins who rotate at once make one data key", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await createMany(admin, 60);
  const answers = await Promise.all([
    admin.post("/api/v1/keys/rotate"),
    admin.post("/api/v1/keys/rotate"),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = answers.find((answer) => answer.status === 409);
  if (refused) expectProblem(refused, 409, "reseal_under_way", ["keyId"]);
  await coffer.vault.keys.settled();
  expect((await status(admin)).newestKeyId).toBe(2);
});

test("what changes while values are sealed anew keeps its change", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const names = await createMany(admin, 60);
  await mustRotate(admin, "KEY_1", "value of KEY_1");
  await mustRotate(admin, "KEY_2", "value of KEY_2");
  await admin.post("/api/v1/keys/rotate");
  await Promise.all([
    mustRotate(admin, "KEY_0", "value of KEY_0"),
    admin.delete("/api/v1/secrets/KEY_1/versions/1"),
    admin.delete("/api/v1/secrets/KEY_59?purge=true"),
  ]);
  await coffer.vault.keys.settled();
  await expectAllOpen(coffer, admin, names.slice(0, 59));
  const { db } = await coffer.database();
  expect(await db.secretVersion.count({ where: { sealed: null } })).toBe(1);
  expect(await db.secret.count()).toBe(59);
  expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
});

test("another process on the file learns of the new data key: it opens what is under it, and seals under it", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const names = await createMany(admin, 5);
  const other = await another(coffer);
  await other.keys.rotate(OPERATOR);
  await other.keys.settled();
  await expectAllOpen(coffer, admin, names);
  await mustCreateSecret(admin, "LATER", "later");
  expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
  await other.close();
});

test("an import that was sealed before another process made a new data key is written under the new one", async () => {
  const race: { happen?: () => Promise<void> } = {};
  const coffer = await startCoffer({
    openJournal: async (...given) => {
      const journal = await openJournal(...given);
      return {
        ...journal,
        // Between the sealing and the transaction that writes it.
        async commit(work) {
          const { happen } = race;
          delete race.happen;
          await happen?.();
          return journal.commit(work);
        },
      };
    },
  });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "KEY_0", "first");
  const other = await another(coffer);
  race.happen = async () => {
    await other.keys.rotate(OPERATOR);
    await other.keys.settled(); // nothing looks for values under the old key any more
    expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
  };
  const names = Array.from({ length: 300 }, (_, index) => `KEY_${String(index)}`);
  const text = names.map((name) => `${name}="value of ${name}"`).join("\n");
  must(200, await admin.post("/api/v1/import", { source: { text }, existing: "rotate" }));
  expect(race.happen).toBeUndefined();
  expect(await sealedUnder(coffer)).toEqual(new Set(["2"]));
  await expectAllOpen(coffer, admin, names);
  await other.close();
});

test("work that was cut off goes on at the next start", async () => {
  const home = temporaryHome();
  const first = await startCoffer({ home });
  const admin = await asAdmin(first);
  const names = await createMany(admin, 300);
  await admin.post("/api/v1/keys/rotate");
  await first.stop(); // ends after the present batch
  const next = await startCoffer({ home });
  await eventually(async () => expect(await sealedUnder(next)).toEqual(new Set(["2"])));
  await expectAllOpen(next, await asAdmin(next), names.slice(0, 200));
});

test("a rekey opens everything by the new key, and by the old until an admin ends it", async () => {
  const home = temporaryHome();
  const old = await startCoffer({ home });
  const names = await createMany(await asAdmin(old), 4);
  const oldPrint = (await status(await asAdmin(old))).fingerprint;

  const both = await startCoffer({ home, env: REKEY });
  const admin = await asAdmin(both);
  await expectAllOpen(both, admin, names);
  await expectAllOpen(old, await asAdmin(old), names);
  const info = await status(admin);
  expect(info.wraps).toHaveLength(2);
  expect(info.previous).toBe(oldPrint);
  expect((await status(await asAdmin(old))).previous).toBeNull();
  expect(info.wraps.every(({ isComplete }) => isComplete)).toBe(true);

  // The process on the old key alone can't wrap for the new one; the one with both makes a key for both.
  expectProblem(await (await asAdmin(old)).post("/api/v1/keys/rotate"), 409, "rekey_under_way", [
    "fingerprint",
  ]);
  must(200, await admin.post("/api/v1/keys/rotate"));
  await both.vault.keys.settled();
  await expectAllOpen(old, await asAdmin(old), names);

  const end = (print: string) => admin.delete(`/api/v1/keys/wraps/${print}`);
  expectProblem(await end(oldPrint), 409, "key_in_use");
  expectProblem(await end(info.fingerprint), 409, "key_in_use");
  await old.stop();
  expect((must(200, await end(oldPrint)) as KeyringInfo).wraps).toHaveLength(1);
  expectProblem(await end(oldPrint), 404, "not_found");
  await both.stop();

  await expect(startCoffer({ home })).rejects.toMatchObject({ code: "wrong_key" });
  const after = await startCoffer({ home, env: { TYK_AI_SECRET_KEY: NEW_KEY } });
  await expectAllOpen(after, await asAdmin(after), names);
});

test("two processes that rekey at once leave one set of new wraps, and the second factor and sessions stay", async () => {
  const home = temporaryHome();
  const first = await startCoffer({ home });
  const session = await asAdmin(first);
  await first.stop();
  const [a, b] = await Promise.all([
    startCoffer({ home, env: REKEY }),
    startCoffer({ home, env: REKEY }),
  ]);
  const rows = await (await a.database()).db.wrappedKey.findMany();
  expect(rows).toHaveLength(4);
  for (const coffer of [a, b]) {
    const headers = { cookie: session.headers["cookie"] ?? "" };
    const answer = await fetch(`${coffer.url}/api/v1/account`, { headers });
    expect(answer.status).toBe(200);
  }
});

test("a previous key that is wrong refuses the start and names what is needed; one that is not needed is said to be so", async () => {
  const home = temporaryHome();
  const first = await startCoffer({ home });
  const { fingerprint } = await status(await asAdmin(first));
  await first.stop();
  const wrong = { TYK_AI_SECRET_KEY: NEW_KEY, TYK_AI_SECRET_KEY_PREVIOUS: "quite another key" };
  await expect(startCoffer({ home, env: wrong })).rejects.toMatchObject({
    code: "wrong_key",
    details: { needed: [fingerprint] },
  });
  const needless = { TYK_AI_SECRET_KEY: TEST_KEY, TYK_AI_SECRET_KEY_PREVIOUS: "quite another key" };
  const coffer = await startCoffer({ home, env: needless });
  expect(coffer.log.join()).toContain("is not needed");
  expect((await status(await asAdmin(coffer))).wraps).toHaveLength(1);
});

test("a process that was killed counts for a while, and not for ever when the clock was put back", async () => {
  const home = temporaryHome();
  const coffer = await startCoffer({ home, env: {} });
  const admin = await asAdmin(coffer);
  const store = await coffer.database();
  const late = new Date(coffer.clock.now().getTime() + 3_600_000);
  await store.write((tx) =>
    tx.instance.create({
      data: { id: "killed", kind: "server", fingerprint: "x", startedAt: late, seenAt: late },
    }),
  );
  expect((await status(admin)).instances).toHaveLength(2);
  await coffer.stop();
  const next = await startCoffer({ home });
  const nextDb = (await next.database()).db;
  await eventually(async () => {
    const row = await nextDb.instance.findUniqueOrThrow({ where: { id: "killed" } });
    expect(row.seenAt.getTime()).toBeLessThan(late.getTime());
  });
  const longAgo = { seenAt: new Date(Date.now() - 60_000) };
  await tamper(next, (tx) => tx.instance.updateMany({ where: { id: "killed" }, data: longAgo }));
  const left = (await status(await asAdmin(next))).instances;
  expect(left.map(({ id }) => id)).not.toContain("killed");
});

test("the newest data key can't be taken away: a start without it is refused", async () => {
  const home = temporaryHome();
  const coffer = await startCoffer({ home });
  const admin = await asAdmin(coffer);
  await admin.post("/api/v1/keys/rotate");
  await coffer.vault.keys.settled();
  const store = await coffer.database();
  await store.write((tx) => tx.wrappedKey.deleteMany({ where: { keyId: 2 } }));
  await coffer.stop();
  await expect(startCoffer({ home })).rejects.toMatchObject({ code: "tampered" });
});

test("a head that somebody wrote is refused, and the integrity check names it", async () => {
  const home = temporaryHome();
  const coffer = await startCoffer({ home });
  const admin = await asAdmin(coffer);
  const store = await coffer.database();
  await store.write((tx) => tx.keyring.updateMany({ data: { resealedTo: 7 } }));
  const report = must(200, await admin.get("/api/v1/integrity"));
  expect(report).toMatchObject({ tampered: 1, items: [{ kind: "keyring" }] });
  await coffer.stop();
  await expect(startCoffer({ home })).rejects.toMatchObject({ code: "tampered" });
});

test("a key check opens every value and names those that don't open, with the reason, on record", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await createMany(admin, 120);
  const store = await coffer.database();
  const { db } = store;
  const ids = new Map((await db.secret.findMany()).map(({ name, id }) => [name, id]));
  const sealed = async (name: string) =>
    (await db.secretVersion.findFirstOrThrow({ where: { secretId: ids.get(name) ?? "" } })).sealed;
  const moved = await sealed("KEY_9");
  const unknown = (await sealed("KEY_8"))?.replace("cfv1.1.", "cfv1.9.") ?? "";
  const set = (name: string, text: string | null) =>
    store.write((tx) =>
      tx.secretVersion.updateMany({
        where: { secretId: ids.get(name) ?? "" },
        data: { sealed: text },
      }),
    );
  await set("KEY_7", moved);
  await set("KEY_8", unknown);
  await set("KEY_5", "no sealed text");
  const started = must(200, await admin.post("/api/v1/keys/check")) as KeyCheck;
  expect(started.state).toBe("running");
  await coffer.vault.keys.settled();
  const { check } = must(200, await admin.get("/api/v1/keys/check")) as {
    check: KeyCheck;
  };
  expect(check).toMatchObject({ state: "done", total: 120, checked: 120, unopened: 3 });
  const found = check.items.map(({ name, keyId, reason }) => [name, keyId, reason]).sort();
  expect(found).toEqual([
    ["KEY_5", null, "unknown_format"],
    ["KEY_7", 1, "not_authentic"],
    ["KEY_8", 9, "unknown_key"],
  ]);
  const event = await db.auditEvent.findFirstOrThrow({
    where: { action: "keys.check", code: "unreadable" },
  });
  expect(event.actorName).toBe(TEST_ADMIN.email);
  expect(event.names).toContain("KEY_7");
  expect(JSON.stringify(check)).not.toContain("value of");
  // What does not open is left as it is by sealing anew, which ends all the same.
  await admin.post("/api/v1/keys/rotate");
  await coffer.vault.keys.settled();
  expect((await status(admin)).reseal).toMatchObject({ state: "idle", unreadable: 3 });
  expect(await sealed("KEY_8")).toBe(unknown);
});

test("a disk that is full stops the work with a reason, nothing is lost, and it goes on when there is room", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const names = await createMany(admin, 30);
  const store = await coffer.database();
  // Stands for a write that the database refuses: what Coffer sees of a full disk is this error.
  const refusal = { name: "full", before: 'UPDATE OF "sealed"', saying: "full" };
  await store.write((tx) => refuse(tx, { ...refusal, table: "SecretVersion" }));
  await admin.post("/api/v1/keys/rotate");
  await coffer.vault.keys.settled();
  const { reseal } = await status(admin);
  expect(reseal).toMatchObject({ state: "waiting", done: 0, total: 30 });
  expect(reseal.problem).toContain("disk is full");
  await expectAllOpen(coffer, admin, names);
  await store.write((tx) => admit(tx, "full"));
  await eventually(async () => expect(await sealedUnder(coffer)).toEqual(new Set(["2"])));
  await expectAllOpen(coffer, admin, names);
});

test("both keys are removed from the environment, and the same key twice is refused", () => {
  const env = { ...REKEY, PORT: "0" } as unknown as NodeJS.ProcessEnv;
  const home = temporaryHome();
  const { masterKey, previousMasterKey } = readSettings({ root: process.cwd(), home, env });
  expect([masterKey, previousMasterKey]).toEqual([NEW_KEY, TEST_KEY]);
  expect(JSON.stringify(env)).not.toContain(TEST_KEY);
  expect(JSON.stringify(env)).not.toContain(NEW_KEY);
  const same = { TYK_AI_SECRET_KEY: TEST_KEY, TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY };
  const read = (more: object) => () =>
    readSettings({ root: process.cwd(), home: join(home, "x"), env: more as never });
  expect(read(same)).toThrow("the same key");
  expect(read({ TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY })).toThrow("TYK_AI_SECRET_KEY is not");
});
