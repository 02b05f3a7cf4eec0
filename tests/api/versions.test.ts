import { describe, expect, test } from "vitest";
import type { SecretInfo } from "../../lib/shapes";
import {
  asAdmin,
  asRole,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  startCoffer,
  type Answer,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const path = (name: string) => `/api/v1/secrets/${name}`;

const items = (answer: Answer) => answer.json?.["items"] as Record<string, unknown>[];

describe("rotating", () => {
  test("adds the next version, makes it current and keeps everything else", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const created = await mustCreateSecret(admin, "Rotated", "one", {
      ...{ description: "d", tags: ["t"], rotateEveryDays: 7, expiresAt: "2099-01-01T00:00:00Z" },
    });
    coffer.clock.advance(60_000);
    const rotatedAt = coffer.clock.now().toISOString();
    const editor = await asRole(coffer, "editor");
    const answer = await editor.post(`${path("ROTATED")}/versions`, { value: "two" });
    expect(answer.status).toBe(201);
    const rotatedBy = answer.json?.["rotatedBy"];
    expect(rotatedBy).toMatch(/^editor-/);
    const rotateDueAt = new Date(Date.parse(rotatedAt) + 7 * 24 * 60 * 60 * 1000).toISOString();
    expect(answer.json).toStrictEqual({
      ...{ ...created, version: 2, rotatedAt, rotatedBy, rotateDueAt },
    });
    const service = await mustHaveService(coffer, admin, ["*"], { versions: "any" });
    const resolved = await service.resolve("$SECRET/Rotated {{Secrets.Rotated@1}}");
    expect(resolved.json?.["config"]).toBe("two one");
  });

  test("to the value it has already makes a new version all the same, and says nothing of it", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "SAME", "value");
    const same = await mustRotate(admin, "SAME", "value");
    const other = await mustRotate(admin, "SAME", "other");
    expect({ ...same, version: 3 }).toStrictEqual(other);
  });

  test("with expectedVersion is refused unless that is the current one, and changes nothing", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "EXPECTED", "one");
    const rotate = (expectedVersion: unknown) =>
      admin.post(`${path("EXPECTED")}/versions`, { value: "new", expectedVersion });
    expect((await rotate(1)).json).toMatchObject({ version: 2 });
    for (const stale of [1, 3, 999_999]) {
      const answer = await rotate(stale);
      const problem = expectProblem(answer, 409, "version_conflict", ["currentVersion"]);
      expect(problem["currentVersion"]).toBe(2);
      expect(await eventsOf(coffer, answer)).toMatchObject([
        {
          action: "secrets.rotate",
          target: "EXPECTED",
          outcome: "failed",
          code: "version_conflict",
        },
      ]);
    }
    for (const bad of [0, -1, 1.5, "2", null, true, 2 ** 60]) {
      expectProblem(await rotate(bad), 400, "invalid_request");
    }
    expect((await rotate(2)).json).toMatchObject({ version: 3 });
    expect(items(await admin.get(`${path("EXPECTED")}/versions`))).toHaveLength(3);
  });

  test("after an older version was activated expects that one, and still counts on from the highest", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "BACK", "one");
    await mustRotate(admin, "BACK", "two");
    await admin.post(`${path("BACK")}/versions/1/activate`);
    const body = { value: "three", expectedVersion: 2 };
    const stale = await admin.post(`${path("BACK")}/versions`, body);
    expectProblem(stale, 409, "version_conflict", ["currentVersion"]);
    const good = await admin.post(`${path("BACK")}/versions`, { ...body, expectedVersion: 1 });
    expect(good.json).toMatchObject({ version: 3 });
  });

  test("refuses a value or a body that creating would refuse", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "BAD_ROTATE", "one");
    const rotate = (body: unknown) => admin.post(`${path("BAD_ROTATE")}/versions`, body);
    for (const value of ["", "x".repeat(65_537), "\ud83d"]) {
      expectProblem(await rotate({ value }), 400, "invalid_value");
    }
    for (const body of [{}, { value: 1 }, { value: null }, { value: "v", name: "x" }, [], "v"]) {
      expectProblem(await rotate(body), 400, "invalid_request");
    }
    expectProblem(await admin.post(`${path("BAD_ROTATE")}/versions`), 400, "invalid_request");
    expect((await admin.get(path("BAD_ROTATE"))).json).toMatchObject({ version: 1 });
  });

  test("is refused for a secret that is absent or in the trash", async () => {
    const { admin } = shared;
    const absent = await admin.post(`${path("ABSENT")}/versions`, { value: "v" });
    expectProblem(absent, 404, "not_found");
    await mustCreateSecret(admin, "TRASHED", "one");
    await admin.delete(path("TRASHED"));
    const trashed = await admin.post(`${path("TRASHED")}/versions`, { value: "v" });
    expectProblem(trashed, 409, "in_trash");
    await admin.post(`${path("TRASHED")}/restore`);
    expect((await admin.get(path("TRASHED"))).json).toMatchObject({ version: 1 });
  });
});

describe("the list of versions", () => {
  test("is newest first, says which is current, and has no value in it", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const firstAt = coffer.clock.now().toISOString();
    await mustCreateSecret(admin, "LISTED", "value-one");
    coffer.clock.advance(1000);
    const secondAt = coffer.clock.now().toISOString();
    await mustRotate(admin, "LISTED", "value-two");
    coffer.clock.advance(1000);
    const destroyedAt = coffer.clock.now().toISOString();
    await admin.delete(`${path("LISTED")}/versions/1`);
    const answer = await admin.get(`${path("listed")}/versions`);
    const createdBy = "admin@example.com";
    expect(answer.status).toBe(200);
    expect(answer.json).toStrictEqual({
      items: [
        {
          ...{ version: 2, current: true, createdAt: secondAt, createdBy },
          ...{ destroyedAt: null, destroyedBy: null, lost: false },
        },
        {
          ...{ version: 1, current: false, createdAt: firstAt, createdBy },
          ...{ destroyedAt, destroyedBy: createdBy, lost: false },
        },
      ],
    });
  });

  test("is there for a secret in the trash, too", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "TRASHED_LIST", "v");
    await admin.delete(path("TRASHED_LIST"));
    expect(items(await admin.get(`${path("TRASHED_LIST")}/versions`))).toHaveLength(1);
    expectProblem(await admin.get(`${path("ABSENT")}/versions`), 404, "not_found");
  });
});

describe("activating", () => {
  test("makes an older version current without a new number", async () => {
    const { coffer, admin } = shared;
    const created = await mustCreateSecret(admin, "ACTIVATED", "one");
    const rotated = await mustRotate(admin, "ACTIVATED", "two");
    const answer = await admin.post(`${path("ACTIVATED")}/versions/1/activate`);
    expect(answer.status).toBe(200);
    expect(answer.json).toStrictEqual({ ...rotated, version: 1 });
    expect(answer.json).toMatchObject({ createdAt: created.createdAt });
    const service = await mustHaveService(coffer, admin, ["ACTIVATED"]);
    expect((await service.resolve("$SECRET/ACTIVATED")).json?.["config"]).toBe("one");
    const again = await admin.post(`${path("ACTIVATED")}/versions/1/activate`);
    expect(again.json).toStrictEqual(answer.json);
    expect(await eventsOf(coffer, again)).toMatchObject([
      { action: "secrets.activate", target: "ACTIVATED", names: [["ACTIVATED", 1]] },
    ]);
  });

  test("refuses a version that was destroyed, one that never was, and a number that is none", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "ACT_BAD", "one");
    await mustRotate(admin, "ACT_BAD", "two");
    await admin.delete(`${path("ACT_BAD")}/versions/1`);
    const activate = (version: string) =>
      admin.post(`${path("ACT_BAD")}/versions/${version}/activate`);
    expectProblem(await activate("1"), 422, "version_destroyed");
    expectProblem(await activate("3"), 404, "not_found");
    expectProblem(await activate("999999999"), 404, "not_found");
    for (const bad of ["0", "-1", "1.0", "01", "1e1", "x", "9999999999", "%31%00", "latest"]) {
      expectProblem(await activate(bad), 400, "invalid_request");
    }
    expect((await admin.get(path("ACT_BAD"))).json).toMatchObject({ version: 2 });
  });

  test("is refused in the trash, and takes no body", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "ACT_TRASH", "one");
    const withBody = await admin.post(`${path("ACT_TRASH")}/versions/1/activate`, { value: "v" });
    expectProblem(withBody, 400, "invalid_request");
    await admin.delete(path("ACT_TRASH"));
    const trashed = await admin.post(`${path("ACT_TRASH")}/versions/1/activate`);
    expectProblem(trashed, 409, "in_trash");
  });
});

describe("destroying a version", () => {
  test("leaves its number and takes its value from every reader", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "DESTROYED", "one");
    await mustRotate(admin, "DESTROYED", "two");
    const answer = await admin.delete(`${path("DESTROYED")}/versions/1`);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: "" });
    const service = await mustHaveService(coffer, admin, ["DESTROYED"], { versions: "any" });
    for (const onMissing of ["fail", "keep", "empty"]) {
      const gone = await service.resolve("{{Secrets.DESTROYED@1:-default}}", { onMissing });
      expect(expectProblem(gone, 422, "unresolved", ["failures"]).failures).toMatchObject([
        { reason: "destroyed", reference: "{{Secrets.DESTROYED@1}}" },
      ]);
    }
    expect((await service.resolve("$SECRET/DESTROYED")).json?.["config"]).toBe("two");
    const { db } = await coffer.database();
    const secret = await db.secret.findFirstOrThrow({ where: { name: "DESTROYED" } });
    const where = { secretId_version: { secretId: secret.id, version: 1 } };
    const row = await db.secretVersion.findUniqueOrThrow({ where });
    expect(row).toMatchObject({ sealed: null, destroyedBy: "admin@example.com" });
  });

  test("twice is no error and keeps the first time", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "TWICE", "one");
    await mustRotate(admin, "TWICE", "two");
    await admin.delete(`${path("TWICE")}/versions/1`);
    const first = items(await admin.get(`${path("TWICE")}/versions`));
    coffer.clock.advance(1000);
    expect((await admin.delete(`${path("TWICE")}/versions/1`)).status).toBe(204);
    expect(items(await admin.get(`${path("TWICE")}/versions`))).toStrictEqual(first);
  });

  test("refuses the current version, in the trash too, and one that is not there", async () => {
    const { admin } = shared;
    await mustCreateSecret(admin, "CURRENT", "one");
    const destroy = (version: string) => admin.delete(`${path("CURRENT")}/versions/${version}`);
    expectProblem(await destroy("1"), 409, "version_conflict");
    await mustRotate(admin, "CURRENT", "two");
    expectProblem(await destroy("2"), 409, "version_conflict");
    expectProblem(await destroy("3"), 404, "not_found");
    expectProblem(await destroy("0"), 400, "invalid_request");
    await admin.delete(path("CURRENT"));
    expectProblem(await destroy("2"), 409, "version_conflict");
    expect((await destroy("1")).status).toBe(204);
    const restored = await admin.post(`${path("CURRENT")}/restore`);
    expect(restored.json as unknown as SecretInfo).toMatchObject({ version: 2, state: "active" });
  });
});
