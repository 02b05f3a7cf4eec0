import { beforeAll, describe, expect, test } from "vitest";
import { routes } from "../../lib/api/routes/all";
import { newToken } from "../../lib/crypto/token";
import type { ErrorCode } from "../../lib/errors";
import type { Role, Rule, ServiceAction } from "../../lib/shapes";
import {
  asAdmin,
  asNobody,
  asRole,
  asService,
  changeService,
  Client,
  eventsOf,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  shareCoffer,
  startCoffer,
  type Answer,
} from "../support/coffer";
import {
  callAll,
  callAllAtOnce,
  closedRoutes,
  FAILING_EXAMPLES,
  makeWorld,
  routeName,
  type World,
} from "../support/every-route";
import { expectProblem } from "../support/problem";

// Every test here makes names and services of its own, so one Coffer serves them all.
const shared = shareCoffer();
let world: World;

beforeAll(async () => {
  world = await makeWorld(shared.admin);
});

const WHOAMI = "GET /api/v1/whoami";
/** What gives values, or tells that they are others now. */
const NEVER_FOR_PEOPLE = [
  ...["POST /api/v1/resolve", "POST /api/v1/render"],
  ...["GET /api/v1/watch", "POST /api/v1/watch"],
];
const CHECKS = ["POST /api/v1/check", "GET /api/v1/check/services"];
const MINUTE_MS = 60 * 1000;

test("only what takes a one-time link is open to people without credentials", () => {
  expect(routes.filter(({ open }) => open).map(routeName)).toEqual([
    "POST /api/v1/setup",
    "POST /api/v1/links/accept",
  ]);
});

describe("without a credential that counts, every route", () => {
  test("answers nobody with 401, on record", async () => {
    const { coffer } = shared;
    for (const { name, route, answer } of await callAllAtOnce(asNobody(coffer), world)) {
      expectProblem(answer, 401, "unauthenticated");
      expect(answer.headers.get("www-authenticate"), name).toBe("Bearer");
      expect(await eventsOf(coffer, answer), name).toMatchObject([
        { actorKind: "nobody", action: route.action, outcome: "denied", code: "unauthenticated" },
      ]);
    }
  });

  const { token: neverIssued } = newToken();
  test.for([
    ["a scheme and nothing else", "Bearer"],
    ["an empty token", "Bearer "],
    ["another scheme", "Basic YWRtaW46YWRtaW4="],
    ["garbage", "Bearer garbage"],
    ["a token with a wrong checksum", `Bearer cfr_${"0".repeat(49)}`],
    ["a well-formed token that was never issued", `Bearer ${neverIssued}`],
    ["two tokens", `Bearer ${neverIssued} ${neverIssued}`],
    ["a very long token", `Bearer ${"x".repeat(8_000)}`],
    ["the session cookie as a token", "Bearer next-auth.session-token"],
  ])("refuses %s as 401", async ([, authorization]) => {
    const client = new Client(shared.coffer.url, { authorization: authorization ?? "" });
    for (const { answer } of await callAllAtOnce(client, world)) {
      expectProblem(answer, 401, "invalid_token");
    }
  });

  test.for<[ErrorCode, number]>([
    ["token_revoked", 401],
    ["token_expired", 401],
    ["service_disabled", 401],
    ["address_not_allowed", 403],
  ])("refuses a token with %s, on record", async ([code, status]) => {
    const { coffer, admin } = shared;
    const more = code === "address_not_allowed" ? { allowedCidrs: ["10.0.0.0/8", "::1"] } : {};
    const { id } = await mustCreateService(admin, code, ["*"], {}, more);
    const expiresAt = new Date(coffer.clock.now().getTime() + 1000).toISOString();
    const token = await mustMintToken(admin, id, { expiresAt });
    const client = asService(coffer, token.token);
    if (code === "token_revoked") await admin.delete(`/api/v1/services/${id}/tokens/${token.id}`);
    if (code === "token_expired") coffer.clock.advance(1000);
    if (code === "service_disabled")
      await admin.patch(`/api/v1/services/${id}`, { disabled: true });
    for (const { name, answer } of await callAllAtOnce(client, world)) {
      expectProblem(answer, status, code);
      expect(await eventsOf(coffer, answer), name).toMatchObject([
        { actorKind: "nobody", action: "tokens.use", outcome: "denied", code },
      ]);
    }
  });
});

describe("a service", () => {
  test("without rules may do nothing but ask who it is", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "ruleless", [], { actions: ["metrics"] });
    const service = asService(coffer, (await mustMintToken(admin, id)).token);
    for (const { name, answer } of await callAllAtOnce(service, world)) {
      if (name === WHOAMI) {
        expect(answer.status).toBe(200);
        continue;
      }
      expectProblem(answer, 403, "forbidden");
      expect(await eventsOf(coffer, answer), name).toMatchObject([
        { actorKind: "service", actorId: id, outcome: "denied", code: "forbidden" },
      ]);
    }
  });

  test.for<[ServiceAction, string[]]>([
    ["resolve", NEVER_FOR_PEOPLE],
    [
      "list",
      [
        "GET /api/v1/secrets",
        "GET /api/v1/secrets/{name}",
        "GET /api/v1/secrets/{name}/versions",
        "GET /api/v1/secrets/{name}/uses",
      ],
    ],
    ["write", ["POST /api/v1/secrets", "POST /api/v1/secrets/{name}/versions"]],
    ["check", CHECKS],
    ["metrics", []],
  ])("with `%s` for all names may call %j and nothing else", async ([action, allowed]) => {
    const { coffer, admin } = shared;
    const own = await makeWorld(admin, `ACTION_${action}`);
    const service = await mustHaveService(coffer, admin, ["*"], { actions: [action] });
    const passed: string[] = [];
    for (const { name, answer } of await callAll(service, own)) {
      if (answer.status < 400) passed.push(name);
      else expectProblem(answer, 403, "forbidden");
    }
    expect(passed.sort()).toEqual([...allowed, WHOAMI].sort());
  });

  test("is held to its names for every action, without regard to case", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "Mine_1", "mine");
    await mustCreateSecret(admin, "Yours_1", "yours");
    const actions: ServiceAction[] = ["list", "write"];
    const service = await mustHaveService(coffer, admin, ["mINE_*"], { actions });
    for (const name of ["Mine_1", "MINE_1", "mine_1"]) {
      expect((await service.get(`/api/v1/secrets/${name}`)).status).toBe(200);
      expect((await service.get(`/api/v1/secrets/${name}/versions`)).status).toBe(200);
      expect((await service.get(`/api/v1/secrets/${name}/uses`)).status).toBe(200);
      const rotated = await service.post(`/api/v1/secrets/${name}/versions`, { value: "v" });
      expect(rotated.status).toBe(201);
    }
    for (const name of ["Yours_1", "NoSuchSecret", "Mine", "xMine_1"]) {
      expectProblem(await service.get(`/api/v1/secrets/${name}`), 403, "forbidden");
      expectProblem(await service.get(`/api/v1/secrets/${name}/versions`), 403, "forbidden");
      expectProblem(await service.get(`/api/v1/secrets/${name}/uses`), 403, "forbidden");
      const rotated = await service.post(`/api/v1/secrets/${name}/versions`, { value: "v" });
      expectProblem(rotated, 403, "forbidden");
      const created = await service.post("/api/v1/secrets", { name, value: "v" });
      expectProblem(created, 403, "forbidden");
    }
    const { json } = await service.get("/api/v1/secrets");
    const items = json?.["items"] as { name: string }[];
    expect(items.map(({ name }) => name)).toEqual(["Mine_1"]);
  });

  test("gets the same refusal for a name that exists, one that does not and one in the trash", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "DENIED_HERE", "v");
    await mustCreateSecret(admin, "DENIED_GONE", "v");
    await admin.delete("/api/v1/secrets/DENIED_GONE");
    const all: ServiceAction[] = ["list", "write", "resolve", "check"];
    const service = await mustHaveService(coffer, admin, ["OTHER"], { actions: all });
    const refusals = async (name: string) => {
      const path = `/api/v1/secrets/${name}`;
      const answers = [
        await service.get(path),
        await service.get(`${path}/versions`),
        await service.get(`${path}/uses`),
        await service.post("/api/v1/secrets", { name, value: "v" }),
        await service.post(`${path}/versions`, { value: "v" }),
        await service.post(`${path}/versions`, { value: "v", expectedVersion: 1 }),
        await service.patch(path, { description: "d" }),
        await service.post(`${path}/restore`),
        await service.post(`${path}/versions/1/activate`),
        await service.delete(`${path}/versions/1`),
        await service.delete(path),
        await service.delete(`${path}?purge=true`),
        await service.resolve(`$SECRET/${name}`),
        await service.resolve(`{{Secrets.${name}:-default}}`),
        await service.resolve(`{{Secrets.${name}@1}}`),
        await service.resolve(`{{Secrets.${name}.member}}`),
        await service.resolve(`$SECRET/${name}`, { onMissing: "empty" }),
      ];
      return answers.map((answer) => withoutRequest(answer, name));
    };
    const existing = await refusals("DENIED_HERE");
    expect(await refusals("DENIED_NONE")).toEqual(existing);
    expect(await refusals("DENIED_GONE")).toEqual(existing);
  });

  test("gets the same refusal for another environment that exists and one that does not", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "staging");
    await mustCreateSecret(admin, "SHARED_NAME", "staging value", { environment: "staging" });
    const all: ServiceAction[] = ["list", "write", "resolve", "check", "metrics"];
    const service = await mustHaveService(coffer, admin, ["*"], { actions: all });
    const refusals = async (environment: string) => {
      const query = `?environment=${environment}`;
      const path = "/api/v1/secrets/SHARED_NAME";
      const answers = [
        await service.get(`/api/v1/secrets${query}`),
        await service.get(path + query),
        await service.get(`${path}/versions${query}`),
        await service.get(`${path}/uses${query}`),
        await service.post("/api/v1/secrets", { name: "N", value: "v", environment }),
        await service.post(`${path}/versions${query}`, { value: "v" }),
        await service.get(`/api/v1/services${query}`),
      ];
      for (const answer of answers) expectProblem(answer, 403, "forbidden");
      return answers.map((answer) => withoutRequest(answer, environment));
    };
    expect(await refusals("absentt")).toEqual(await refusals("staging"));
    expectProblem(await service.get("/api/v1/secrets/SHARED_NAME"), 404, "not_found");
    const resolved = await service.resolve("$SECRET/SHARED_NAME");
    expect(expectProblem(resolved, 422, "unresolved", ["failures"]).failures).toMatchObject([
      { reason: "missing" },
    ]);
    expect((await service.get("/api/v1/secrets?environment=default")).status).toBe(200);
  });

  test("of another environment reads that environment's secrets and no others", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "other");
    await mustCreateSecret(admin, "SAME_NAME", "of default");
    await mustCreateSecret(admin, "SAME_NAME", "of other", { environment: "other" });
    await mustCreateSecret(admin, "DEFAULT_ONLY", "of default");
    const more = { environment: "other" };
    const actions: ServiceAction[] = ["resolve", "list"];
    const service = await mustHaveService(coffer, admin, ["*"], { actions }, more);
    const answer = await service.resolve("$SECRET/SAME_NAME");
    expect(answer.json?.["config"]).toBe("of other");
    const missing = await service.resolve("$SECRET/DEFAULT_ONLY");
    expect(expectProblem(missing, 422, "unresolved", ["failures"]).failures).toMatchObject([
      { reason: "missing" },
    ]);
    const { json } = await service.get("/api/v1/secrets");
    expect(json?.["items"]).toMatchObject([{ name: "SAME_NAME", environment: "other" }]);
  });

  test("may not write where the environment is protected, unless an admin allowed it", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "guarded", { protected: true });
    await mustCreateSecret(admin, "EXISTING", "v", { environment: "guarded" });
    const more = { environment: "guarded" };
    const actions: ServiceAction[] = ["write", "list"];
    const service = await mustHaveService(coffer, admin, ["*"], { actions }, more);
    const created = await service.post("/api/v1/secrets", { name: "NEW", value: "v" });
    expectProblem(created, 403, "forbidden");
    const rotated = await service.post("/api/v1/secrets/EXISTING/versions", { value: "v" });
    expectProblem(rotated, 403, "forbidden");
    expect((await service.get("/api/v1/secrets/EXISTING")).json).toMatchObject({ version: 1 });

    const allowed = await mustHaveService(
      coffer,
      admin,
      ["EXISTING", "NEW_*"],
      { actions, protectedWrite: true },
      more,
    );
    const rotate = "/api/v1/secrets/EXISTING/versions";
    expect((await allowed.post(rotate, { value: "v" })).json).toMatchObject({ version: 2 });
    expect((await allowed.post("/api/v1/secrets", { name: "NEW_1", value: "v" })).status).toBe(201);
    const uncovered = await allowed.post("/api/v1/secrets", { name: "OTHER", value: "v" });
    expectProblem(uncovered, 403, "forbidden");
    expectProblem(await allowed.delete("/api/v1/secrets/EXISTING"), 403, "forbidden");
  });

  test("whose rules are from before protected writes could be allowed may make none", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "from-before", { protected: true });
    const { id } = await mustCreateService(
      admin,
      "from-before",
      ["*"],
      { actions: ["write"] },
      { environment: "from-before" },
    );
    const { token } = await mustMintToken(admin, id);
    const rules = JSON.stringify([{ actions: ["write"], names: ["*"], env: [], versions: "any" }]);
    await changeService(coffer, id, { rules });
    const service = asService(coffer, token);
    const created = await service.post("/api/v1/secrets", { name: "NEW", value: "v" });
    expectProblem(created, 403, "forbidden");
    const told = (await service.get("/api/v1/whoami")).json?.["service"] as { rules: Rule[] };
    expect(told.rules).toMatchObject([{ protectedWrite: false }]);
    const { json } = await admin.get(`/api/v1/services/${id}`);
    expect(json?.["rules"]).toMatchObject([{ protectedWrite: false }]);
  });
});

/** An answer's body without what differs from request to request, and with the name blotted out. */
function withoutRequest(answer: Answer, name: string): unknown {
  const headers = [...answer.headers].filter(([key]) => !["date", "x-request-id"].includes(key));
  const requestId = answer.headers.get("x-request-id") ?? "";
  const text = answer.text.replaceAll(requestId, "").replaceAll(name, "NAME");
  return { status: answer.status, headers: headers.sort(), text };
}

describe("what changes a credential's rights binds the very next request:", () => {
  beforeAll(async () => {
    await mustCreateSecret(shared.admin, "BOUND", "value");
  });

  async function serviceWithToken(rule: Partial<Rule> = {}, more: object = {}) {
    const { coffer, admin } = shared;
    const name = `binding-${String(binding++)}`;
    const service = await mustCreateService(admin, name, ["BOUND"], rule, more);
    const token = await mustMintToken(admin, service.id);
    return {
      path: `/api/v1/services/${service.id}`,
      token,
      client: asService(coffer, token.token),
    };
  }
  let binding = 0;

  test("a token that is revoked, while another of the same service goes on", async () => {
    const { coffer, admin } = shared;
    const { path, token, client } = await serviceWithToken();
    const second = await admin.post(`${path}/tokens`, {});
    expect((await client.resolve("$SECRET/BOUND")).status).toBe(200);
    expect((await admin.delete(`${path}/tokens/${token.id}`)).status).toBe(204);
    expectProblem(await client.resolve("$SECRET/BOUND"), 401, "token_revoked");
    const other = asService(coffer, String(second.json?.["token"]));
    expect((await other.resolve("$SECRET/BOUND")).status).toBe(200);
  });

  test("a token that expires, at that very instant", async () => {
    const { coffer, admin } = shared;
    const { path } = await serviceWithToken();
    const expiresAt = new Date(coffer.clock.now().getTime() + MINUTE_MS).toISOString();
    const minted = await admin.post(`${path}/tokens`, { expiresAt });
    const client = asService(coffer, String(minted.json?.["token"]));
    coffer.clock.advance(MINUTE_MS / 2);
    expect((await client.get("/api/v1/whoami")).status).toBe(200);
    coffer.clock.advance(MINUTE_MS / 2 - 1);
    expect((await client.get("/api/v1/whoami")).status).toBe(200);
    coffer.clock.advance(1);
    expectProblem(await client.get("/api/v1/whoami"), 401, "token_expired");
  });

  test("a service that is disabled, enabled again, and deleted", async () => {
    const { admin } = shared;
    const { path, client } = await serviceWithToken();
    await admin.patch(path, { disabled: true });
    expectProblem(await client.resolve("$SECRET/BOUND"), 401, "service_disabled");
    await admin.patch(path, { disabled: false });
    expect((await client.resolve("$SECRET/BOUND")).status).toBe(200);
    await admin.delete(path);
    expectProblem(await client.resolve("$SECRET/BOUND"), 401, "invalid_token");
  });

  test("rules that are narrowed", async () => {
    const { admin } = shared;
    const { path, client } = await serviceWithToken();
    expect((await client.resolve("$SECRET/BOUND")).status).toBe(200);
    await admin.patch(path, { rules: [{ actions: ["resolve"], names: ["OTHER"] }] });
    const denied = await client.resolve("$SECRET/BOUND");
    expect(expectProblem(denied, 422, "unresolved", ["failures"]).failures).toMatchObject([
      { reason: "denied" },
    ]);
    await admin.patch(path, { rules: [] });
    expectProblem(await client.resolve("$SECRET/BOUND"), 403, "forbidden");
  });

  test("addresses that are limited: the peer's address counts, and no header", async () => {
    const { coffer, admin } = shared;
    const { path, token, client } = await serviceWithToken();
    await admin.patch(path, { allowedCidrs: ["127.0.0.0/8"] });
    expect((await client.get("/api/v1/whoami")).status).toBe(200);
    await admin.patch(path, { allowedCidrs: ["127.0.0.2", "10.0.0.0/8"] });
    expectProblem(await client.get("/api/v1/whoami"), 403, "address_not_allowed");
    const liar = new Client(coffer.url, {
      authorization: `Bearer ${token.token}`,
      "x-forwarded-for": "10.0.0.1",
      "x-real-ip": "10.0.0.1",
      forwarded: "for=10.0.0.1",
    });
    expectProblem(await liar.get("/api/v1/whoami"), 403, "address_not_allowed");
    await admin.patch(path, { allowedCidrs: [] });
    expect((await client.get("/api/v1/whoami")).status).toBe(200);
  });
});

describe("behind a proxy that is trusted", () => {
  test("the address that counts is the one that the proxy names, for tokens and on record", async () => {
    const coffer = await startCoffer({ env: { COFFER_TRUSTED_PROXIES: "127.0.0.0/8,10.0.0.0/8" } });
    const admin = await asAdmin(coffer);
    const allowedCidrs = ["203.0.113.0/24"];
    const service = await mustHaveService(coffer, admin, ["*"], {}, { allowedCidrs });
    const whoami = (forwardedFor: string) =>
      new Client(coffer.url, { ...service.headers, "x-forwarded-for": forwardedFor }).get(
        "/api/v1/whoami",
      );
    const good = await whoami("198.51.100.1, 203.0.113.9, 10.0.0.1");
    expect(good.status).toBe(200);
    expect(await eventsOf(coffer, good)).toMatchObject([{ address: "203.0.113.9" }]);
    for (const bad of ["203.0.113.9, 198.51.100.1", "203.0.113.9, garbage", "10.0.0.1", ""]) {
      expectProblem(await whoami(bad), 403, "address_not_allowed");
    }
  });
});

describe("people's roles decide:", () => {
  const READS = [
    "GET /api/v1/secrets",
    "GET /api/v1/secrets/{name}",
    "GET /api/v1/secrets/{name}/versions",
    "GET /api/v1/secrets/{name}/uses",
    "GET /api/v1/attention",
    "GET /api/v1/environments",
    WHOAMI,
  ];
  const RECORD = closedRoutes
    .map(({ name }) => name)
    .filter((name) => name.includes("/api/v1/audit"));
  const WRITES = [
    "POST /api/v1/secrets",
    "POST /api/v1/secrets/{name}/versions",
    "PATCH /api/v1/secrets/{name}",
    "POST /api/v1/secrets/{name}/versions/{version}/activate",
    "DELETE /api/v1/secrets/{name}",
    "POST /api/v1/secrets/{name}/restore",
  ];
  const OWN_ACCOUNT = closedRoutes
    .map(({ name }) => name)
    .filter((name) => name.includes("/api/v1/account"));

  const everything = closedRoutes.map(({ name }) => name);

  test.for<[Role, string[]]>([
    ["admin", everything.filter((name) => !NEVER_FOR_PEOPLE.includes(name))],
    ["editor", [...READS, ...WRITES, ...CHECKS, ...OWN_ACCOUNT]],
    ["viewer", [...READS, ...OWN_ACCOUNT]],
    ["auditor", [...READS, ...RECORD, ...OWN_ACCOUNT]],
  ])("%s", async ([role, allowed]) => {
    const { coffer, admin } = shared;
    const own = await makeWorld(admin, `ROLE_${role}`);
    const person = await asRole(coffer, role);
    const passed: string[] = [];
    for (const { name, answer } of await callAll(person, own)) {
      const expected = FAILING_EXAMPLES[name];
      if (answer.status < 400 || (expected && answer.json?.["code"] === expected))
        passed.push(name);
      else expectProblem(answer, 403, "forbidden");
    }
    expect(passed.sort()).toEqual([...allowed].sort());
  });

  test("only an admin changes anything in a protected environment", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "production", { protected: true });
    await mustCreateSecret(admin, "LIVE", "v1", { environment: "production" });
    await admin.post("/api/v1/secrets/LIVE/versions?environment=production", { value: "v2" });
    const editor = await asRole(coffer, "editor");
    const path = "/api/v1/secrets/LIVE";
    const query = "?environment=production";
    const create = { name: "NEW", value: "v", environment: "production" };
    for (const refused of [
      await editor.post("/api/v1/secrets", create),
      await editor.post(`${path}/versions${query}`, { value: "v" }),
      await editor.patch(path + query, { description: "d" }),
      await editor.post(`${path}/versions/1/activate${query}`),
      await editor.delete(path + query),
      await editor.post(`${path}/restore${query}`),
    ]) {
      expectProblem(refused, 403, "forbidden");
    }
    expect((await editor.get(path + query)).json).toMatchObject({ version: 2, state: "active" });
    expect((await admin.post("/api/v1/secrets", create)).status).toBe(201);
    expect((await admin.delete(path + query)).status).toBe(204);
  });

  test("no person gets a value: not even an admin may resolve", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "FOR_SERVICES", "value-that-no-person-sees");
    for (const role of ["admin", "editor", "viewer", "auditor"] as const) {
      const answer = await (await asRole(coffer, role)).resolve("$SECRET/FOR_SERVICES");
      expectProblem(answer, 403, "forbidden");
      expect(answer.text).not.toContain("value-that-no-person-sees");
    }
  });
});
