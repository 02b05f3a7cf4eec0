import { describe, expect, test } from "vitest";
import { newToken } from "../../lib/crypto/token";
import type { Limits } from "../../lib/limits";
import {
  asAdmin,
  asNobody,
  asService,
  Client,
  eventsOf,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  NO_LIMITS,
  startCoffer,
  type Answer,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const WHOAMI = "/api/v1/whoami";
const MINUTE_MS = 60_000;

function start(rates: Partial<Limits["rates"]>, env: Record<string, string> = {}): Promise<Coffer> {
  return startCoffer({ env, limits: { ...NO_LIMITS, rates: { ...NO_LIMITS.rates, ...rates } } });
}

function expectLimited(answer: Answer): void {
  const { retryAfterSeconds } = expectProblem(answer, 429, "rate_limited", ["retryAfterSeconds"]);
  expect(answer.headers.get("retry-after")).toBe(String(retryAfterSeconds));
  expect(retryAfterSeconds).toBeGreaterThan(0);
  expect(retryAfterSeconds).toBeLessThanOrEqual(60);
}

/** A service that resolves everything, and as many tokens of it as are asked for. */
async function withService(coffer: Coffer, admin: Client, name: string, tokens = 1) {
  const { id } = await mustCreateService(admin, name, ["*"], { actions: ["resolve", "list"] });
  const clients: Client[] = [];
  for (let i = 0; i < tokens; i++) {
    clients.push(asService(coffer, (await mustMintToken(admin, id)).token));
  }
  return { id, clients: clients as [Client, Client] };
}

describe("without valid credentials", () => {
  const nobody = { most: 5, perMs: MINUTE_MS };

  test("an address gets so many refusals a minute, whatever they are for, and then one row that says so", async () => {
    const coffer = await start({ nobody });
    const bad = asService(coffer, newToken().token);
    const client = asNobody(coffer);
    expectProblem(await bad.get(WHOAMI), 401, "invalid_token");
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    expectProblem(await client.get("/api/v1/nothing"), 404, "not_found");
    const body = { link: "x", password: "long enough to pass" };
    expectProblem(await client.post("/api/v1/links/accept", body), 401, "invalid_link");
    expectProblem(await asService(coffer, "garbage").resolve("x"), 401, "invalid_token");
    const first = await bad.get(WHOAMI);
    expectLimited(first);
    expect(await eventsOf(coffer, first)).toMatchObject([
      { actorKind: "nobody", action: "tokens.use", outcome: "denied", code: "rate_limited" },
    ]);
    const { db } = await coffer.database();
    const rows = await db.auditEvent.count();
    for (let i = 0; i < 20; i++) {
      expectLimited(await bad.get(WHOAMI));
      expectLimited(await client.get("/api/v1/nothing"));
      expectLimited(await client.post("/api/v1/links/accept", body));
    }
    expect(await db.auditEvent.count()).toBe(rows);
    coffer.clock.advance(MINUTE_MS);
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
  });

  test("an address that is refused holds up nobody who shows valid ones there, and no other address", async () => {
    const env = { COFFER_TRUSTED_PROXIES: "127.0.0.1" };
    const coffer = await start({ nobody }, env);
    const from = (address: string, headers = {}) =>
      new Client(coffer.url, { "x-forwarded-for": address, ...headers });
    for (let i = 0; i < 5; i++) await from("192.0.2.1").get(WHOAMI);
    expectLimited(await from("192.0.2.1").get(WHOAMI));
    expectProblem(await from("192.0.2.2").get(WHOAMI), 401, "unauthenticated");
    const admin = await asAdmin(coffer);
    const { clients } = await withService(coffer, admin, "there");
    for (const { headers } of [admin, clients[0]]) {
      expect((await from("192.0.2.1", headers).get(WHOAMI)).status).toBe(200);
    }
    for (let i = 0; i < 5; i++) await from(`2001:db8::${String(i)}`).get(WHOAMI);
    expectLimited(await from("2001:db8::ffff").get(WHOAMI));
    const origin = { address: "192.0.2.1", userAgent: "", requestId: "" };
    const { email, password } = TEST_ADMIN;
    await expect(coffer.vault.people.signIn(origin, email, password)).resolves.toBeDefined();
  });

  test("what Coffer can't do for its own reasons is not held against an address", async () => {
    const coffer = await start({ nobody });
    for (let i = 0; i < 10; i++) {
      expect((await asNobody(coffer).get("/health/live")).status).toBe(200);
      expect((await asNobody(coffer).get("/api/v1/openapi.json")).status).toBe(200);
    }
    expectProblem(await asNobody(coffer).get(WHOAMI), 401, "unauthenticated");
  });
});

describe("management", () => {
  const management = { most: 5, perMs: MINUTE_MS };

  test("takes so many calls a minute of each person, in all their sessions, refused ones too, and nothing is done then", async () => {
    const coffer = await start({ management });
    const [one, two] = [await asAdmin(coffer), await asAdmin(coffer)];
    for (const client of [one, two, one]) expect((await client.get(WHOAMI)).status).toBe(200);
    expectProblem(await two.get("/api/v1/secrets/NONE"), 404, "not_found");
    await mustCreateSecret(one, "FIFTH", "v");
    const answer = await two.post("/api/v1/secrets", { name: "SIXTH", value: "v" });
    expectLimited(answer);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { actorKind: "user", action: "secrets.create", outcome: "denied", code: "rate_limited" },
    ]);
    const again = await one.get(WHOAMI);
    expectLimited(again);
    expect(await eventsOf(coffer, again)).toEqual([]); // told in this minute
    coffer.clock.advance(MINUTE_MS);
    expectProblem(await one.get("/api/v1/secrets/SIXTH"), 404, "not_found");
  });

  test("counts each token by itself, and no resolve", async () => {
    const coffer = await start({ management: { most: 7, perMs: MINUTE_MS } });
    const admin = await asAdmin(coffer);
    const { clients } = await withService(coffer, admin, "busy", 2);
    for (let i = 0; i < 7; i++) {
      expect((await clients[0].get("/api/v1/secrets")).status).toBe(200);
      expect((await clients[0].resolve("x")).status).toBe(200);
    }
    expectLimited(await clients[0].get("/api/v1/secrets"));
    expect((await clients[0].resolve("x")).status).toBe(200);
    expect((await clients[1].get("/api/v1/secrets")).status).toBe(200);
    expect((await admin.get(WHOAMI)).status).toBe(200);
  });
});

describe("resolve", () => {
  test("takes so many of each service, by any of its tokens, and of another one as many again", async () => {
    const coffer = await start({ resolve: { most: 5, perMs: 10_000 } });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "KEY", "sk-1");
    const { id, clients } = await withService(coffer, admin, "runaway", 2);
    const other = (await withService(coffer, admin, "calm")).clients[0];
    for (let i = 0; i < 5; i++) {
      expect((await clients[i % 2 === 0 ? 0 : 1].resolve("$SECRET/KEY")).status).toBe(200);
    }
    const [first, second] = [
      await clients[0].resolve("$SECRET/KEY"),
      await clients[1].resolve("x"),
    ];
    expectLimited(first);
    expectLimited(second);
    expect(first.text).not.toContain("sk-1");
    expect(await eventsOf(coffer, first)).toMatchObject([
      { actorId: id, action: "secrets.resolve", outcome: "denied", code: "rate_limited" },
    ]);
    expect(await eventsOf(coffer, second)).toEqual([]);
    expect((await other.resolve("$SECRET/KEY")).json).toMatchObject({ config: "sk-1" });
    expect((await clients[0].get(WHOAMI)).status).toBe(200);
    coffer.clock.advance(10_000);
    expect((await clients[0].resolve("$SECRET/KEY")).json).toMatchObject({ config: "sk-1" });
  });
});
