import { beforeAll, describe, expect, test } from "vitest";
import { routes } from "../../lib/api/routes/all";
import {
  asNobody,
  Client,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  recordText,
  shareCoffer,
  startCoffer,
  asAdmin,
} from "../support/coffer";
import {
  callExample,
  closedRoutes,
  everyRoute,
  makeWorld,
  type World,
} from "../support/every-route";
import { expectProblem } from "../support/problem";
import { sendBytes, sendRaw } from "../support/raw-http";

const shared = shareCoffer();
const WHOAMI = "/api/v1/whoami";
const SECRETS = "/api/v1/secrets";
const JSON_TYPE = { "content-type": "application/json" };

let service: Client;
let world: World;

beforeAll(async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "KEY", "sk-123");
  service = await mustHaveService(coffer, admin, ["*"], { actions: ["resolve", "list", "write"] });
  world = await makeWorld(admin);
});

describe("a Host that Coffer is not known by", () => {
  test("is misdirected on every route, with any credentials, before they are looked at", async () => {
    const { coffer, admin } = shared;
    for (const { name, route } of everyRoute) {
      for (const headers of [admin.headers, service.headers, {}, { authorization: "Bearer bad" }]) {
        const answer = await sendRaw(coffer.url, {
          ...{ method: route.method, path: route.path.replaceAll(/[{}]/g, "") },
          headers: { ...headers, host: "coffer.evil.example" },
        });
        expectProblem(answer, 421, "misdirected_host");
        expect(await eventsOf(coffer, answer), name).toMatchObject([
          { actorKind: "nobody", action: route.action, code: "misdirected_host" },
        ]);
      }
    }
  });

  test("is any but this machine's own names and COFFER_URL's, however it is spelt", async () => {
    const whoami = (host: string) =>
      sendRaw(shared.coffer.url, { path: WHOAMI, headers: { ...service.headers, host } });
    for (const host of [
      "localhost",
      "LOCALHOST:80",
      "127.0.0.1",
      "127.0.0.1:9",
      "[::1]",
      "[::1]:3000",
    ]) {
      expect((await whoami(host)).status, host).toBe(200);
    }
    for (const host of [
      ...["127.0.0.1.evil.example", "localhost.evil.example", "evil.example#localhost", "0.0.0.0"],
      ...[
        "localhost:x",
        "localhost:",
        "127.0.0.2",
        "[::ffff:127.0.0.1]",
        "::1",
        "localhost.",
        "a b",
      ],
      ...["evil.example:80@localhost", "localhost, evil.example", "2130706433", "user@localhost"],
    ]) {
      const answer = await whoami(host);
      expect(answer.status, host).toBe(421);
      expectProblem(answer, 421, "misdirected_host");
    }
    for (const line of ["host:", "host: \t", "x: y"]) {
      const request = `GET ${WHOAMI} HTTP/1.0\r\n${line}\r\n\r\n`;
      expect(await sendBytes(shared.coffer.url, request)).toMatch(/^HTTP\/1\.1 421 /);
    }
  });

  test("is COFFER_URL's, in any case, where one is set", async () => {
    const coffer = await startCoffer({ env: { COFFER_URL: "https://Coffer.Example.com" } });
    const whoami = (host: string) => sendRaw(coffer.url, { path: WHOAMI, headers: { host } });
    for (const host of ["coffer.example.com", "COFFER.example.COM", "localhost:1"]) {
      expectProblem(await whoami(host), 401, "unauthenticated");
    }
    for (const host of ["coffer.example.com:8443", "x.coffer.example.com", "example.com"]) {
      const answer = await whoami(host);
      expect(answer.status, host).toBe(421);
      expectProblem(answer, 421, "misdirected_host");
    }
  });
});

describe("a change with a session cookie", () => {
  const writes = closedRoutes.filter(({ route }) => route.method !== "GET");

  test("from another origin, or from none, is refused on every route, and nothing is done", async () => {
    const { coffer, admin } = shared;
    const cookie = admin.headers["cookie"] ?? "";
    const origins = [
      ...["https://evil.example", "null", `${coffer.url}.evil.example`, `${coffer.url}/`],
      ...["http://127.0.0.1", coffer.url.replace("http", "https"), "", undefined],
    ];
    for (const origin of origins) {
      const client = new Client(coffer.url, { cookie, ...(origin !== undefined && { origin }) });
      await Promise.all(
        writes.map(async ({ name, route }) => {
          const answer = await callExample(client, route, world);
          expectProblem(answer, 403, "bad_origin");
          expect(await eventsOf(coffer, answer), name).toMatchObject([
            { actorKind: "nobody", action: route.action, outcome: "denied", code: "bad_origin" },
          ]);
        }),
      );
    }
    expectProblem(await admin.get(`${SECRETS}/${world.secret}_new`), 404, "not_found");
    expect((await admin.get(`${SECRETS}/${world.secret}`)).json).toMatchObject({ version: 2 });
    expect((await admin.get(`${SECRETS}/${world.doomedSecret}`)).status).toBe(200);
  });

  test("needs COFFER_URL's origin where one is set, and no other, not even a loopback one", async () => {
    const url = "https://coffer.example.com";
    const coffer = await startCoffer({ env: { COFFER_URL: url } });
    const { cookie = "" } = (await asAdmin(coffer)).headers;
    expect(cookie).toMatch(/^__Secure-next-auth\.session-token=/);
    const create = (origin: string) =>
      new Client(coffer.url, { cookie, origin }).post(SECRETS, { name: "A", value: "v" });
    for (const origin of [coffer.url, "http://coffer.example.com", `${url}:443`, `${url}/`]) {
      expectProblem(await create(origin), 403, "bad_origin");
    }
    expect((await create(url)).status).toBe(201);
  });

  test("is known by its cookie: a token's change may come from anywhere, a read from any origin", async () => {
    const { coffer, admin } = shared;
    const evil = { origin: "https://evil.example" };
    const byToken = new Client(coffer.url, { ...service.headers, ...evil });
    expect((await byToken.post(SECRETS, { name: "BY_TOKEN", value: "v" })).status).toBe(201);
    const byCookie = new Client(coffer.url, { ...admin.headers, ...evil });
    const read = await byCookie.get(`${SECRETS}/BY_TOKEN`);
    expect(read.status).toBe(200);
    expect(read.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a method that an address does not take", () => {
  test("is answered 405 with the ones it takes, and 404 where there is no such address", async () => {
    const { coffer } = shared;
    const paths = new Set(routes.map(({ path }) => path));
    for (const path of paths) {
      const takes = routes.filter((route) => route.path === path).map(({ method }) => method);
      const allow = takes.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
      for (const method of [
        "PUT",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "GET",
        "POST",
        "PATCH",
        "DELETE",
      ]) {
        if (takes.includes(method as "GET")) continue;
        const answer = await sendRaw(coffer.url, { method, path: path.replaceAll(/[{}]/g, "") });
        expectProblem(answer, 405, "method_not_allowed");
        expect(answer.headers.get("allow"), path).toBe(allow.join(", "));
        expect(answer.headers.get("access-control-allow-methods")).toBeNull();
      }
    }
    for (const path of ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/secrets", "/v1/x"]) {
      for (const method of ["GET", "PUT", "OPTIONS", "POST"]) {
        expectProblem(await sendRaw(coffer.url, { method, path }), 404, "not_found");
      }
    }
  });

  test("is on record", async () => {
    const { coffer } = shared;
    const answer = await sendRaw(coffer.url, {
      method: "PUT",
      path: WHOAMI,
      headers: service.headers,
    });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "unknown_route", outcome: "failed", code: "method_not_allowed" },
    ]);
  });

  test("but for HEAD, which is a GET without a body, with the same rights and on record", async () => {
    const { coffer, admin } = shared;
    const head = (path: string, headers: Record<string, string>) =>
      sendRaw(coffer.url, { method: "HEAD", path, headers });
    const answer = await head(`${SECRETS}/KEY`, admin.headers);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: "" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.list", target: "KEY", outcome: "ok" },
    ]);
    expect((await head(`${SECRETS}/KEY`, {})).status).toBe(401);
    expect((await head("/api/v1/services", service.headers)).status).toBe(403);
    expect((await head("/api/v1/resolve", service.headers)).status).toBe(405);
  });
});

describe("an address", () => {
  test("is taken literally: slashes, case, dots and semicolons make another one", async () => {
    const { coffer, admin } = shared;
    for (const path of [
      ...["/api/v1/secrets/KEY/", "/api/v1//secrets", "/api//v1/secrets", "/API/v1/secrets"],
      ...["/api/v1/Secrets", "/api/v1/secrets;a=b", "/api/v1/secrets/KEY/versions/"],
      ...["/api/v1/secrets/../whoami", "/api/v1/./whoami", "/api/v1/whoami/", "/api/v1/whoami%20"],
      ...["/api/v1/%2e%2e/whoami", "/api/v1%2fwhoami", "/api/v1/secrets/KEY/versions/1/restore"],
    ]) {
      const answer = await sendRaw(coffer.url, { path, headers: admin.headers });
      expectProblem(answer, 404, "not_found");
    }
    const encoded = await sendRaw(coffer.url, {
      path: "/api/v1/%73ecrets/%4bEY",
      headers: admin.headers,
    });
    expect(encoded.json).toMatchObject({ name: "KEY" });
  });

  test("with a name that holds slashes and dots, encoded, is a name and never another address", async () => {
    const { coffer, admin } = shared;
    for (const name of [
      "KEY%2Fversions",
      "..%2Fwhoami",
      "%2e%2e",
      ".",
      "KEY%3Fpurge=true",
      "KEY%23",
    ]) {
      const path = `${SECRETS}/${name}`;
      const answer = await sendRaw(coffer.url, { method: "DELETE", path, headers: admin.headers });
      expectProblem(answer, 404, "not_found");
    }
    expect((await admin.get(`${SECRETS}/KEY`)).json).toMatchObject({ state: "active" });
  });

  test("in the absolute form is the same address, and its Host is checked all the same", async () => {
    const { coffer } = shared;
    const get = (target: string, host: string) =>
      sendBytes(coffer.url, `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect(await get("http://evil.example/api/v1/whoami", "127.0.0.1")).toMatch(/^HTTP\/1\.1 401 /);
    expect(await get("http://127.0.0.1/api/v1/whoami", "evil.example")).toMatch(/^HTTP\/1\.1 421 /);
  });
});

describe("a body", () => {
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    sendRaw(shared.coffer.url, {
      ...{ method: "POST", path: "/api/v1/resolve", body },
      headers: { ...service.headers, ...JSON_TYPE, ...headers },
    });
  const good = '{"config":"é $SECRET/KEY"}';

  test("is JSON in UTF-8 and says so", async () => {
    for (const type of [
      ...["application/json", "Application/JSON", "application/json;charset=utf-8"],
      ...['application/json; charset="UTF-8"', "application/json ; charset=utf8"],
      ...["application/json; charset=utf-8; version=1", "application/json;"],
    ]) {
      const answer = await post(good, { "content-type": type });
      expect(answer.json, type).toMatchObject({ config: "é sk-123" });
    }
    for (const type of [
      ...["text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data"],
      ...["application/jsonp", "application/json-seq", "application/problem+json", "json", "*/*"],
      ...["application/json; charset=latin1", "application/json; charset=utf-16", "a", ";", " "],
      ...["application/json; charset=utf-8; charset=latin1", "application/json, text/plain"],
    ]) {
      const answer = await post(good, { "content-type": type });
      expectProblem(answer, 415, "unsupported_media_type");
    }
  });

  test("without a type is refused, and none where one is needed too", async () => {
    const { coffer } = shared;
    const send = (headers: Record<string, string>, body?: string) =>
      sendRaw(coffer.url, {
        ...{ method: "POST", path: "/api/v1/resolve" },
        headers: { ...service.headers, ...headers },
        ...(body !== undefined && { body }),
      });
    expectProblem(await send({}, good), 415, "unsupported_media_type");
    expectProblem(await send({ "content-length": "0" }), 400, "invalid_request");
    expectProblem(await send({ ...JSON_TYPE, "content-length": "0" }), 400, "invalid_json");
  });

  test("that is compressed is refused", async () => {
    const gzip = Buffer.from("1f8b0800000000000003ab56ca48cdc9c957b2520200", "hex");
    const answer = await post(gzip, { "content-encoding": "gzip" });
    expectProblem(answer, 415, "unsupported_media_type");
  });

  test("is refused where none is expected, and ignored by GET", async () => {
    const { coffer, admin } = shared;
    const headers = { ...admin.headers, ...JSON_TYPE };
    for (const { route } of closedRoutes.filter((r) => !r.route.body && !r.route.documents)) {
      if (route.method === "GET") continue;
      const path = route.path.replaceAll(/[{}]/g, "").replace("/version/", "/1/");
      const answer = await sendRaw(coffer.url, { method: route.method, path, headers, body: "{}" });
      expectProblem(answer, 400, "invalid_request");
    }
    const answer = await sendRaw(coffer.url, { path: WHOAMI, headers, body: '{"a":' });
    expect(answer.status).toBe(200);
  });

  test("over 1 MiB, or a route's own limit, is refused on every route that takes one, by its length or as it comes", async () => {
    const { coffer, admin } = shared;
    const bodyOver = (limit: number) =>
      JSON.stringify({ value: "x".repeat(limit + 1), config: "" });
    const headers = { ...admin.headers, ...JSON_TYPE };
    for (const { name, route } of everyRoute.filter(({ route }) => route.body)) {
      const path = route.path.replaceAll(/[{}]/g, "");
      const body = bodyOver(route.bodyLimit ?? 1_048_576);
      const byLength = await sendRaw(coffer.url, { method: route.method, path, headers, body });
      expectProblem(byLength, 413, "body_too_large");
      expect(await eventsOf(coffer, byLength), name).toMatchObject([
        { action: route.action, outcome: "failed", code: "body_too_large" },
      ]);
    }
    const chunked = [
      ...["POST /api/v1/resolve HTTP/1.1", "host: 127.0.0.1", "transfer-encoding: chunked"],
      ...["content-type: application/json", "connection: close"],
      `authorization: ${service.headers["authorization"] ?? ""}`,
    ].join("\r\n");
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const answer = await sendBytes(coffer.url, `${chunked}\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body_too_large"/);
  });

  test("may come in chunks of any size, cut through characters", async () => {
    const { coffer } = shared;
    const bytes = Buffer.from(good);
    const head = [
      ...["POST /api/v1/resolve HTTP/1.1", "host: 127.0.0.1", "transfer-encoding: chunked"],
      ...["content-type: application/json", "connection: close"],
      `authorization: ${service.headers["authorization"] ?? ""}`,
    ].join("\r\n");
    const chunks = Array.from(bytes, (byte) =>
      Buffer.concat([Buffer.from("1\r\n"), Buffer.from([byte]), Buffer.from("\r\n")]),
    );
    const sent = Buffer.concat([
      Buffer.from(`${head}\r\n\r\n`),
      ...chunks,
      Buffer.from("0\r\n\r\n"),
    ]);
    expect(await sendBytes(coffer.url, sent)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"config":"é sk-123"/);
  });

  test("whose length is a lie does nothing: too short, too long, twice, negative, or with chunks too", async () => {
    const { coffer } = shared;
    const body = '{"name":"SMUGGLED","value":"v"}';
    const send = (lines: string[], text: string, halfClose = false) =>
      sendBytes(
        coffer.url,
        [
          `POST ${SECRETS} HTTP/1.1`,
          ...["host: 127.0.0.1", "content-type: application/json", "connection: close"],
          `authorization: ${service.headers["authorization"] ?? ""}`,
          ...lines,
          ...["", text],
        ].join("\r\n"),
        halfClose,
      );
    const length = (bytes: number | string) => `content-length: ${String(bytes)}`;
    for (const answer of [
      await send([length(body.length - 1)], body),
      await send([length(body.length + 5)], body, true),
      await send([length(body.length), length(body.length + 1)], body),
      await send([length(-1)], body),
      await send([length("0x1f")], body),
      await send([length("+31")], body),
      await send([length(body.length), "transfer-encoding: chunked"], `1f\r\n${body}\r\n0\r\n\r\n`),
      await send(["transfer-encoding: chunked"], `zz\r\n${body}\r\n0\r\n\r\n`),
      await send(["transfer-encoding: chunked, identity"], `1f\r\n${body}\r\n0\r\n\r\n`),
      await send(["transfer-encoding : chunked"], `1f\r\n${body}\r\n0\r\n\r\n`),
      await send(["transfer-encoding: chunked"], `1f\r\n${body}\r\n`, true),
    ]) {
      expect(answer === "" || /^HTTP\/1\.1 4\d\d /.test(answer), answer).toBe(true);
    }
    expectProblem(await shared.admin.get(`${SECRETS}/SMUGGLED`), 404, "not_found");
  });

  test("nested 100,000 deep is refused on every route that takes one", async () => {
    const { admin, coffer } = shared;
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    for (const { route } of everyRoute.filter(({ route }) => route.body)) {
      const path = route.path.replaceAll(/[{}]/g, "");
      for (const body of [deep, `{"value":${deep}}`, `{"rules":${deep}}`, `{"tags":${deep}}`]) {
        const answer = await admin.send(route.method, path, body);
        expect(answer.status, answer.text.slice(0, 500)).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
    }
    expect((await asNobody(coffer).get("/health/live")).status).toBe(200);
  });
});

describe("what is no HTTP", () => {
  test("is answered 400 or not at all, and Coffer goes on", async () => {
    const { coffer } = shared;
    for (const bytes of [
      ...["\u0016\u0003\u0001 hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n"],
      ...["GET /api/v1/whoami HTTP/1.1\r\n\r\n", "GET /\u0000 HTTP/1.1\r\nhost: localhost\r\n\r\n"],
      `GET ${WHOAMI} HTTP/1.1\r\nhost: localhost\r\na\u0000b: c\r\n\r\n`,
      `GET ${WHOAMI} HTTP/1.1\r\nhost: localhost\r\n folded: x\r\n\r\n`,
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    ]) {
      const answer = await sendBytes(coffer.url, bytes).catch(() => "");
      expect(answer === "" || /^HTTP\/1\.1 4\d\d /.test(answer), answer).toBe(true);
    }
    expect((await asNobody(coffer).get("/health/live")).json).toEqual({ status: "ok" });
  });

  test("leaves no value and no token in the log or on the record", async () => {
    const { coffer } = shared;
    const token = (service.headers["authorization"] ?? "").slice("Bearer ".length);
    expect(coffer.log.join("\n")).not.toMatch(/sk-123|SMUGGLED/);
    expect(coffer.log.join("\n")).not.toContain(token);
    expect(await recordText(coffer)).not.toContain(token);
  });
});

describe("health", () => {
  test("is told to anybody, and nothing else is", async () => {
    const nobody = asNobody(shared.coffer);
    for (const path of ["/health/live", "/health/ready"]) {
      const answer = await nobody.get(path);
      expect({ status: answer.status, json: answer.json }).toEqual({
        ...{ status: 200, json: { status: "ok" } },
      });
    }
    for (const path of ["/health", "/health/", "/health/x", "/metrics"]) {
      expectProblem(await nobody.get(path), 404, "not_found");
    }
  });
});
