import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { newToken } from "../../lib/crypto/token";
import type { IntegrityReport } from "../../lib/shapes";
import {
  asAdmin,
  asService,
  mustCreateSecret,
  mustCreateService,
  mustCreateUser,
  mustInvite,
  mustMintToken,
  sessionCookie,
  startCoffer,
  tamper,
  type Client,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";

/** A service that resolves `ALLOWED_*`, its token, and a secret of each kind. */
async function prepare(coffer: Coffer) {
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "ALLOWED_KEY", "allowed value");
  await mustCreateSecret(admin, "OTHER_KEY", "other value");
  const service = await mustCreateService(admin, "gateway", ["ALLOWED_*"]);
  const { id: tokenId, token } = await mustMintToken(admin, service.id);
  return { admin, service, tokenId, client: asService(coffer, token) };
}

/** What the record says of tampered rows. */
async function tamperingOnRecord(coffer: Coffer): Promise<{ action: string; target: string }[]> {
  const { db } = await coffer.database();
  return db.auditEvent.findMany({
    where: { code: "tampered" },
    select: { action: true, target: true },
    orderBy: { seq: "asc" },
  });
}

const EVERYTHING = JSON.stringify([
  { actions: ["resolve"], names: ["*"], env: [], versions: "any" },
]);

test("a service whose rules were widened in the database is refused, and the record says so", async () => {
  const coffer = await startCoffer();
  const { service, client } = await prepare(coffer);
  await tamper(coffer, (tx) =>
    tx.service.update({ where: { id: service.id }, data: { rules: EVERYTHING } }),
  );
  const answer = await client.resolve("$SECRET/OTHER_KEY");
  expect([answer.status, answer.json?.["code"]]).toEqual([500, "tampered"]);
  const [event] = await tamperingOnRecord(coffer);
  expect(event?.action).toBe("tokens.use");
  expect(event?.target).toMatch(/^gateway cfr_/);
});

test("a token whose hash was put into the database opens nothing", async () => {
  const coffer = await startCoffer();
  const { service } = await prepare(coffer);
  const { token, hash, hint } = newToken();
  const row = { id: randomUUID(), serviceId: service.id, hash, hint, createdBy: "x", mac: "" };
  await tamper(coffer, async (tx) => {
    const { mac } = await tx.serviceToken.findFirstOrThrow();
    await tx.serviceToken.create({ data: { ...row, mac, createdAt: new Date() } });
  });
  const answer = await asService(coffer, token).resolve("$SECRET/ALLOWED_KEY");
  expect([answer.status, answer.json?.["code"]]).toEqual([500, "tampered"]);
});

test("a token that was revoked stays so when the database says otherwise", async () => {
  const coffer = await startCoffer();
  const { admin, service, tokenId, client } = await prepare(coffer);
  await admin.delete(`/api/v1/services/${service.id}/tokens/${tokenId}`);
  await tamper(coffer, (tx) =>
    tx.serviceToken.update({ where: { id: tokenId }, data: { revokedAt: null } }),
  );
  expect((await client.resolve("$SECRET/ALLOWED_KEY")).json?.["code"]).toBe("tampered");
});

test("a person whose role was raised in the database is signed out and can't sign in", async () => {
  const coffer = await startCoffer();
  const viewer = await mustCreateUser(coffer, "viewer");
  const cookie = await sessionCookie(coffer, viewer.email, TEST_ADMIN.password);
  await tamper(coffer, (tx) =>
    tx.user.update({ where: { id: viewer.id }, data: { role: "admin" } }),
  );
  const answer = await fetch(`${coffer.url}/api/v1/services`, { headers: { cookie } });
  expect(answer.status).toBe(401);
  await expect(sessionCookie(coffer, viewer.email, TEST_ADMIN.password)).rejects.toMatchObject({
    code: "sign_in_failed",
  });
  expect(await tamperingOnRecord(coffer)).toEqual([
    { action: "sessions.use", target: viewer.email },
    { action: "sign_in", target: viewer.email },
  ]);
});

test("a secret that was renamed into a permitted pattern is not resolved", async () => {
  const coffer = await startCoffer();
  const { client } = await prepare(coffer);
  await tamper(coffer, (tx) =>
    tx.secret.updateMany({
      where: { name: "OTHER_KEY" },
      data: { name: "ALLOWED_OTHER", nameKey: "allowed_other" },
    }),
  );
  const answer = await client.resolve("$SECRET/ALLOWED_OTHER");
  expect(answer.status).toBe(422);
  expect(answer.json?.["failures"]).toMatchObject([{ reason: "unreadable", paths: [""] }]);
});

test("an older version that was made current in the database is not resolved, and shows as unreadable", async () => {
  const coffer = await startCoffer();
  const { admin, client } = await prepare(coffer);
  await admin.post("/api/v1/secrets/ALLOWED_KEY/versions", { value: "second" });
  await tamper(coffer, (tx) =>
    tx.secret.updateMany({ where: { name: "ALLOWED_KEY" }, data: { currentVersion: 1 } }),
  );
  const answer = await client.resolve("$SECRET/ALLOWED_KEY");
  expect(answer.json?.["failures"]).toMatchObject([{ reason: "unreadable" }]);
  const info = await admin.get("/api/v1/secrets/ALLOWED_KEY");
  expect(info.json).toMatchObject({ state: "unreadable" });
  const rotated = await admin.post("/api/v1/secrets/ALLOWED_KEY/versions", { value: "third" });
  expect(rotated.json?.["code"]).toBe("tampered"); // a change does not make it good again
});

test("an environment whose protection was taken off in the database is not used", async () => {
  const coffer = await startCoffer();
  const { admin } = await prepare(coffer);
  await tamper(coffer, (tx) => tx.environment.updateMany({ data: { protected: true } }));
  const answer = await admin.post("/api/v1/secrets", { name: "NEW_KEY", value: "x" });
  expect(answer.json?.["code"]).toBe("tampered");
});

async function integrity(admin: Client): Promise<IntegrityReport> {
  return (await admin.get("/api/v1/integrity")).json as unknown as IntegrityReport;
}

test("the check of integrity finds nothing where only Coffer has written, whatever people did", async () => {
  const coffer = await startCoffer();
  const { admin, service, tokenId } = await prepare(coffer);
  await mustInvite(admin, "invited@example.com");
  await admin.post("/api/v1/secrets/ALLOWED_KEY/versions", { value: "second" });
  await admin.patch("/api/v1/secrets/ALLOWED_KEY", { description: "d", tags: ["t"] });
  await admin.delete("/api/v1/secrets/OTHER_KEY");
  await admin.patch(`/api/v1/services/${service.id}`, { disabled: true, description: "d" });
  await admin.delete(`/api/v1/services/${service.id}/tokens/${tokenId}`);
  await admin.patch("/api/v1/environments/default", { protected: true });
  const report = await integrity(admin);
  // 1 environment, 2 secrets, 1 service, 1 token, 2 people, 1 link
  expect(report).toEqual({
    checkedAt: coffer.clock.now().toISOString(),
    ...{ checked: 9, tampered: 0, items: [] },
  });
});

test("the check of integrity names a changed row of every kind, and leaves a record of what it found", async () => {
  const coffer = await startCoffer();
  const { admin, service, tokenId } = await prepare(coffer);
  const { id: userId } = await mustInvite(admin, "invited@example.com");
  await mustInvite(admin, "other@example.com");
  await admin.post("/api/v1/environments", { slug: "apart", name: "Apart" });
  await tamper(coffer, async (tx) => {
    await tx.environment.update({ where: { slug: "apart" }, data: { protected: true } });
    await tx.secret.updateMany({
      where: { name: "OTHER_KEY" },
      data: { expiresAt: null, currentVersion: 7 },
    });
    await tx.service.update({ where: { id: service.id }, data: { rules: EVERYTHING } });
    await tx.serviceToken.update({ where: { id: tokenId }, data: { expiresAt: null } });
    await tx.user.update({ where: { email: "other@example.com" }, data: { role: "admin" } });
    const expiresAt = new Date("2099-01-01");
    await tx.oneTimeLink.updateMany({ where: { userId }, data: { expiresAt } });
  });
  const { db } = await coffer.database();
  const { id: environmentId } = await db.environment.findUniqueOrThrow({
    where: { slug: "apart" },
  });
  const report = await integrity(admin);
  expect(report.tampered).toBe(6);
  expect(report.items).toMatchObject([
    { kind: "environment", id: environmentId, name: "apart", environment: "apart" },
    { kind: "secret", name: "OTHER_KEY", environment: "default" },
    { kind: "service", id: service.id, name: "gateway", environment: "default" },
    { kind: "token", id: tokenId, name: expect.stringMatching(/^gateway cfr_/) as string },
    { kind: "user", name: "other@example.com", environment: null },
    { kind: "link", name: "invited@example.com", environment: null },
  ]);
  expect(await tamperingOnRecord(coffer)).toEqual([{ action: "integrity.check", target: "" }]);
});

test("a link that lets nobody in any more is not looked at: it may be older than the marks", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustInvite(admin, "used@example.com");
  await mustInvite(admin, "expired@example.com");
  await tamper(coffer, async (tx) => {
    const [used, expired] = await tx.oneTimeLink.findMany({ where: { kind: "invite" } });
    const consumedAt = coffer.clock.now();
    await tx.oneTimeLink.update({ where: { id: used?.id ?? "" }, data: { mac: "", consumedAt } });
    const expiresAt = coffer.clock.now();
    await tx.oneTimeLink.update({ where: { id: expired?.id ?? "" }, data: { mac: "", expiresAt } });
  });
  expect((await integrity(admin)).tampered).toBe(0);
});

test("the check of integrity reads every page, and counts more than it names", async () => {
  const coffer = await startCoffer();
  const { admin } = await prepare(coffer);
  await tamper(coffer, async (tx) => {
    const like = await tx.secret.findFirstOrThrow();
    const data = Array.from({ length: 1_100 }, (_, index) => ({
      ...like,
      ...{ id: randomUUID(), name: `PUT_IN_${String(index)}`, nameKey: `put_in_${String(index)}` },
    }));
    // In portions: the client, in this same process, has to see in between that the server ended an idle connection.
    while (data.length > 0) await tx.secret.createMany({ data: data.splice(0, 100) });
  });
  const report = await integrity(admin);
  expect([report.checked, report.tampered]).toEqual([1_107, 1_100]);
  expect(report.items).toHaveLength(500);
  expect(new Set(report.items.map(({ id }) => id)).size).toBe(500);
});

test("rows that the database made unreadable keep nobody from seeing the others, and do not work", async () => {
  const coffer = await startCoffer();
  const { admin, service, client } = await prepare(coffer);
  await mustCreateService(admin, "untouched", ["*"]);
  await tamper(coffer, async (tx) => {
    const broken = { rules: "{", allowedCidrs: "null" };
    await tx.service.update({ where: { id: service.id }, data: broken });
    await tx.secret.updateMany({ where: { name: "OTHER_KEY" }, data: { tags: "not a list" } });
  });
  const services = await admin.get("/api/v1/services");
  expect(services.json).toMatchObject({
    items: [{ name: "gateway", rules: [], allowedCidrs: [] }, { name: "untouched" }],
  });
  expect((await admin.get(`/api/v1/services/${service.id}`)).status).toBe(200);
  expect((await client.resolve("$SECRET/ALLOWED_KEY")).status).toBe(500);
  const secrets = await admin.get("/api/v1/secrets");
  expect(secrets.json).toMatchObject({ items: [{ name: "ALLOWED_KEY" }, { tags: [] }] });
  expect((await admin.patch("/api/v1/secrets/OTHER_KEY", { tags: ["mended"] })).status).toBe(200);
});
