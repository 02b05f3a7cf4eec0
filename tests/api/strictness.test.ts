import { beforeAll, describe, expect, test } from "vitest";
import {
  eventsOf,
  must,
  mustCreateSecret,
  mustHaveService,
  mustInvite,
  shareCoffer,
  startCoffer,
  asAdmin,
  tamper,
  type Answer,
  type Client,
} from "../support/coffer";
import {
  callExample,
  everyRoute,
  makeWorld,
  SERVICES_ONLY,
  type World,
} from "../support/every-route";
import { expectProblem } from "../support/problem";
import { sendBytes, sendRaw } from "../support/raw-http";

const shared = shareCoffer();
const SECRETS = "/api/v1/secrets";
const SERVICES = "/api/v1/services";
const JSON_TYPE = { "content-type": "application/json" };

let world: World;
let service: Client;

beforeAll(async () => {
  const { coffer, admin } = shared;
  world = await makeWorld(admin);
  service = await mustHaveService(coffer, admin, ["*"]);
});

describe("a key that stands twice in a body", () => {
  test("is refused on every route, and nothing is done", async () => {
    const { coffer, admin } = shared;
    for (const { name, route } of everyRoute.filter(({ route }) => route.body)) {
      const path = route.path.replaceAll(/[{}]/g, "");
      const query = route.path === "/api/v1/check" ? `?service=${world.serviceId}` : "";
      const body = route.raw // these look at a key where they need it
        ? '{"config":"A","con\\u0066ig":"B"}'
        : '{"name":"A","na\\u006de":"B"}';
      const client = SERVICES_ONLY.has(name) ? service : admin;
      const answer = await client.send(route.method, path + query, body);
      expectProblem(answer, 400, "invalid_json");
      expect(await eventsOf(coffer, answer), name).toMatchObject([{ code: "invalid_json" }]);
    }
  });

  test("is refused at any depth, and not where it stands in different objects, or as a text", async () => {
    const { admin } = shared;
    const create = (rule: string) =>
      admin.send("POST", SERVICES, `{"name":"twice","rules":[${rule}]}`);
    const twice = '{"actions":["list"],"names":[],"actions":["resolve"]}';
    expectProblem(await create(twice), 400, "invalid_json");
    expectProblem(await create(`{"actions":["list"]},${twice}`), 400, "invalid_json");
    must(201, await create('{"actions":["list"]},{"actions":["resolve"],"names":["actions"]}'));
  });

  test("stays as it is in a config, whose text is kept", async () => {
    const answer = await service.send("POST", "/api/v1/resolve", '{"config":{"a":1,"a":2}}');
    expect(answer.text).toContain('"config":{"a":1,"a":2}');
  });
});

describe("free text", () => {
  const bad = ["a\u0000b", "\ud800", "a\udc00b"];

  test("with NUL or half of a surrogate pair is refused, and the answer says where", async () => {
    const { admin } = shared;
    for (const text of bad) {
      const at: [pointer: string, answer: Answer][] = [
        ["/description", await admin.post(SECRETS, { name: "T", value: "v", description: text })],
        ["/description", await admin.patch(`${SECRETS}/${world.secret}`, { description: text })],
        ["/description", await admin.post(SERVICES, { name: "t", description: text })],
        ["/name", await admin.patch("/api/v1/account", { name: text })],
        [
          "/name",
          await admin.post("/api/v1/users", { email: "t@example.com", name: text, role: "viewer" }),
        ],
        ["/name", await admin.post("/api/v1/environments", { slug: "t", name: text })],
      ];
      for (const [pointer, answer] of at) {
        const { errors } = expectProblem(answer, 400, "invalid_request");
        expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
      }
    }
    const pair = await admin.patch("/api/v1/account", { name: "\ud83d\ude00 Ann" });
    expect(pair.json).toMatchObject({ name: "\ud83d\ude00 Ann" });
  });

  test("of somebody who joins is held to the same", async () => {
    const { admin } = shared;
    const { link } = await mustInvite(admin, "joins@example.com");
    const password = "seven plain wooden chairs";
    for (const name of bad) {
      const answer = await admin.post("/api/v1/links/accept", { link, name, password });
      expectProblem(answer, 400, "invalid_request");
    }
    must(200, await admin.post("/api/v1/links/accept", { link, name: "Jo", password }));
  });
});

describe("a body with a Content-Encoding", () => {
  const send = (encoding: string) =>
    sendRaw(shared.coffer.url, {
      ...{ method: "POST", path: "/api/v1/resolve", body: '{"config":"plain"}' },
      headers: { ...service.headers, ...JSON_TYPE, "content-encoding": encoding },
    });

  test("is refused, also where it is readable as it is, unless the encoding is none", async () => {
    for (const encoding of ["gzip", "br", "deflate", "x", "identity, gzip", "aws-chunked"]) {
      expectProblem(await send(encoding), 415, "unsupported_media_type");
    }
    for (const encoding of ["identity", "Identity", ""]) {
      expect((await send(encoding)).json, encoding).toMatchObject({ config: "plain" });
    }
  });
});

describe("what Node's HTTP parser refuses", () => {
  const [head, end] = ["GET /api/v1/whoami HTTP/1.1\r\nhost: localhost\r\n", "\r\n\r\n"];

  test("is answered with a problem that has an id and closes the connection", async () => {
    const { coffer } = shared;
    for (const [bytes, status, code] of [
      [`${head}x: ${"x".repeat(70_000)}${end}`, 431, "headers_too_large"],
      [`GET /${"x".repeat(70_000)} HTTP/1.1${end}`, 431, "headers_too_large"],
      [`${head}a\u0000b: c${end}`, 400, "bad_request"],
      [`GET / HTTP/9.9${end}`, 400, "bad_request"],
      [`\u0016\u0003\u0001 hello${end}`, 400, "bad_request"],
    ] as const) {
      const answer = await sendBytes(coffer.url, bytes);
      const [headers = "", body = ""] = answer.split("\r\n\r\n");
      expect(headers).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
      expect(headers).toContain("content-type: application/problem+json");
      expect(headers).toContain("connection: close");
      const problem = JSON.parse(body) as Record<string, unknown>;
      expect(problem).toMatchObject({ type: `urn:coffer:problem:${code}`, status, code });
      expect(headers).toContain(`x-request-id: ${String(problem["requestId"])}`);
    }
  });

  test("is on record, one row a second and no more", async () => {
    const coffer = await startCoffer();
    const startedAt = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => sendBytes(coffer.url, `GET / HTTP/9.9${end}`)),
    );
    const seconds = Math.floor(Date.now() / 1000) - Math.floor(startedAt / 1000) + 1;
    const { db } = await coffer.database();
    const rows = await db.auditEvent.findMany({ where: { code: "bad_request" } });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(seconds);
    expect(rows[0]).toMatchObject({ actorKind: "nobody", outcome: "failed", address: "127.0.0.1" });
    expect(answers.join("")).toContain(rows[0]?.requestId);
  });

  test("after an answer has begun gets no second one", async () => {
    const good = `${head}authorization: ${service.headers["authorization"] ?? ""}${end}`;
    const answer = await sendBytes(shared.coffer.url, `${good}GET / HTTP/9.9${end}`);
    expect(answer.match(/^HTTP\/1\.1 /gm)?.length ?? 0).toBeLessThanOrEqual(2);
    const codes = Array.from(answer.matchAll(/^HTTP\/1\.1 (\d+)/gm), ([, code]) => code);
    expect([[], ["200"], ["400"], ["200", "400"]]).toContainEqual(codes);
  });
});

describe("a stored value that does not open", () => {
  test("leaves a line in the log with the request and the secret's id, and neither name nor value", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "BROKEN", "sk-of-broken");
    const reader = await mustHaveService(coffer, admin, ["*"]);
    const { db } = await coffer.database();
    const { id } = await db.secret.findFirstOrThrow();
    const { sealed } = await db.secretVersion.findFirstOrThrow();
    const broken = `${sealed?.slice(0, -6) ?? ""}AAAAAA`;
    await tamper(coffer, (tx) => tx.secretVersion.updateMany({ data: { sealed: broken } }));
    const answer = await reader.resolve("$SECRET/BROKEN");
    expectProblem(answer, 422, "unresolved", ["failures"]);
    const requestId = answer.headers.get("x-request-id");
    const lines = coffer.log.filter((line) => line.includes("does not open"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        ...{ level: "error", requestId, secretId: id, version: 1 },
        message: "a stored value does not open",
      },
    ]);
    expect(coffer.log.join("\n")).not.toMatch(/BROKEN|sk-of-broken/i);
  });
});

describe("a page of a list", () => {
  test("has a size in plain decimal digits", async () => {
    const { admin } = shared;
    for (const limit of [
      "0x10",
      "1e1",
      "%2010",
      "10.0",
      "010",
      "",
      "0",
      "501",
      "-1",
      "9".repeat(30),
    ]) {
      const answer = await admin.get(`${SECRETS}?limit=${limit}`);
      const { errors } = expectProblem(answer, 400, "invalid_request");
      expect(errors?.[0]?.pointer, limit).toBe("/limit");
    }
    for (const limit of ["1", "10", "500"]) {
      expect((await admin.get(`${SECRETS}?limit=${limit}`)).status).toBe(200);
    }
  });

  test("that is full and the last one has no next one", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (const name of ["A", "B", "C", "D"]) await mustCreateSecret(admin, name, "v");
    const page = async (query: string) => (await admin.get(`${SECRETS}?${query}`)).json;
    const first = await page("limit=2");
    expect(first?.["items"]).toMatchObject([{ name: "A" }, { name: "B" }]);
    const cursor = String(first?.["nextCursor"]);
    const last = await page(`limit=2&cursor=${cursor}`);
    expect(last?.["items"]).toMatchObject([{ name: "C" }, { name: "D" }]);
    expect(last?.["nextCursor"]).toBeNull();
    expect((await page("limit=4"))?.["nextCursor"]).toBeNull();
    expect((await page("limit=3"))?.["nextCursor"]).not.toBeNull();
  });
});

describe("the OpenAPI document", () => {
  test("is given to the hosts that Coffer is known by; health to all", async () => {
    const { coffer } = shared;
    const get = (path: string) =>
      sendRaw(coffer.url, { path, headers: { host: "coffer.evil.example" } });
    const answer = await get("/api/v1/openapi.json");
    expectProblem(answer, 421, "misdirected_host");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "openapi.read", outcome: "failed", code: "misdirected_host" },
    ]);
    for (const path of ["/health/live", "/health/ready"]) {
      expect((await get(path)).status).toBe(200);
    }
  });
});

describe("a purge that is refused", () => {
  test("is on record as one, whatever refused it, and trashing as trashing", async () => {
    const { coffer, admin } = shared;
    const nobody = { url: coffer.url, headers: {} };
    for (const { headers } of [nobody, service, { headers: { cookie: admin.headers["cookie"] } }]) {
      for (const [query, action] of [
        ["?purge=true", "secrets.purge"],
        ["?purge=true&environment=A", "secrets.purge"],
        ["", "secrets.trash"],
        ["?purge=false", "secrets.trash"],
        ["?purge=true&purge=true", "secrets.trash"],
      ]) {
        const path = `${SECRETS}/${world.secret}${query ?? ""}`;
        const answer = await sendRaw(coffer.url, {
          ...{ method: "DELETE", path },
          headers: headers,
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await eventsOf(coffer, answer), query).toMatchObject([{ action }]);
      }
    }
    const del = everyRoute.find(({ name }) => name === "DELETE /api/v1/secrets/{name}");
    if (del) expect((await callExample(admin, del.route, world)).status).toBe(204);
  });
});
