import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import {
  asAdmin,
  asRole,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  startCoffer,
  tamper,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const DAY_MS = 24 * 60 * 60 * 1000;
const path = (name: string) => `/api/v1/secrets/${name}`;

async function reasonOf(service: Client, config: unknown, options: object = {}): Promise<unknown> {
  const answer = await service.resolve(config, options);
  return expectProblem(answer, 422, "unresolved", ["failures"]).failures?.[0]?.reason;
}

describe("the trash", () => {
  test("keeps a secret from services and from change, but keeps all of it", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Kept", "one", { description: "d", tags: ["t"] });
    const before = await mustRotate(admin, "Kept", "two");
    const service = await mustHaveService(coffer, admin, ["*"], { versions: "any" });
    const trashed = await admin.delete(path("KEPT"));
    expect({ status: trashed.status, text: trashed.text }).toEqual({ status: 204, text: "" });
    const purgeAt = new Date(coffer.clock.now().getTime() + 30 * DAY_MS).toISOString();
    const inTrash = { ...before, state: "trashed", purgeAt };
    expect((await admin.get(path("kept"))).json).toStrictEqual(inTrash);
    for (const config of ["$SECRET/Kept", "{{Secrets.Kept@1}}", "{{Secrets.Kept:-default}}"]) {
      for (const onMissing of ["fail", "keep", "empty"]) {
        expect(await reasonOf(service, config, { onMissing })).toBe("trashed");
      }
    }
    const restored = await admin.post(`${path("KEPT")}/restore`);
    expect(restored.status).toBe(200);
    expect(restored.json).toStrictEqual(before);
    const resolved = await service.resolve("$SECRET/Kept {{Secrets.Kept@1}}");
    expect(resolved.json?.["config"]).toBe("two one");
  });

  test("takes a secret once: a second time is a conflict", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "ONCE", "v");
    await admin.delete(path("ONCE"));
    const again = await admin.delete(path("ONCE"));
    expectProblem(again, 409, "in_trash");
    expect(await eventsOf(coffer, again)).toMatchObject([
      { action: "secrets.trash", target: "ONCE", outcome: "failed", code: "in_trash" },
    ]);
  });

  test("gives back what is not in it, unchanged", async () => {
    const { admin } = shared;
    const created = await mustCreateSecret(admin, "NOT_IN_TRASH", "v");
    const restored = await admin.post(`${path("NOT_IN_TRASH")}/restore`);
    expect(restored.json).toStrictEqual(created);
    expectProblem(await admin.post(`${path("NEVER_WAS")}/restore`), 404, "not_found");
  });

  test("takes no body and no unknown parameter", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "STRICT", "v");
    expectProblem(await admin.post(`${path("STRICT")}/restore`, {}), 400, "invalid_request");
    expectProblem(await admin.send("DELETE", path("STRICT"), "{}"), 400, "invalid_request");
    for (const query of [
      "purge=1",
      "purge=TRUE",
      "purge=",
      "purge",
      "force=true",
      "purge=true&purge=true",
    ]) {
      expectProblem(await admin.delete(`${path("STRICT")}?${query}`), 400, "invalid_request");
    }
    expect((await admin.get(path("STRICT"))).json).toMatchObject({ state: "active" });
    expect((await admin.delete(`${path("STRICT")}?purge=false`)).status).toBe(204);
    expect((await admin.get(path("STRICT"))).json).toMatchObject({ state: "trashed" });
  });
});

describe("a purge", () => {
  test("leaves nothing of a secret but its events and the numbers it has used", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Purged", "one");
    await mustRotate(admin, "Purged", "two");
    const service = await mustHaveService(coffer, admin, ["PURGED*"]);
    await service.resolve("$SECRET/Purged");
    await admin.get(`${path("PURGED")}/uses`); // writes the use down
    const { db } = await coffer.database();
    const { id } = await db.secret.findFirstOrThrow({ where: { nameKey: "purged" } });
    const purged = await admin.delete(`${path("PURGED")}?purge=true`);
    expect({ status: purged.status, text: purged.text }).toEqual({ status: 204, text: "" });
    expect(await eventsOf(coffer, purged)).toMatchObject([
      { action: "secrets.purge", target: "Purged", outcome: "ok" },
    ]);
    expect(await db.secret.count({ where: { id } })).toBe(0);
    expect(await db.secretVersion.count({ where: { secretId: id } })).toBe(0);
    expect(await db.secretUse.count({ where: { secretId: id } })).toBe(0);
    expectProblem(await admin.get(path("PURGED")), 404, "not_found");
    expectProblem(await admin.post(`${path("PURGED")}/restore`), 404, "not_found");
    expectProblem(await admin.delete(`${path("PURGED")}?purge=true`), 404, "not_found");
    expect(await reasonOf(service, "$SECRET/Purged")).toBe("missing");
    const absent = await service.resolve("{{Secrets.Purged:-default}}");
    expect(absent.json?.["config"]).toBe("default");
  });

  test("works from the trash and without it", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "FROM_TRASH", "v");
    await admin.delete(path("FROM_TRASH"));
    expect((await admin.delete(`${path("FROM_TRASH")}?purge=true`)).status).toBe(204);
    await mustCreateSecret(admin, "DIRECT", "v");
    expect((await admin.delete(`${path("DIRECT")}?purge=true`)).status).toBe(204);
  });

  test("frees the name, in any case, and never its version numbers", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Again", "one");
    await mustRotate(admin, "Again", "two");
    await mustRotate(admin, "Again", "three");
    await admin.delete(`${path("Again")}?purge=true`);
    expect(await mustCreateSecret(admin, "AGAIN", "four")).toMatchObject({ version: 4 });
    const { json } = await admin.get(`${path("again")}/versions`);
    expect(json?.["items"]).toMatchObject([{ version: 4, current: true }]);
    expect(await mustRotate(admin, "AGAIN", "five")).toMatchObject({ version: 5 });
    await admin.delete(`${path("Again")}?purge=true`);
    expect(await mustCreateSecret(admin, "again", "six")).toMatchObject({ version: 6 });
    const service = await mustHaveService(coffer, admin, ["AGAIN"], { versions: "any" });
    expect((await service.resolve("{{Secrets.Again@6}}")).json?.["config"]).toBe("six");
    for (const version of [1, 3, 4, 5]) {
      const config = `{{Secrets.Again@${String(version)}}}`;
      expect(await reasonOf(service, config)).toBe("no_such_version");
    }
  });

  test("is an admin's: an editor may trash and restore, and not purge", async () => {
    const { coffer, admin } = shared;
    const editor = await asRole(coffer, "editor");
    await mustCreateSecret(admin, "EDITED", "v");
    const refused = await editor.delete(`${path("EDITED")}?purge=true`);
    expectProblem(refused, 403, "forbidden");
    expect(await eventsOf(coffer, refused)).toMatchObject([
      { action: "secrets.purge", target: "EDITED", outcome: "denied" },
    ]);
    expect((await editor.delete(path("EDITED"))).status).toBe(204);
    expectProblem(await editor.delete(`${path("EDITED")}?purge=true`), 403, "forbidden");
    expect((await editor.post(`${path("EDITED")}/restore`)).status).toBe(200);
  });

  test("does not bring back a value when its ciphertext is put into the new secret's row", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "MOVED", "old value");
    const { db } = await coffer.database();
    const versionOf = async () => {
      const secret = await db.secret.findFirstOrThrow({ where: { nameKey: "moved" } });
      return db.secretVersion.findFirstOrThrow({ where: { secretId: secret.id } });
    };
    const { sealed } = await versionOf();
    await admin.delete(`${path("MOVED")}?purge=true`);
    await mustCreateSecret(admin, "MOVED", "new value");
    const { secretId, version } = await versionOf();
    await tamper(coffer, (tx) =>
      tx.secretVersion.update({
        where: { secretId_version: { secretId, version } },
        data: { sealed },
      }),
    );
    const service = await mustHaveService(coffer, admin, ["MOVED"]);
    const answer = await service.resolve("$SECRET/MOVED");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain("old value");
  });
});

describe("a name whose secret is in the trash", () => {
  test("is taken in any case, and the answer says what to do and until when", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Taken", "one");
    await admin.delete(path("Taken"));
    const answer = await admin.post("/api/v1/secrets", { name: "TAKEN", value: "two" });
    const problem = expectProblem(answer, 409, "in_trash", ["name", "purgeAt"]);
    expect(problem).toMatchObject({
      name: "Taken",
      purgeAt: new Date(coffer.clock.now().getTime() + 30 * DAY_MS).toISOString(),
    });
    expect(problem.detail).toContain("purgeTrashed");
    expect((await admin.get(path("Taken"))).json).toMatchObject({ version: 1, state: "trashed" });
  });

  test("is freed by purgeTrashed, in one step that is on record as two, and counts on", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Replaced", "one", { description: "old" });
    await mustRotate(admin, "Replaced", "two");
    await admin.delete(path("Replaced"));
    const body = { name: "REPLACED", value: "three", purgeTrashed: true };
    const answer = await admin.post("/api/v1/secrets", body);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ name: "REPLACED", version: 3, description: "" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.purge", target: "Replaced", outcome: "ok", environment: "default" },
      { action: "secrets.create", names: [["REPLACED", 3]], outcome: "ok" },
    ]);
    const { json } = await admin.get(`${path("replaced")}/versions`);
    expect(json?.["items"]).toMatchObject([{ version: 3, current: true }]);
  });

  test("with purgeTrashed purges nothing that is in use, and nothing when the rest is refused", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "IN_USE", "one");
    const inUse = { name: "IN_USE", value: "two", purgeTrashed: true };
    expectProblem(await admin.post("/api/v1/secrets", inUse), 409, "already_exists", ["name"]);
    await mustCreateSecret(admin, "SAFE", "one");
    await admin.delete(path("SAFE"));
    const purging = { name: "SAFE", value: "two", purgeTrashed: true };
    const empty = await admin.post("/api/v1/secrets", { ...purging, value: "" });
    expectProblem(empty, 400, "invalid_value");
    const expiresAt = coffer.clock.now().toISOString();
    const late = await admin.post("/api/v1/secrets", { ...purging, expiresAt });
    expectProblem(late, 400, "invalid_request");
    const editor = await asRole(coffer, "editor");
    const refused = await editor.post("/api/v1/secrets", purging);
    expectProblem(refused, 403, "forbidden");
    for (const bad of ["true", 1, null]) {
      const answer = await admin.post("/api/v1/secrets", { ...purging, purgeTrashed: bad });
      expectProblem(answer, 400, "invalid_request");
    }
    expect((await admin.post(`${path("SAFE")}/restore`)).json).toMatchObject({ version: 1 });
    const free = await editor.post("/api/v1/secrets", { ...purging, name: "FREE_NAME" });
    expect(free.status).toBe(201);
  });
});

describe("the daily sweep", () => {
  const HOUR_MS = 60 * 60 * 1000;

  /** A Coffer with one secret in the trash, and what moves its clock and sweeps. */
  async function prepare(env: Record<string, string> = {}) {
    const coffer = await startCoffer({ env });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "GONE", "v");
    await mustRotate(admin, "GONE", "w");
    await mustCreateSecret(admin, "IN_USE", "v");
    await admin.delete(path("GONE"));
    const { db } = await coffer.database();
    const sweep = () => coffer.vault.secrets.sweepTrash(OPERATOR);
    async function days(count: number): Promise<number> {
      let purged = 0;
      for (let day = 0; day < count; day++) {
        coffer.clock.advance(DAY_MS);
        purged += await sweep();
      }
      return purged;
    }
    const isThere = async () => (await db.secret.count({ where: { nameKey: "gone" } })) === 1;
    return { coffer, db, sweep, days, isThere };
  }

  test("purges after the window, not before, on record, and keeps the numbers", async () => {
    const { coffer, db, sweep, days, isThere } = await prepare();
    expect(await sweep()).toBe(0);
    expect(await days(30)).toBe(0);
    expect(await isThere()).toBe(true);
    expect(await days(2)).toBe(1);
    expect(await isThere()).toBe(false);
    expect(await db.auditEvent.findMany({ where: { action: "secrets.purge" } })).toMatchObject([
      {
        ...{ actorKind: "operator", target: "GONE", environment: "default", outcome: "ok" },
        ...{ address: "local" },
      },
    ]);
    const admin = await asAdmin(coffer);
    expect((await admin.get(path("IN_USE"))).status).toBe(200);
    expect(await mustCreateSecret(admin, "GONE", "x")).toMatchObject({ version: 3 });
    await admin.delete(`${path("GONE")}?purge=true`);
    expect(await mustCreateSecret(admin, "GONE", "y")).toMatchObject({ version: 4 });
  });

  test("keeps things as long as COFFER_TRASH_DAYS says", async () => {
    const { days, sweep } = await prepare({ COFFER_TRASH_DAYS: "2" });
    await sweep();
    expect(await days(2)).toBe(0);
    expect(await days(2)).toBe(1);
  });

  test("purges nothing early when the clock jumps ahead, however often it is asked for", async () => {
    const { coffer, sweep, days, isThere } = await prepare();
    await sweep();
    await days(3);
    coffer.clock.advance(400 * DAY_MS);
    for (let restart = 0; restart < 5; restart++) {
      expect(await sweep()).toBe(0);
      coffer.clock.advance(HOUR_MS);
    }
    coffer.clock.advance(-400 * DAY_MS); // somebody has put it right
    expect(await sweep()).toBe(0);
    expect(await days(20)).toBe(0);
    expect(await isThere()).toBe(true);
    expect(await days(9)).toBe(1);
  });

  test.each([6, 40, 4_000])(
    "purges nothing early when the clock jumps %i days ahead and stays there",
    async (jump) => {
      const { coffer, sweep, days, isThere } = await prepare();
      await sweep();
      coffer.clock.advance(jump * DAY_MS);
      expect(await sweep()).toBe(0);
      expect(await days(29)).toBe(0);
      expect(await isThere()).toBe(true);
      expect(await days(1)).toBe(1);
    },
  );

  test("purges nothing early that was put there while the clock was 1,000 days behind", async () => {
    const { coffer, sweep, days } = await prepare();
    await sweep();
    coffer.clock.advance(-1_000 * DAY_MS);
    await sweep();
    const admin = await asAdmin(coffer);
    await admin.delete(path("IN_USE"));
    coffer.clock.advance(1_000 * DAY_MS);
    expect(await sweep()).toBe(0);
    expect(await days(29)).toBe(0);
    expect(await days(1)).toBe(2);
  });

  test("takes a clock that is behind the last sweep for the time of that sweep", async () => {
    const { coffer, sweep, days } = await prepare();
    await sweep();
    const admin = await asAdmin(coffer);
    coffer.clock.advance(-5);
    await admin.delete(path("IN_USE"));
    coffer.clock.advance(5);
    const { json } = await admin.get(path("IN_USE"));
    expect(Date.parse(String(json?.["purgeAt"]))).toBe(coffer.clock.now().getTime() + 30 * DAY_MS);
    expect(await days(30)).toBe(0);
  });

  test("is for Coffer itself: nobody else may ask for one", async () => {
    const { coffer } = await prepare();
    const nobody = { kind: "nobody", origin: OPERATOR.origin } as const;
    await expect(coffer.vault.secrets.sweepTrash(nobody)).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  test("is done once by two that begin at once, and leaves what was restored meanwhile", async () => {
    const { coffer, sweep, days, isThere, db } = await prepare();
    await sweep();
    await days(30);
    coffer.clock.advance(DAY_MS);
    const admin = await asAdmin(coffer);
    const [first, second, restored] = await Promise.all([
      sweep(),
      sweep(),
      admin.post(`${path("GONE")}/restore`),
    ]);
    expect(first + second).toBe(restored.status === 200 ? 0 : 1);
    expect(await isThere()).toBe(restored.status === 200);
    const purges = await db.auditEvent.count({ where: { action: "secrets.purge" } });
    expect(purges).toBe(first + second);
  });

  test("leaves a row that something other than Coffer has put into the trash", async () => {
    const { coffer, sweep, days } = await prepare();
    await sweep();
    const long = new Date(coffer.clock.now().getTime() - 90 * DAY_MS);
    await tamper(coffer, (tx) =>
      tx.secret.updateMany({ where: { nameKey: "in_use" }, data: { deletedAt: long } }),
    );
    expect(await days(2)).toBe(0);
  });

  test("purges more than one batch, all of it", async () => {
    const { coffer, days, sweep, db } = await prepare();
    const admin = await asAdmin(coffer);
    const names = Array.from({ length: 230 }, (_, index) => `MANY_${String(index)}`);
    for (const name of names) await mustCreateSecret(admin, name, "v");
    for (const name of names) await admin.delete(path(name));
    await sweep();
    await days(30);
    expect(await days(2)).toBe(231);
    expect(await db.secret.count()).toBe(1);
    expect(await db.auditEvent.count({ where: { action: "secrets.purge" } })).toBe(231);
  });
});
