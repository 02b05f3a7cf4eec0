import { describe, expect, test } from "vitest";
import {
  asRole,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  tamper,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
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
    expect((await admin.get(path("kept"))).json).toStrictEqual({ ...before, state: "trashed" });
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
