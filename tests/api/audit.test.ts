import { beforeAll, describe, expect, test } from "vitest";
import {
  asAdmin,
  asNobody,
  Client,
  eventsOf,
  mustCreateSecret,
  mustHaveService,
  mustRotate,
  shareCoffer,
  startCoffer,
  tamper,
  type Coffer,
  type EventOnRecord,
} from "../support/coffer";
import {
  callAll,
  callExample,
  closedRoutes,
  everyRoute,
  FAILING_EXAMPLES,
  makeWorld,
  SERVICES_ONLY,
  type World,
} from "../support/every-route";
import { admit, ON_POSTGRES, refuse } from "../support/database";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
let service: Client;
let serviceId: string;

beforeAll(async () => {
  const { coffer, admin } = shared;
  service = await mustHaveService(coffer, admin, ["*"]);
  serviceId = ((await service.get("/api/v1/whoami")).json?.["service"] as { id: string }).id;
});

/** What the success of each route's example leaves on record, besides actor, outcome and request id. */
function expectedEvent(name: string, w: World): Partial<EventOnRecord> {
  const inDefault = { environment: "default" };
  const ofService = { ...inDefault, target: "WORLD-service" };
  const ofLeaked = { ...inDefault, target: w.leakedSecret };
  const toLeaked = { ...inDefault, target: "WORLD-leaked" };
  const watched = { ...inDefault, action: "secrets.watch", code: "started" };
  const ofAdmin = { target: TEST_ADMIN.email };
  const table: Record<string, Partial<EventOnRecord>> = {
    "POST /api/v1/resolve": { ...inDefault, action: "secrets.resolve", names: [[w.secret, 2]] },
    "POST /api/v1/render": { ...inDefault, action: "secrets.render", names: [[w.secret, 2]] },
    "GET /api/v1/watch": { ...watched, names: [[w.secret, 2]] },
    "POST /api/v1/watch": { ...watched, names: [[w.secret, 2]] },
    "POST /api/v1/check": { ...ofService, action: "secrets.check", names: [[w.secret, 2]] },
    "GET /api/v1/check/services": { ...inDefault, action: "secrets.check", target: "" },
    "GET /api/v1/whoami": { action: "whoami" },
    "GET /api/v1/secrets": { ...inDefault, action: "secrets.list", target: "" },
    "GET /api/v1/attention": { ...inDefault, action: "secrets.list", target: "" },
    "POST /api/v1/secrets": {
      ...{ ...inDefault, action: "secrets.create", target: `${w.secret}_new` },
      names: [[`${w.secret}_new`, 1]],
    },
    "GET /api/v1/secrets/{name}": { ...inDefault, action: "secrets.list", target: w.secret },
    "PATCH /api/v1/secrets/{name}": { ...inDefault, action: "secrets.describe", target: w.secret },
    "DELETE /api/v1/secrets/{name}": {
      ...{ ...inDefault, action: "secrets.trash", target: w.doomedSecret },
    },
    "POST /api/v1/secrets/{name}/restore": {
      ...{ ...inDefault, action: "secrets.restore", target: w.trashedSecret },
    },
    "GET /api/v1/secrets/{name}/versions": {
      ...{ ...inDefault, action: "secrets.list", target: w.secret },
    },
    "POST /api/v1/secrets/{name}/versions": {
      ...{ ...inDefault, action: "secrets.rotate", target: w.secret, names: [[w.secret, 3]] },
    },
    "POST /api/v1/secrets/{name}/versions/{version}/activate": {
      ...{ ...inDefault, action: "secrets.activate", target: w.secret, names: [[w.secret, 1]] },
    },
    "DELETE /api/v1/secrets/{name}/versions/{version}": {
      ...{ ...inDefault, action: "secrets.destroy", target: w.doomedVersionSecret },
      names: [[w.doomedVersionSecret, 1]],
    },
    "GET /api/v1/secrets/{name}/uses": { ...inDefault, action: "secrets.list", target: w.secret },
    "GET /api/v1/secrets/{name}/readers": {
      ...{ ...inDefault, action: "incidents.look", target: w.secret },
    },
    "GET /api/v1/incidents": { ...inDefault, action: "incidents.list", target: "" },
    "POST /api/v1/incidents": { ...inDefault, action: "incidents.open", target: w.secret },
    "GET /api/v1/incidents/{id}": { ...ofLeaked, action: "incidents.read" },
    "POST /api/v1/incidents/{id}/entries": {
      ...{ ...ofLeaked, action: "incidents.write" },
      code: "sha256:f2edb766c53b4555ab2d6a908b0549f2142d7f9b19848e3f8534db9b3ae13841",
    },
    "DELETE /api/v1/incidents/{id}/services/{serviceId}/tokens": {
      ...{ ...toLeaked, action: "tokens.revoke", code: "ended 1" },
    },
    "POST /api/v1/incidents/{id}/services/{serviceId}/disable": {
      ...{ ...toLeaked, action: "services.update", code: "disabled" },
    },
    "POST /api/v1/incidents/{id}/close": { ...ofLeaked, action: "incidents.close" },
    "POST /api/v1/import": {
      ...{ ...inDefault, action: "secrets.import", target: "" },
      names: [[`${w.secret}_imported`, 1]],
    },
    "GET /api/v1/import": { action: "secrets.import", target: "", code: "progress" },
    "GET /api/v1/export": { ...inDefault, action: "secrets.export", target: "" },
    "GET /api/v1/audit": { action: "audit.search", environment: "", target: "" },
    "GET /api/v1/audit/export": {
      ...{ action: "audit.export", environment: "", target: `secret=${w.secret}` },
    },
    "GET /api/v1/services": { ...inDefault, action: "services.list", target: "" },
    "POST /api/v1/services": {
      ...{ ...inDefault, action: "services.create", target: `${w.secret}-new` },
    },
    "GET /api/v1/services/{id}": { ...ofService, action: "services.list" },
    "PATCH /api/v1/services/{id}": { ...ofService, action: "services.update" },
    "DELETE /api/v1/services/{id}": {
      ...{ ...inDefault, action: "services.delete", target: "WORLD-doomed" },
    },
    "GET /api/v1/held-services": { action: "services.list", target: "" },
    "POST /api/v1/services/{id}/tokens": { ...ofService, action: "tokens.create" },
    "GET /api/v1/environments": { action: "environments.list", environment: "", target: "" },
    "POST /api/v1/environments": {
      ...{ environment: `${w.environment}-new`, target: `${w.environment}-new` },
      action: "environments.create",
    },
    "PATCH /api/v1/environments/{slug}": {
      ...{ environment: w.environment, target: w.environment },
      action: "environments.update",
    },
    "DELETE /api/v1/environments/{slug}": {
      ...{ environment: w.doomedEnvironment, target: w.doomedEnvironment },
      action: "environments.delete",
    },
    "DELETE /api/v1/services/{id}/tokens/{tokenId}": { ...ofService, action: "tokens.revoke" },
    "GET /api/v1/integrity": { action: "integrity.check", target: "" },
    "GET /api/v1/audit/sinks": { action: "audit.sinks", target: "" },
    "POST /api/v1/audit/verify": { action: "audit.verify", target: "", code: "started" },
    "GET /api/v1/audit/verify": { action: "audit.verify", target: "", code: "progress" },
    "GET /api/v1/audit/checkpoint": { action: "audit.checkpoint", target: "" },
    "GET /api/v1/keys": { action: "keys.read", target: "" },
    "POST /api/v1/keys/rotate": { action: "keys.rotate", target: "data key 2" },
    "POST /api/v1/keys/check": { action: "keys.check", target: "", code: "started" },
    "GET /api/v1/keys/check": { action: "keys.read", target: "" },
    "POST /api/v1/backup": {
      ...{ action: "backup.create", code: "started" },
      target: expect.stringMatching(/^backup of \d{4}-.*Z$/) as string,
    },
    "GET /api/v1/backup": { action: "backup.read", target: "" },
    "GET /api/v1/users": { action: "users.list", target: "" },
    "POST /api/v1/users": {
      ...{ action: "users.create", target: `new-${w.userEmail}`, code: "viewer" },
    },
    "PATCH /api/v1/users/{id}": { action: "users.update", target: w.userEmail, code: "editor" },
    "DELETE /api/v1/users/{id}": { action: "users.delete", target: `doomed-${w.userEmail}` },
    "POST /api/v1/users/{id}/link": { action: "users.link", target: w.userEmail },
    "DELETE /api/v1/users/{id}/two-step": { action: "users.two_step", target: w.userEmail },
    "POST /api/v1/account/confirm": { ...ofAdmin, action: "account.confirm" },
    "POST /api/v1/account/two-step": { ...ofAdmin, action: "two_step.begin" },
    "DELETE /api/v1/account/two-step": { ...ofAdmin, action: "two_step.disable" },
    "GET /api/v1/policy": { action: "policy.read", target: "" },
    "PATCH /api/v1/policy": { action: "policy.update", target: "", code: "two_step_optional" },
    "GET /api/v1/account": { ...ofAdmin, action: "account.read" },
    "PATCH /api/v1/account": { ...ofAdmin, action: "account.update" },
    "GET /api/v1/account/sessions": { ...ofAdmin, action: "sessions.list" },
    "DELETE /api/v1/account/sessions": { ...ofAdmin, action: "sessions.end_others" },
  };
  const expected = table[name];
  if (!expected) throw new Error(`There is no expected event for ${name}: add one.`);
  return expected;
}

describe("before an answer arrives, one event is on record:", () => {
  test("of every route's success, with who, what, where and which request", async () => {
    const { coffer, admin } = shared;
    const world = await makeWorld(admin);
    const person = new Client(coffer.url, { ...admin.headers, "user-agent": "curl/8 (audit)" });
    const machine = new Client(coffer.url, { ...service.headers, "user-agent": "curl/8 (audit)" });
    for (const { name, route } of closedRoutes.filter(({ name }) => !(name in FAILING_EXAMPLES))) {
      const byService = SERVICES_ONLY.has(name);
      const answer = await callExample(byService ? machine : person, route, world);
      const all = await eventsOf(coffer, answer);
      const events = all.filter(({ code }) => code !== "ended"); // the test has left a stream of events
      expect(answer.status, `${name}: ${answer.text}`).toBe(route.status);
      expect(events, name).toHaveLength(1);
      expect(events[0], name).toMatchObject({
        code: "",
        ...expectedEvent(name, world),
        ...(byService
          ? { actorKind: "service", actorId: serviceId }
          : { actorKind: "user", actorName: "admin@example.com" }),
        ...{ outcome: "ok", address: "127.0.0.1", userAgent: "curl/8 (audit)" },
        requestId: answer.headers.get("x-request-id"),
      });
    }
  });

  test("of every route's refusal, with its code, exactly once", async () => {
    const { coffer } = shared;
    const world = await makeWorld(shared.admin, "REFUSED");
    const nothing = await mustHaveService(coffer, shared.admin, [], { actions: ["metrics"] });
    const garbage = new Client(coffer.url, { authorization: "Bearer garbage" });
    for (const client of [asNobody(coffer), garbage, nothing]) {
      for (const { name, route, answer } of await callAll(client, world)) {
        if (answer.status < 400) continue;
        const events = await eventsOf(coffer, answer);
        expect(events, name).toHaveLength(1);
        expect(events[0]).toMatchObject({
          ...{ outcome: "denied", code: answer.json?.["code"] },
          action: client === garbage ? "tokens.use" : route.action,
        });
      }
    }
  });

  test("of what fails for another reason, as failed and not as denied", async () => {
    const { coffer, admin } = shared;
    for (const answer of [
      await admin.get("/api/v1/secrets/NONE"),
      await admin.post("/api/v1/secrets", { name: "a-b", value: "v" }),
      await admin.send("POST", "/api/v1/secrets", "{"),
      await service.resolve("$SECRET/NONE"),
    ]) {
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { outcome: "failed", code: answer.json?.["code"] },
      ]);
    }
  });

  test("of a resolve, with every name and version that was read, and every one that was asked for", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "READ_A", "a");
    await mustCreateSecret(admin, "READ_B", "b");
    await mustRotate(admin, "READ_B", "b2");
    const any = await mustHaveService(coffer, admin, ["READ_*"], { versions: "any" });
    const read = await any.resolve(
      "$SECRET/READ_A $SECRET/read_a {{Secrets.READ_B@1}} {{Secrets.READ_B}} {{Secrets.READ_C:-x}}",
    );
    expect((await eventsOf(coffer, read))[0]?.names).toEqual([
      ["READ_A", 1],
      ["READ_B", 1],
      ["READ_B", 2],
      ["READ_C", 0],
    ]);
    const failed = await any.resolve("$SECRET/READ_A $SECRET/READ_C $SECRET/OTHER");
    expect(await eventsOf(coffer, failed)).toMatchObject([
      {
        outcome: "denied",
        code: "unresolved",
        names: [
          ["READ_C", 0],
          ["OTHER", 0],
        ],
      },
    ]);
  });

  test("of thousands of names at once, in as many events as it takes, none of which is long", async () => {
    const { coffer, admin } = shared;
    const any = await mustHaveService(coffer, admin, ["LONG_*"], { versions: "any" });
    const names = Array.from({ length: 1_001 }, (_, index) => `LONG_${String(index)}`);
    const optional = names.map((name) => `{{Secrets.${name}:-}}`);
    const ways = [
      { answer: await any.resolve(optional), outcome: "ok" }, // read
      { answer: await any.resolve(names.map((name) => `{{Secrets.${name}}}`)), outcome: "failed" },
      { answer: await any.resolve(names.map((name) => `$ENV/${name}`)), outcome: "denied" },
    ];
    for (const { answer, outcome } of ways) {
      const events = await eventsOf(coffer, answer);
      expect(events.map((event) => event.names.length)).toEqual([200, 200, 200, 200, 200, 1]);
      expect(new Set(events.map((event) => event.outcome))).toEqual(new Set([outcome]));
      const told = events.flatMap((event) =>
        event.names.map(([name]) => name.replace("$ENV/", "")),
      );
      expect(told.toSorted()).toEqual(names.toSorted());
    }
  });

  test("of many at once, each with its own and in one unbroken order", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "MANY", "v");
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        i % 10 === 0
          ? admin.patch("/api/v1/secrets/MANY", { description: String(i) })
          : service.resolve(i % 2 === 0 ? "$SECRET/MANY" : "$SECRET/NONE"),
      ),
    );
    for (const answer of answers) expect(await eventsOf(coffer, answer)).toHaveLength(1);
    const { db } = await coffer.database();
    const rows = await db.auditEvent.findMany({ orderBy: { seq: "asc" } });
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  });

  test("with a request id of Coffer's own making, whatever the client sends", async () => {
    const { coffer } = shared;
    const client = new Client(coffer.url, { ...service.headers, "x-request-id": "mine" });
    const first = await client.get("/api/v1/whoami");
    const second = await client.get("/api/v1/whoami");
    const ids = [first, second].map(({ headers }) => headers.get("x-request-id"));
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("bounded and printable, whatever the client sends", async () => {
    const { coffer } = shared;
    const userAgent = `${"\u00e9\u0080".repeat(300)}\t`;
    const client = new Client(coffer.url, { ...service.headers, "user-agent": userAgent });
    const [event] = await eventsOf(coffer, await client.get("/api/v1/whoami"));
    expect(event?.userAgent.length).toBeLessThanOrEqual(256);
    expect(event?.userAgent).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe("the start and the stop of Coffer", () => {
  test("are the first and the last event of a journal of their own", async () => {
    const first = await startCoffer();
    await first.stop();
    const second = await startCoffer({ home: first.home });
    const { db } = await second.database();
    const journals = await db.journal.findMany({
      include: { events: { orderBy: { seq: "asc" } } },
      orderBy: { openedAt: "asc" },
    });
    expect(journals).toHaveLength(2);
    expect(journals[0]?.events[0]).toMatchObject({
      action: "start",
      actorKind: "operator",
      seq: 1,
    });
    expect(journals[0]?.events.at(-1)).toMatchObject({ action: "stop", outcome: "ok" });
    expect(journals[1]?.events[0]).toMatchObject({ action: "start", seq: 1 });
  });
});

/** How SQLite can refuse an insert: keeping the transaction open, or ending it under the client's feet. */
const REFUSALS = ON_POSTGRES ? (["ABORT"] as const) : (["FAIL", "ROLLBACK"] as const);

describe.each(REFUSALS)("when the record can't be written (%s)", (how) => {
  /** Everything in the database but what is counted in the background. */
  async function everything(coffer: Coffer): Promise<string> {
    const { db } = await coffer.database();
    const tables = [
      ...[db.environment.findMany(), db.secret.findMany(), db.secretVersion.findMany()],
      ...[db.purgedName.findMany(), db.service.findMany(), db.serviceToken.findMany()],
      ...[db.user.findMany(), db.session.findMany(), db.oneTimeLink.findMany()],
      ...[db.auditEvent.findMany(), db.revision.findMany(), db.journal.findMany()],
    ];
    return JSON.stringify(await Promise.all(tables));
  }

  test("every route answers 503, no value leaves, and nothing is done; then all goes on", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const world = await makeWorld(admin);
    const reader = await mustHaveService(coffer, admin, ["*"]);
    const before = await everything(coffer);
    const saying = "no-room-for-sk-9";
    await tamper(coffer, (tx) => refuse(tx, { name: "full", table: "AuditEvent", how, saying }));

    for (const client of [admin, reader, asNobody(coffer)]) {
      for (const { name, route } of everyRoute) {
        const answer = await callExample(client, route, world);
        const problem = expectProblem(answer, 503, "unavailable");
        expect(problem["retryable"], name).toBe(true);
        expect(answer.headers.get("retry-after")).toBe("1");
        expect(answer.text).not.toMatch(/second value|value of|no-room|SQLITE|postgres|trigger/i);
      }
    }
    const origin = { address: "", userAgent: "", requestId: "" };
    for (const password of [TEST_ADMIN.password, "wrong"]) {
      await expect(
        coffer.vault.people.signIn(origin, TEST_ADMIN.email, password),
      ).rejects.not.toMatchObject({ code: "sign_in_failed" });
    }
    expect(await everything(coffer)).toBe(before);
    expect(coffer.log.join("\n")).not.toMatch(/no-room|second value|value of/);

    await tamper(coffer, (tx) => admit(tx, "full"));
    const answer = await reader.resolve(`$SECRET/${world.secret}`);
    expect(answer.json).toMatchObject({ config: "second value" });
    const uses = await admin.get(`/api/v1/secrets/${world.secret}/uses`);
    expect(uses.json).toMatchObject({ items: [{ count: 1 }] }); // what was not answered was no use
    expect((await mustRotate(admin, world.secret, "third")).version).toBe(3);
    const { db } = await coffer.database();
    const rows = await db.auditEvent.findMany({ orderBy: { seq: "asc" } });
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  });
});

describe("when the database can't be read", () => {
  test("every route answers 503 and ready says so, without a word of the database's own", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const world = await makeWorld(admin);
    const reader = await mustHaveService(coffer, admin, ["*"]);
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Secret" RENAME TO "Gone"'));
    const routes = everyRoute.filter(({ route }) => route.path.startsWith("/api/v1/secrets"));
    for (const { name, route } of routes) {
      const answer = await callExample(admin, route, world);
      expectProblem(answer, 503, "unavailable");
      expect(answer.text, name).not.toMatch(
        /sqlite|postgres|prisma|table|relation|column|"Secret"/i,
      );
      expect(await eventsOf(coffer, answer), name).toMatchObject([
        { outcome: "failed", code: "unavailable" },
      ]);
    }
    expectProblem(await reader.resolve(`$SECRET/${world.secret}`), 503, "unavailable");
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Gone" RENAME TO "Secret"'));
    await tamper(coffer, (tx) =>
      tx.$executeRawUnsafe('ALTER TABLE "ServiceToken" RENAME TO "Gone"'),
    );
    expectProblem(await reader.resolve("x"), 503, "unavailable");
    await tamper(coffer, (tx) =>
      tx.$executeRawUnsafe('ALTER TABLE "Gone" RENAME TO "ServiceToken"'),
    );
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Session" RENAME TO "Gone"'));
    expectProblem(await admin.get("/api/v1/secrets"), 503, "unavailable");
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Gone" RENAME TO "Session"'));
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Revision" RENAME TO "Gone"'));
    expectProblem(await asNobody(coffer).get("/health/ready"), 503, "unavailable");
    expect((await asNobody(coffer).get("/health/live")).status).toBe(200);
    await tamper(coffer, (tx) => tx.$executeRawUnsafe('ALTER TABLE "Gone" RENAME TO "Revision"'));
  });
});
