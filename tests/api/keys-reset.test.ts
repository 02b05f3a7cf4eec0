import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linkOf } from "../../lib/audit/link";
import { totpCode, totpStepOf } from "../../lib/crypto/second-factor";
import type {
  KeyringInfo,
  PersonInfo,
  SecretInfo,
  ServiceInfo,
  VersionInfo,
} from "../../lib/shapes";
import { openStore, type Store } from "../../lib/store/store";
import { unBase32 } from "../support/base32";
import {
  asAdmin,
  asNobody,
  asPerson,
  asService,
  must,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustCreateUser,
  mustInvite,
  mustMintToken,
  mustRotate,
  secretOf,
  startCoffer,
  tamper,
  temporaryHome,
  type Client,
  type Coffer,
} from "../support/coffer";
import { runCoffer, type Ran } from "../support/command";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";

const NEW_KEY = "the-key-after-the-one-that-is-lost";
const ENV = { TYK_AI_SECRET_KEY: NEW_KEY };
const PASSWORD = "a password chosen by the link";

const reset = (home: string, more: readonly string[] = [], env = ENV): Promise<Ran> =>
  runCoffer(["keys", "reset", ...more], { home, env });

/** A vault with a bit of everything, which no process works on, and whose key is gone. */
async function lostVault() {
  const home = temporaryHome();
  const coffer = await startCoffer({ home });
  const admin = await asAdmin(coffer);
  await mustCreateEnvironment(coffer, "staging");
  await mustCreateSecret(admin, "API_KEY", "first value", { description: "kept", tags: ["kept"] });
  await mustRotate(admin, "API_KEY", "second value");
  await mustCreateSecret(admin, "STAGED", "staged value", { environment: "staging" });
  await mustCreateSecret(admin, "TRASHED", "trashed value");
  must(204, await admin.delete("/api/v1/secrets/TRASHED"));
  await mustCreateSecret(admin, "PURGED", "value");
  must(204, await admin.delete("/api/v1/secrets/PURGED?purge=true"));
  const service = await mustCreateService(admin, "gateway", ["*"], { versions: "any" });
  const { token } = await mustMintToken(admin, service.id);
  must(200, await asService(coffer, token).resolve("$SECRET/API_KEY"));
  const editor = await mustCreateUser(coffer, "editor");
  const invited = await mustInvite(admin, "invited@example.com");
  const begun = must(201, await admin.post("/api/v1/account/two-step")) as { secret: string };
  const code = totpCode(unBase32(begun.secret), totpStepOf(coffer.clock.now()));
  must(200, await admin.post("/api/v1/account/two-step/enable", { code }));
  const { fingerprint } = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
  const kept = must(200, await admin.get("/api/v1/audit/checkpoint")) as { text: string };
  await coffer.stop();
  const consent = ["--yes", "--phrase", `lose every value under ${fingerprint}`];
  const args = ["--admin", TEST_ADMIN.email, ...consent];
  const checkpoint = kept.text;
  return { home, admin, service, token, editor, invited, fingerprint, args, consent, checkpoint };
}

/** The vault after its reset, and its admin, who has come in by the link. */
async function resetVault() {
  const vault = await lostVault();
  const ran = await reset(vault.home, [...vault.args, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  const done = JSON.parse(ran.stdout) as { link: { url: string }; copy: string };
  const coffer = await startCoffer({ home: vault.home, admin: false, env: ENV });
  const body = { link: secretOf(done.link.url), password: PASSWORD };
  must(200, await asNobody(coffer).post("/api/v1/links/accept", body));
  const admin = await asPerson(coffer, TEST_ADMIN.email, PASSWORD);
  return { ...vault, coffer, before: vault.admin, admin, done };
}

const NO_STOP = `CREATE TRIGGER "NoStop" BEFORE INSERT ON "AuditEvent" WHEN NEW."action" = 'stop' BEGIN SELECT RAISE(ABORT, 'no'); END`;
/** In the midst of the reset's transaction. */
const SOMEBODY_BEGINS = `CREATE TRIGGER "SomebodyBegins" AFTER UPDATE ON "Revision" BEGIN INSERT INTO "Instance"
  VALUES ('new', 'server', '0', strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'), strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')); END`;

/** Looks into a vault's database while no server runs on it. */
function openDatabase(home: string): Promise<Store> {
  const databaseUrl = `file:${join(home, "data/coffer.db")}`;
  return openStore({ databaseUrl, prismaDirectory: "prisma" });
}

/** Everything that decides or is sealed, to see that nothing was changed. */
async function stateOf(home: string, key = TEST_KEY): Promise<string> {
  const coffer = await startCoffer({ home, admin: false, env: { TYK_AI_SECRET_KEY: key } });
  const { db } = await coffer.database();
  const all = await Promise.all([
    db.keyring.findMany(),
    db.secretVersion.findMany(),
    db.secret.findMany(),
    db.user.findMany(),
    db.service.findMany(),
    db.serviceToken.findMany(),
  ]);
  await coffer.stop();
  return JSON.stringify(all);
}

const reasons = async (caller: Client, config: unknown) =>
  ((await caller.resolve(config)).json?.["failures"] as { reason: string }[]).map(
    ({ reason }) => reason,
  );

async function eventsOf(coffer: Coffer, action: string) {
  const { db } = await coffer.database();
  return db.auditEvent.findMany({ where: { action }, orderBy: [{ at: "asc" }, { seq: "asc" }] });
}

describe("after a reset", () => {
  test("every name is there and none resolves, until a rotation makes it active; numbers go on", async () => {
    const { coffer, admin, service } = await resetVault();
    const { items } = must(200, await admin.get("/api/v1/secrets?state=all")) as {
      items: SecretInfo[];
    };
    expect(items.map(({ name, state, unreadable }) => [name, state, unreadable])).toEqual([
      ["API_KEY", "unreadable", "lost"],
      ["TRASHED", "trashed", null],
    ]);
    expect(items[0]).toMatchObject({ version: 2, description: "kept", tags: ["kept"] });
    const lost = async () => [
      (await admin.get("/api/v1/attention")).json?.["lost"],
      ((await admin.get("/api/v1/secrets?attention=lost")).json?.["items"] as SecretInfo[]).map(
        ({ name }) => name,
      ),
    ];
    expect(await lost()).toEqual([1, ["API_KEY"]]); // not what is in the trash
    const staged = await admin.get("/api/v1/secrets/STAGED?environment=staging");
    expect(staged.json).toMatchObject({ state: "unreadable", unreadable: "lost" });

    must(200, await admin.patch(`/api/v1/services/${service.id}`, { disabled: false }));
    const gateway = asService(coffer, (await mustMintToken(admin, service.id)).token);
    const both = ["$SECRET/API_KEY", "{{Secrets.API_KEY@1}}"];
    expect(await reasons(gateway, both)).toEqual(["unreadable", "unreadable"]);
    const check = must(
      200,
      await admin.post(`/api/v1/check?service=${service.id}`, { config: both }),
    );
    expect(check).toMatchObject({ ok: false, references: [{ status: "unreadable" }, {}] });

    expect(await mustRotate(admin, "API_KEY", "third value")).toMatchObject({
      ...{ version: 3, state: "active", unreadable: null },
    });
    expect(await lost()).toEqual([0, []]);
    expect(must(200, await gateway.resolve("$SECRET/API_KEY"))).toMatchObject({
      config: "third value",
    });
    expect(await reasons(gateway, both)).toEqual(["unreadable"]);
    must(200, await admin.post("/api/v1/secrets/TRASHED/restore"));
    expect((await admin.get("/api/v1/secrets/TRASHED")).json).toMatchObject({
      state: "unreadable",
    });
    expect((await mustCreateSecret(admin, "PURGED", "value")).version).toBe(2);
  });

  test("lost versions stay listed, can't be made current, and can be destroyed", async () => {
    const { admin } = await resetVault();
    await mustRotate(admin, "API_KEY", "third value");
    const list = async () =>
      (must(200, await admin.get("/api/v1/secrets/API_KEY/versions")) as { items: VersionInfo[] })
        .items;
    expect((await list()).map(({ version, lost }) => [version, lost])).toEqual([
      [3, false],
      [2, true],
      [1, true],
    ]);
    const activated = await admin.post("/api/v1/secrets/API_KEY/versions/2/activate");
    expectProblem(activated, 422, "version_lost");
    must(204, await admin.delete("/api/v1/secrets/API_KEY/versions/1"));
    const [, , destroyed] = await list();
    expect(destroyed?.lost).toBe(false);
    expect(destroyed?.destroyedAt).not.toBeNull();
    expect((await admin.get("/api/v1/secrets/API_KEY")).json).toMatchObject({ version: 3 });
  });

  test("nobody gets in by what they had, and what grants something is off until an admin enables it", async () => {
    const { coffer, before, admin, service, token, editor, invited } = await resetVault();
    const cookie = { cookie: before.headers["cookie"] ?? "" };
    expect((await fetch(`${coffer.url}/api/v1/whoami`, { headers: cookie })).status).toBe(401);
    expect((await asService(coffer, token).resolve("x")).json).toMatchObject({
      code: "token_revoked",
    });
    const link = { link: invited.link, password: PASSWORD };
    expect((await asNobody(coffer).post("/api/v1/links/accept", link)).status).toBe(401);
    for (const email of [editor.email, TEST_ADMIN.email]) {
      await expect(asPerson(coffer, email)).rejects.toMatchObject({ code: "sign_in_failed" });
    }
    const { items } = must(200, await admin.get("/api/v1/users")) as { items: PersonInfo[] };
    const states = items.map(({ email, role, state, twoStep }) => [email, role, state, twoStep]);
    expect(states.sort()).toEqual([
      [TEST_ADMIN.email, "admin", "active", false],
      [editor.email, "editor", "disabled", false],
      [invited.email, "viewer", "disabled", false],
    ]);
    // An admin who has looked at them lets them in again.
    must(200, await admin.patch(`/api/v1/users/${editor.id}`, { disabled: false }));
    const anew = must(201, await admin.post(`/api/v1/users/${editor.id}/link`)) as { url: string };
    const accept = { link: secretOf(anew.url), password: PASSWORD };
    must(200, await asNobody(coffer).post("/api/v1/links/accept", accept));
    await asPerson(coffer, editor.email, PASSWORD);
    const held = (await admin.get(`/api/v1/services/${service.id}`)).json as unknown as ServiceInfo;
    expect(held).toMatchObject({ held: "reset" });
    expect(held.disabledAt).not.toBeNull();
    expect(held.rules).toEqual(service.rules);
    expect((await admin.get("/api/v1/integrity")).json).toMatchObject({ tampered: 0 });
  });

  test("rows that somebody wrote before are taken over, and let nobody in", async () => {
    const vault = await lostVault();
    const store = await openDatabase(vault.home);
    await store.write(async (tx) => {
      await tx.user.updateMany({ where: { role: "editor" }, data: { role: "admin" } });
      await tx.identity.create({
        data: {
          ...{ id: "planted", userId: vault.editor.id, issuer: "https://id.example.com" },
          ...{ subject: "mallory", createdAt: new Date(), mac: "" },
        },
      });
    });
    await store.close();
    expect(await reset(vault.home, vault.args)).toMatchObject({ code: 0 });
    const coffer = await startCoffer({ home: vault.home, admin: false, env: ENV });
    await expect(asPerson(coffer, vault.editor.email)).rejects.toMatchObject({
      code: "sign_in_failed",
    });
    expect(await (await coffer.database()).db.identity.count()).toBe(0);
  });

  test("the record goes on in a journal that says where those of before ended, and tells what was lost and held", async () => {
    const { coffer, service, editor, fingerprint } = await resetVault();
    const [first, ...lost] = await eventsOf(coffer, "keys.reset");
    expect(first).toMatchObject({ seq: 2, actorKind: "operator", outcome: "ok", code: "" });
    expect(first?.target).not.toBe(fingerprint);
    const { db } = await coffer.database();
    expect(first?.names).toBe("[]");
    const id = first?.journalId ?? "";
    const { openedAt, ...opened } = await db.journal.findUniqueOrThrow({ where: { id } });
    const before = linkOf(opened)?.before ?? [];
    const older = await db.journal.findMany({ where: { openedAt: { lt: openedAt } } });
    expect(before.map(([journalId]) => journalId).sort()).toEqual(older.map(({ id }) => id).sort());
    for (const [journalId, seq] of before) {
      const { _max } = await db.auditEvent.aggregate({ where: { journalId }, _max: { seq: true } });
      expect(_max.seq).toBe(seq);
    }
    expect(lost.map(({ environment, names, code }) => [environment, names, code])).toEqual([
      ["default", '[["API_KEY",2],["TRASHED",1]]', "lost"],
      ["staging", '[["STAGED",1]]', "lost"],
    ]);
    expect(await eventsOf(coffer, "services.hold")).toMatchObject([
      { target: service.name, code: "reset", actorKind: "operator", environment: "default" },
    ]);
    const held = (await eventsOf(coffer, "users.update")).map(({ target }) => target);
    expect(held.sort()).toEqual([editor.email, "invited@example.com"].sort());
    expect(await eventsOf(coffer, "users.link")).toMatchObject([
      { target: TEST_ADMIN.email, actorKind: "operator" },
    ]);
  });

  test("the record is green, and says that what is from before can't be checked and is as it was; what is changed in it since is found", async () => {
    const { coffer, admin, home, checkpoint, done } = await resetVault();
    await mustRotate(admin, "API_KEY", "third value");
    const { db } = await coffer.database();
    const [first] = await eventsOf(coffer, "keys.reset");
    const opening = await db.journal.findUniqueOrThrow({ where: { id: first?.journalId ?? "" } });
    const day = opening.openedAt.toISOString();
    const before = await db.auditEvent.count({
      where: { journal: { openedAt: { lt: opening.openedAt } } },
    });
    expect(before).toBeGreaterThan(10);

    const green = await runCoffer(["audit", "verify"], { home, env: ENV });
    expect(green.code, green.stdout).toBe(0);
    for (const words of [
      `${String(before)} of them are from before the keys were reset on ${day}: their MACs can't be checked any more; unchanged since the reset.`,
      "All the others are as Coffer wrote them.",
    ]) {
      expect(green.stdout).toContain(words);
    }

    const old = await db.auditEvent.findFirstOrThrow({ where: { action: "secrets.resolve" } });
    const { journalId, seq } = old;
    await tamper(coffer, (tx) =>
      tx.auditEvent.update({
        where: { journalId_seq: { journalId, seq } },
        data: { actorName: "x" },
      }),
    );
    const edited = await runCoffer(["audit", "verify"], { home, env: ENV });
    expect(edited.code).toBe(3);
    expect(edited.stdout).toContain(`changed: event 1 of journal ${journalId}`);
    expect(edited.stdout).not.toContain("unchanged since");
    await tamper(coffer, (tx) =>
      tx.auditEvent.update({
        where: { journalId_seq: { journalId, seq } },
        data: { actorName: old.actorName },
      }),
    );
    await tamper(coffer, (tx) => {
      const where = {
        action: "secrets.rotate",
        journalId: { not: journalId },
        names: '[["API_KEY",3]]',
      };
      return tx.auditEvent.updateMany({ where, data: { actorName: "x" } });
    });
    const found = await runCoffer(["audit", "verify", "--json"], { home, env: ENV });
    expect(found.code).toBe(3);
    expect(JSON.parse(found.stdout)).toMatchObject({
      ...{ findings: 1, beforeReset: before, resetAt: day },
      items: [{ kind: "changed" }],
    });

    // A checkpoint of before: refused in words by the new key, and of use to the old one, should it turn up.
    const refused = await admin.post("/api/v1/audit/verify", { checkpoint });
    expectProblem(refused, 400, "invalid_request");
    expect(refused.json?.["detail"]).toContain("of this vault before its keys were reset");
    const file = join(home, "kept.checkpoint");
    writeFileSync(file, checkpoint);
    const env = { DATABASE_URL: `file:${done.copy}`, TYK_AI_SECRET_KEY: TEST_KEY };
    const held = await runCoffer(["audit", "verify", "--checkpoint", file], { home, env });
    expect(held, held.stderr).toMatchObject({ code: 0 });
    expect(held.stdout).toContain("Held against the checkpoint of");
  });

  test("the keys say what is lost, and so does a check; sealing anew leaves it as it is", async () => {
    const { coffer, admin, home, fingerprint } = await resetVault();
    await mustRotate(admin, "API_KEY", "third value");
    const info = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
    expect(info).toMatchObject({ lost: 4, unopened: 0, newestKeyId: 1, reseal: { total: 1 } });
    expect(info.wraps).toHaveLength(1);
    expect(info.fingerprint).not.toBe(fingerprint);
    const check = await runCoffer(["keys", "check"], { home, env: ENV });
    expect(check.code, check.stdout).toBe(0);
    expect(check.stdout).toBe("The one value opens.\n4 more were lost with a key of before.\n");
    const event = (await eventsOf(coffer, "keys.check")).at(-1);
    expect(event).toMatchObject({ outcome: "ok", code: "" });
    const rotated = await runCoffer(["keys", "rotate"], { home, env: ENV });
    expect(rotated.stdout).toBe("Data key 2 is new: 1 of 1 values are sealed under it.\n");
    const { db } = await coffer.database();
    expect(await db.secretVersion.count({ where: { sealed: "lost" } })).toBe(4);

    // What stands in their place says that in no other one: somebody may have put it there.
    await tamper(coffer, (tx) =>
      tx.secretVersion.updateMany({ where: { version: 3 }, data: { sealed: "lost" } }),
    );
    const damaged = await runCoffer(["keys", "check", "--json"], { home, env: ENV });
    expect(damaged.code).toBe(3);
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      ...{ checked: 1, unopened: 1, lost: 4 },
      items: [{ name: "API_KEY", version: 3, reason: "unknown_format" }],
    });
  });

  test("the copy of before is opened by the old key, should it turn up, and is its owner's only", async () => {
    const { done, token } = await resetVault();
    expect(statSync(done.copy).mode & 0o777).toBe(0o600);
    const env = { DATABASE_URL: `file:${done.copy}` };
    const coffer = await startCoffer({ home: temporaryHome(), admin: false, env });
    expect(must(200, await asService(coffer, token).resolve("$SECRET/API_KEY"))).toMatchObject({
      config: "second value",
    });
  });

  test("what fails after it does not say that nothing was done: key, copy and link are told", async () => {
    const { home, args } = await lostVault();
    const store = await openDatabase(home);
    await store.write((tx) => tx.$executeRawUnsafe(NO_STOP));
    await store.close();
    const ran = await reset(home, [...args, "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const done = JSON.parse(ran.stdout) as { fingerprint: string; copy: string };
    expect(done).toMatchObject({ link: { url: expect.stringContaining("http") as string } });
    expect(statSync(done.copy).isFile()).toBe(true);
    const coffer = await startCoffer({ home, admin: false, env: ENV });
    await tamper(coffer, (tx) => tx.$executeRawUnsafe(`DROP TRIGGER "NoStop"`));
    expect(await eventsOf(coffer, "keys.reset")).not.toEqual([]);
  });

  test("it can be done again when that key is lost, too", async () => {
    const { coffer, admin, home } = await resetVault();
    await mustRotate(admin, "API_KEY", "third value");
    const { fingerprint } = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
    await coffer.stop();
    const env = { TYK_AI_SECRET_KEY: "a third key after two lost ones" };
    const phrase = `lose every value under ${fingerprint}`;
    const args = ["--admin", TEST_ADMIN.email, "--yes", "--phrase", phrase];
    const ran = await reset(home, args, env);
    expect(ran.code, ran.stderr).toBe(0);
    const again = await startCoffer({ home, admin: false, env });
    const { db } = await again.database();
    expect(await db.secret.findFirst({ where: { name: "API_KEY" } })).toMatchObject({
      ...{ currentVersion: 3, lostVersion: 3 },
    });
  });
});

describe("a reset is refused, and nothing is changed", () => {
  test("without the phrase, or with another; the command says what it is and what is lost", async () => {
    const { home, args, fingerprint } = await lostVault();
    const before = await stateOf(home);
    const admin = ["--admin", TEST_ADMIN.email];
    const phrase = `lose every value under ${fingerprint}`;
    const unasked = await reset(home, admin);
    expect(unasked).toMatchObject({ code: 1, stdout: "" });
    for (const words of [phrase, "LOST FOR GOOD  4 values of 3 secrets", "NOT VERIFIED"]) {
      expect(unasked.stderr).toContain(words);
    }
    for (const more of [["--yes"], ["--yes", "--phrase", "lose every value"]]) {
      expect(await reset(home, [...admin, ...more])).toMatchObject({ code: 1, stdout: "" });
    }
    expect(await reset(home, [...admin, "--phrase", phrase])).toMatchObject({ code: 2 });
    expect(readdirSync(join(home, "data")).filter((name) => name.includes("reset"))).toEqual([]);
    expect(await stateOf(home)).toBe(before);
    expect(args).toContain(phrase);
  });

  test("while a configured key opens the vault: nothing is lost then", async () => {
    const { home, args } = await lostVault();
    const before = await stateOf(home);
    for (const env of [
      { TYK_AI_SECRET_KEY: TEST_KEY },
      { TYK_AI_SECRET_KEY: NEW_KEY, TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY },
    ]) {
      const ran = await reset(home, [...args, "--json"], env);
      expect(ran.code).toBe(1);
      expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: "not_lost" } });
      expect(ran.stderr).toContain("Nothing is lost");
    }
    expect(await stateOf(home)).toBe(before);
  });

  test("with the right key of a keyring that is damaged: that is a matter of a backup", async () => {
    const { home, args } = await lostVault();
    const store = await openDatabase(home);
    await store.write((tx) => tx.wrappedKey.deleteMany({ where: { keyId: 1 } }));
    await store.close();
    const ran = await reset(home, args, { TYK_AI_SECRET_KEY: TEST_KEY });
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stderr).toContain("Restore the database from a backup");
    expect(await reset(home, args)).toMatchObject({ code: 0 });
  });

  test("while a process begins to work on it, and the record stays green: nothing is in it under a key that was not stored", async () => {
    const { home, args } = await lostVault();
    const before = await stateOf(home);
    const store = await openDatabase(home);
    await store.write((tx) => tx.$executeRawUnsafe(SOMEBODY_BEGINS));
    const journals = await store.db.journal.count();
    await store.close();
    const ran = await reset(home, [...args, "--json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: "key_in_use" } });
    const again = await openDatabase(home);
    await again.write((tx) => tx.$executeRawUnsafe(`DROP TRIGGER "SomebodyBegins"`));
    expect(await again.db.journal.count()).toBe(journals);
    await again.close();
    expect(await stateOf(home)).toBe(before);
    const verified = await runCoffer(["audit", "verify"], { home });
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  test("while a process works on it, without a key, a vault, or an admin who is one", async () => {
    const { home, args, consent } = await lostVault();
    const running = await startCoffer({ home, admin: false });
    const live = await reset(home, [...args, "--json"]);
    expect(JSON.parse(live.stdout)).toMatchObject({ error: { code: "key_in_use" } });
    await running.stop();
    const noKey = await reset(home, args, { TYK_AI_SECRET_KEY: "" });
    expect(noKey).toMatchObject({ code: 1 });
    expect(noKey.stderr).toContain("TYK_AI_SECRET_KEY is not set");
    expect((await reset(temporaryHome(), args)).stderr).toContain("There is no vault yet");
    for (const admin of [[], ["--admin", "nobody@example.com"]]) {
      const ran = await reset(home, [...admin, ...consent]);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain(`the e-mail of an admin: ${TEST_ADMIN.email}`);
    }
    // The server starts with the lost key, and with no other.
    const start = startCoffer({ home, admin: false, env: ENV });
    await expect(start).rejects.toThrow("coffer keys reset");
    await expect(start).rejects.toMatchObject({ code: "wrong_key" });
    await startCoffer({ home, admin: false });
  });
});
