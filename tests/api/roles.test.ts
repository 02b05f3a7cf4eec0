import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  asAdmin,
  asNobody,
  asService,
  Client,
  eventsOf,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  recordText,
  startCoffer,
  type Coffer,
} from "../support/coffer";
import { everyRoute, callExample, makeWorld } from "../support/every-route";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";
import {
  runToEnd,
  startProcess,
  type CofferProcess,
  type ProcessOptions,
} from "../support/process";
import { signIn } from "../support/sign-in";

/** Two instances on one database: one serves services, the other people. A world to act on is made by an ordinary third. */
async function halves() {
  const all = await startCoffer();
  const admin = await asAdmin(all);
  const world = await makeWorld(admin);
  const { id } = await mustCreateService(admin, "reader", ["*"], {
    actions: ["resolve", "list", "write", "check"],
  });
  const { token } = await mustMintToken(admin, id);
  const { home } = all;
  const at = (role: string) => startCoffer({ home, admin: false, env: { COFFER_ROLE: role } });
  const [api, people] = [await at("api"), await at("console")];
  /** The admin, at an instance. */
  const adminAt = ({ url }: Coffer) => new Client(url, { ...admin.headers, origin: url });
  return { all, admin, world, token, api, people, adminAt };
}

describe("COFFER_ROLE", () => {
  test("api takes no session cookie and lets nobody in: every route says so, on record, and does nothing", async () => {
    const coffers = await halves();
    const { api, world, token, adminAt } = coffers;
    const admin = adminAt(api);
    const both = new Client(api.url, { ...admin.headers, authorization: `Bearer ${token}` });
    for (const { name, route } of everyRoute) {
      for (const client of route.open ? [admin, both, asNobody(api)] : [admin, both]) {
        const answer = route.open
          ? await client.send(route.method, route.path, "{}")
          : await callExample(client, route, world);
        expect(expectProblem(answer, 421, "other_role").detail, name).toContain("COFFER_ROLE=api");
        expect(await eventsOf(api, answer), name).toMatchObject([
          { actorKind: "nobody", outcome: "failed", code: "other_role", names: [] },
        ]);
      }
    }
    // Calls that delete, and that end sessions, were among them.
    const { people } = coffers;
    const secret = must(200, await adminAt(people).get(`/api/v1/secrets/${world.doomedSecret}`));
    expect(secret).toMatchObject({ state: "active", version: 1 });
  });

  test("console takes no token: every route says so, on record, whether there is such a token or not", async () => {
    const { people, world, token } = await halves();
    for (const { name, route } of everyRoute) {
      for (const authorization of [`Bearer ${token}`, "Bearer cfr_no-token", "Basic YTpi"]) {
        const client = new Client(people.url, { authorization });
        const answer = route.open
          ? await client.send(route.method, route.path, "{}")
          : await callExample(client, route, world);
        const { detail } = expectProblem(answer, 421, "other_role");
        expect(detail, name).toContain("COFFER_ROLE=console");
        expect(await eventsOf(people, answer), name).toMatchObject([
          { actorKind: "nobody", outcome: "failed", code: "other_role", names: [] },
        ]);
      }
    }
    expect(await recordText(people)).not.toContain("cfr_no-token");
  });

  test("each serves its own half by the same rules as an instance that serves both", async () => {
    const { api, people, token, adminAt } = await halves();
    const admin = adminAt(people);
    await mustCreateSecret(admin, "SHARED", "one value");
    const service = asService(api, token);
    expect((await service.resolve("$SECRET/SHARED")).json).toMatchObject({ config: "one value" });
    must(201, await admin.post("/api/v1/secrets/SHARED/versions", { value: "another" }));
    expect((await service.resolve("$SECRET/SHARED")).json).toMatchObject({ config: "another" });
    must(200, await service.get("/api/v1/secrets"));
    must(201, await service.post("/api/v1/secrets", { name: "WRITTEN", value: "v" }));
    expectProblem(await service.get("/api/v1/users"), 403, "forbidden");
    expectProblem(await admin.resolve("$SECRET/SHARED"), 403, "forbidden");
    expectProblem(await asNobody(api).get("/api/v1/secrets"), 401, "unauthenticated");
    expectProblem(await asNobody(people).get("/api/v1/secrets"), 401, "unauthenticated");
    expectProblem(
      await new Client(people.url, { ...admin.headers, origin: "https://other.example" }).post(
        "/api/v1/secrets",
        { name: "FOREIGN", value: "v" },
      ),
      403,
      "bad_origin",
    );
  });

  test("all and the default serve both halves", async () => {
    for (const env of [{}, { COFFER_ROLE: "all" }]) {
      const coffer = await startCoffer({ env });
      const admin = await asAdmin(coffer);
      const { id } = await mustCreateService(admin, "reader", ["*"]);
      const { token } = await mustMintToken(admin, id);
      must(200, await asService(coffer, token).get("/api/v1/whoami"));
    }
  });

  test("says the same of health and of the API's document, whatever the role", async () => {
    const { api, people } = await halves();
    for (const { url } of [api, people]) {
      for (const path of ["/health/live", "/health/ready", "/api/v1/openapi.json"]) {
        expect((await new Client(url).get(path)).status, path).toBe(200);
      }
    }
  });

  test("that is none stops the start", async () => {
    const home = mkdtempSync(join(tmpdir(), "coffer-test-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const { code, output } = await runToEnd({
      home,
      env: { TYK_AI_SECRET_KEY: TEST_KEY, COFFER_ROLE: "resolver" },
    });
    expect(code).toBe(1);
    expect(output).toContain("COFFER_ROLE takes all, api, console.");
  });
});

/** Makes whatever loads Next end the process: an instance without a console does not have it in memory. */
const WITHOUT_NEXT = `--import=data:text/javascript,${encodeURIComponent(`
import { register } from "node:module";
const hooks = 'import { writeSync } from "node:fs"; export async function resolve(name, context, next) { if (name === "next") { writeSync(2, "Next was loaded"); throw new Error(); } return next(name, context); }';
register("data:text/javascript," + encodeURIComponent(hooks));
`)}`;

describe("instances of one database, as people run them", () => {
  const home = mkdtempSync(join(tmpdir(), "coffer-roles-"));
  const started: CofferProcess[] = [];
  let api: CofferProcess;
  let people: CofferProcess;

  async function start(options: Omit<ProcessOptions, "home">): Promise<CofferProcess> {
    const coffer = await startProcess({ home, ...options });
    started.push(coffer);
    return coffer;
  }

  beforeAll(async () => {
    api = await start({ env: { COFFER_ROLE: "api", NODE_OPTIONS: WITHOUT_NEXT } });
    people = await start({ env: { COFFER_ROLE: "console" } });
  });

  afterAll(async () => {
    await Promise.all(started.map((coffer) => coffer.end("SIGTERM")));
    rmSync(home, { recursive: true, force: true });
  });

  test("an empty database: api says who can set up, and the link of console does, also once another api was started", async () => {
    expect(api.setupLink()).toBeNull();
    expect(api.output()).toContain("Nobody can sign in yet.");
    expect(api.output()).toContain("COFFER_ROLE=console");
    await (await start({ env: { COFFER_ROLE: "api" } })).end("SIGTERM");
    const link = new URL(people.setupLink() ?? "").hash.slice(1);
    expect(people.output()).not.toContain("Nobody can sign in yet.");
    const setUp = (coffer: CofferProcess) =>
      new Client(coffer.url).post("/api/v1/setup", { link, name: "Admin", ...TEST_ADMIN });
    expectProblem(await setUp(api), 421, "other_role");
    must(201, await setUp(people));
    const later = await start({ env: { COFFER_ROLE: "api" } });
    expect(later.output()).not.toContain("Nobody can sign in yet.");
  });

  test("what is done in the console is resolved at the API, which has no page and does not load Next", async () => {
    const cookie = await signIn(people.url, TEST_ADMIN.email, TEST_ADMIN.password);
    const admin = new Client(people.url, { cookie, origin: people.url });
    const page = await admin.get("/e/default/secrets");
    expect(page.status).toBe(200);
    await mustCreateSecret(admin, "KEY", "a value");
    const { id } = await mustCreateService(admin, "reader", ["*"]);
    const { token } = await mustMintToken(admin, id);
    const service = new Client(api.url, { authorization: `Bearer ${token}` });
    expect((await service.resolve("$SECRET/KEY")).json).toMatchObject({ config: "a value" });
    for (const path of ["/", "/e/default/secrets", "/sign-in", "/api/auth/csrf", "/_next/x.js"]) {
      const answer = await new Client(api.url, { cookie }).get(path);
      expect(answer.status, path).toBe(404);
      expect(answer.text, path).toContain("COFFER_ROLE=api");
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    const withNext = { home, env: { NODE_OPTIONS: WITHOUT_NEXT, TYK_AI_SECRET_KEY: TEST_KEY } };
    expect((await runToEnd(withNext)).output).toContain("Next was loaded");
    const posted = await new Client(api.url).post("/api/auth/callback/credentials", {});
    expect(posted.status).toBe(404);
  });
});
