import { describe, expect, test } from "vitest";
import {
  asRole,
  asService,
  eventsOf,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  recordText,
  shareCoffer,
  type Answer,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const SERVICES = "/api/v1/services";
const SERVICE_KEYS = [
  ...["id", "name", "environment", "description", "rules", "allowedCidrs"],
  ...["demands", "createdAt", "createdBy", "disabledAt", "held"],
  ...["lastUsedAt", "tokens"],
];

const items = (answer: Answer) => answer.json?.["items"] as Record<string, unknown>[];

describe("creating a service", () => {
  test("answers 201 with everything about it, and no token yet", async () => {
    const { coffer, admin } = shared;
    const rules = [
      {
        actions: ["resolve", "check"],
        names: ["OPENAI_*", "X"],
        env: ["HOME"],
        versions: "any",
        protectedWrite: true,
      },
      { actions: ["list"], names: ["*"] },
    ];
    const answer = await admin.post(SERVICES, {
      name: "Tyk gateway 1",
      description: "In the DMZ",
      rules,
      allowedCidrs: ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"],
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toStrictEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      name: "Tyk gateway 1",
      environment: "default",
      description: "In the DMZ",
      rules: [rules[0], { ...rules[1], env: [], versions: "current", protectedWrite: false }],
      allowedCidrs: ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128"],
      demands: [],
      createdAt: coffer.clock.now().toISOString(),
      createdBy: "admin@example.com",
      disabledAt: null,
      held: null,
      lastUsedAt: null,
      tokens: [],
    });
    expect(Object.keys(answer.json ?? {})).toEqual(SERVICE_KEYS);
    const path = `${SERVICES}/${String(answer.json?.["id"])}`;
    expect((await admin.get(path)).json).toStrictEqual(answer.json);
  });

  test("without rules makes one that may do nothing", async () => {
    const { admin } = shared;
    const answer = await admin.post(SERVICES, { name: "bare" });
    expect(answer.json).toMatchObject({ description: "", rules: [], allowedCidrs: [] });
  });

  test("refuses a name that is taken in that environment, in any case, and in no other", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "apart");
    await mustCreateService(admin, "Proxy", []);
    for (const name of ["Proxy", "PROXY", "proxy"]) {
      const answer = await admin.post(SERVICES, { name });
      expectProblem(answer, 409, "already_exists");
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "services.create", target: name, outcome: "failed", code: "already_exists" },
      ]);
    }
    const other = await admin.post(SERVICES, { name: "proxy", environment: "apart" });
    expect(other.json).toMatchObject({ environment: "apart" });
    const none = await admin.post(SERVICES, { name: "lost", environment: "nowhere" });
    expectProblem(none, 404, "not_found");
  });

  const good = { name: "schema" };
  const rule = { actions: ["resolve"], names: ["A"] };
  test.for<[string, unknown, string]>([
    ["no name", {}, "/name"],
    ["an empty name", { name: "" }, "/name"],
    ["a name of blanks", { name: "  " }, "/name"],
    ["a name with a newline", { name: "a\nb" }, "/name"],
    ["a name of 65 characters", { name: "x".repeat(65) }, "/name"],
    ["a name with markup", { name: "<b>" }, "/name"],
    ["a number as name", { name: 7 }, "/name"],
    ["an unknown field", { ...good, admin: true }, ""],
    ["a token of its own", { ...good, tokens: [] }, ""],
    ["an id of its own", { ...good, id: "x" }, ""],
    ["rules that are no list", { ...good, rules: rule }, "/rules"],
    ["51 rules", { ...good, rules: Array(51).fill(rule) }, "/rules"],
    ["a rule without actions", { ...good, rules: [{ names: ["A"] }] }, "/rules/0/actions"],
    ["a rule with no action", { ...good, rules: [{ ...rule, actions: [] }] }, "/rules/0/actions"],
    [
      "an unknown action",
      { ...good, rules: [{ ...rule, actions: ["admin"] }] },
      "/rules/0/actions/0",
    ],
    ["an unknown field in a rule", { ...good, rules: [{ ...rule, name: "A" }] }, "/rules/0"],
    ["an empty pattern", { ...good, rules: [{ ...rule, names: [""] }] }, "/rules/0/names/0"],
    [
      "a pattern with another wildcard",
      { ...good, rules: [{ ...rule, names: ["A?"] }] },
      "/rules/0/names/0",
    ],
    ["a regular expression", { ...good, rules: [{ ...rule, names: [".*"] }] }, "/rules/0/names/0"],
    [
      "a pattern of 129 characters",
      { ...good, rules: [{ ...rule, names: ["*".repeat(129)] }] },
      "/rules/0/names/0",
    ],
    [
      "a pattern with a newline",
      { ...good, rules: [{ ...rule, names: ["A\n"] }] },
      "/rules/0/names/0",
    ],
    [
      "201 patterns",
      { ...good, rules: [{ ...rule, names: Array(201).fill("A") }] },
      "/rules/0/names",
    ],
    ["a pattern in env", { ...good, rules: [{ ...rule, env: ["TYK_*"] }] }, "/rules/0/env/0"],
    [
      "protected writes in words",
      { ...good, rules: [{ ...rule, protectedWrite: "yes" }] },
      "/rules/0/protectedWrite",
    ],
    ["unknown versions", { ...good, rules: [{ ...rule, versions: "all" }] }, "/rules/0/versions"],
    ["a host as address", { ...good, allowedCidrs: ["localhost"] }, "/allowedCidrs/0"],
    ["an address and a port", { ...good, allowedCidrs: ["10.0.0.1:80"] }, "/allowedCidrs/0"],
    ["33 bits of IPv4", { ...good, allowedCidrs: ["10.0.0.0/33"] }, "/allowedCidrs/0"],
    ["129 bits of IPv6", { ...good, allowedCidrs: ["::/129"] }, "/allowedCidrs/0"],
    ["negative bits", { ...good, allowedCidrs: ["10.0.0.0/-1"] }, "/allowedCidrs/0"],
    ["two slashes", { ...good, allowedCidrs: ["10.0.0.0/8/8"] }, "/allowedCidrs/0"],
    ["half an address", { ...good, allowedCidrs: ["10.0/16"] }, "/allowedCidrs/0"],
    ["an address with a zone", { ...good, allowedCidrs: ["fe80::1%eth0"] }, "/allowedCidrs/0"],
    ["an empty address", { ...good, allowedCidrs: [""] }, "/allowedCidrs/0"],
    ["an unknown demand", { ...good, demands: ["names"] }, "/demands/0"],
    ["101 blocks", { ...good, allowedCidrs: Array(101).fill("::1") }, "/allowedCidrs"],
    ["a long description", { ...good, description: "x".repeat(1_001) }, "/description"],
    ["an environment that is no slug", { ...good, environment: "A" }, "/environment"],
    ["null", null, ""],
  ])("refuses %s and names the place", async ([, body, pointer]) => {
    const { coffer, admin } = shared;
    const answer = await admin.post(SERVICES, body);
    const problem = expectProblem(answer, 400, "invalid_request");
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "services.create", outcome: "failed", code: "invalid_request" },
    ]);
  });

  test("refuses __proto__ wherever it stands", async () => {
    const { admin } = shared;
    for (const body of [
      '{"name":"proto","__proto__":{"rules":[]}}',
      '{"name":"proto","rules":[{"actions":["resolve"],"__proto__":{"names":["*"]}}]}',
      '{"__proto__":{"name":"proto"}}',
      '{"name":"proto","constructor":{"prototype":{}}}',
    ]) {
      expectProblem(await admin.send("POST", SERVICES, body), 400, "invalid_request");
    }
  });
});

describe("changing a service", () => {
  test("changes what is given and nothing else", async () => {
    const { coffer, admin } = shared;
    const created = await mustCreateService(admin, "changing", ["A"], {}, { description: "d" });
    const path = `${SERVICES}/${created.id}`;
    expect((await admin.patch(path, {})).json).toStrictEqual(created);
    const renamed = await admin.patch(path, { name: "Changed", description: "" });
    expect(renamed.json).toStrictEqual({ ...created, name: "Changed", description: "" });
    const rules = [
      { actions: ["list"], names: ["*"], env: [], versions: "current", protectedWrite: true },
    ];
    const ruled = await admin.patch(path, { rules, allowedCidrs: ["::1"] });
    expect(ruled.json).toMatchObject({ name: "Changed", rules, allowedCidrs: ["::1/128"] });
    const disabled = await admin.patch(path, { disabled: true });
    const disabledAt = coffer.clock.now().toISOString();
    expect(disabled.json).toMatchObject({ disabledAt });
    coffer.clock.advance(1000);
    expect((await admin.patch(path, { disabled: true })).json).toMatchObject({ disabledAt });
    expect((await admin.patch(path, { disabled: false })).json).toMatchObject({ disabledAt: null });
  });

  test("refuses another's name, unknown fields, and a service that is not there", async () => {
    const { admin } = shared;
    await mustCreateService(admin, "Taken", []);
    const { id } = await mustCreateService(admin, "taker", []);
    const path = `${SERVICES}/${id}`;
    expectProblem(await admin.patch(path, { name: "TAKEN" }), 409, "already_exists");
    expect((await admin.patch(path, { name: "TAKER" })).status).toBe(200);
    for (const body of [
      { environment: "default" },
      { id: "x" },
      { disabled: "yes" },
      { name: null },
      [],
    ]) {
      expectProblem(await admin.patch(path, body), 400, "invalid_request");
    }
    for (const absent of [
      "nothing",
      "00000000-0000-4000-8000-000000000000",
      "..%2Fsecrets",
      "%00",
    ]) {
      expectProblem(await admin.patch(`${SERVICES}/${absent}`, {}), 404, "not_found");
    }
    expectProblem(await admin.patch(`${SERVICES}/${"x".repeat(101)}`, {}), 400, "invalid_request");
  });
});

describe("deleting a service", () => {
  test("ends its tokens, and keeps its events and where it used secrets", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "READ_BY_DELETED", "v");
    const { id } = await mustCreateService(admin, "deleted", ["READ_BY_DELETED"]);
    const { token } = await mustMintToken(admin, id);
    const client = asService(coffer, token);
    const read = await client.resolve("$SECRET/READ_BY_DELETED");
    const uses = "/api/v1/secrets/READ_BY_DELETED/uses";
    expect(items(await admin.get(uses))).toHaveLength(1);
    const answer = await admin.delete(`${SERVICES}/${id}`);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: "" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "services.delete", target: "deleted", outcome: "ok" },
    ]);
    expectProblem(await client.resolve("$SECRET/READ_BY_DELETED"), 401, "invalid_token");
    expectProblem(await admin.get(`${SERVICES}/${id}`), 404, "not_found");
    expectProblem(await admin.delete(`${SERVICES}/${id}`), 404, "not_found");
    expectProblem(await admin.post(`${SERVICES}/${id}/tokens`, {}), 404, "not_found");
    expect(items(await admin.get(uses))).toMatchObject([
      { service: { id, name: "deleted", deleted: true }, count: 1, mayPin: false },
    ]);
    expect(await eventsOf(coffer, read)).toMatchObject([{ actorId: id, actorName: "deleted" }]);
    expect((await admin.post(SERVICES, { name: "deleted" })).status).toBe(201);
  });
});

describe("listing services", () => {
  test("gives those of one environment in order of names, each with its tokens", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "listed");
    const environment = "listed";
    for (const name of ["b", "A", "c"])
      await mustCreateService(admin, name, [], {}, { environment });
    const first = items(await admin.get(`${SERVICES}?environment=listed`));
    expect(first.map(({ name }) => name)).toEqual(["A", "b", "c"]);
    expect(Object.keys(first[0] ?? {})).toEqual(SERVICE_KEYS);
    const id = String(first[0]?.["id"]);
    const { token, ...told } = await mustMintToken(admin, id);
    const second = await admin.get(`${SERVICES}?environment=listed`);
    expect(items(second)[0]?.["tokens"]).toStrictEqual([told]);
    expect(second.text).not.toContain(token);
    expectProblem(await admin.get(`${SERVICES}?environment=none`), 404, "not_found");
    expectProblem(await admin.get(`${SERVICES}?search=a`), 400, "invalid_request");
  });

  test("shows when a service and its token were last used, and from where", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "last-used", []);
    const { token } = await mustMintToken(admin, id);
    await asService(coffer, token).get("/api/v1/whoami");
    const lastUsedAt = coffer.clock.now().toISOString();
    const { json } = await admin.get(`${SERVICES}/${id}`);
    expect(json).toMatchObject({ lastUsedAt, tokens: [{ lastUsedAt, lastAddress: "127.0.0.1" }] });
  });
});

describe("services are an admin's business:", () => {
  test("nobody else learns whether one exists", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "hidden", []);
    const all = ["resolve", "check", "list", "write", "metrics"] as const;
    const service = await mustHaveService(coffer, admin, ["*"], { actions: [...all] });
    const others = [service, await asRole(coffer, "editor"), await asRole(coffer, "auditor")];
    for (const client of others) {
      for (const each of [id, "00000000-0000-4000-8000-000000000000"]) {
        for (const answer of [
          await client.get(`${SERVICES}/${each}`),
          await client.patch(`${SERVICES}/${each}`, { disabled: true }),
          await client.delete(`${SERVICES}/${each}`),
          await client.post(`${SERVICES}/${each}/tokens`, {}),
          await client.delete(`${SERVICES}/${each}/tokens/x`),
        ]) {
          expectProblem(answer, 403, "forbidden");
        }
      }
    }
  });

  test("a token pasted where an id belongs stays off the record", async () => {
    const { coffer, admin } = shared;
    const service = await mustHaveService(coffer, admin, ["*"]);
    const { id } = await mustCreateService(admin, "pasted", []);
    const { token } = await mustMintToken(admin, id);
    for (const client of [admin, service]) {
      await client.get(`${SERVICES}/${token}`);
      await client.patch(`${SERVICES}/${token}`, {});
      await client.delete(`${SERVICES}/${token}`);
      await client.post(`${SERVICES}/${token}/tokens`, {});
      await client.delete(`${SERVICES}/${token}/tokens/${token}`);
      await client.delete(`${SERVICES}/${id}/tokens/${token}`);
      await client.get(`/api/v1/secrets/${token}`);
      await client.get(`/api/v1/secrets?search=${token}`);
    }
    expect(await recordText(coffer)).not.toContain(token);
    expect(coffer.log.join("\n")).not.toContain(token);
  });
});
