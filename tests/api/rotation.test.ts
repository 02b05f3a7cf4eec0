import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import type { SecretInfo, UseInfo } from "../../lib/shapes";
import {
  asAdmin,
  asRole,
  eventsOf,
  must,
  mustCreateEnvironment,
  mustCreateSecret,
  asService,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  shareCoffer,
  startCoffer,
  type Answer,
  type Client,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const DAY_MS = 24 * 60 * 60 * 1000;
const SECRETS = "/api/v1/secrets";
const path = (name: string) => `${SECRETS}/${name}`;

const after = (coffer: Coffer, ms: number) =>
  new Date(coffer.clock.now().getTime() + ms).toISOString();
const namesOf = (answer: Answer) =>
  (answer.json?.["items"] as SecretInfo[]).map(({ name }) => name);
const asking = async (client: Client, attention: string) =>
  namesOf(await client.get(`${SECRETS}?attention=${attention}`));

/** A Coffer of the test's own, since time moves in it. `admin` signs in again where a session would have ended. */
async function start() {
  const coffer = await startCoffer();
  const world = { coffer, admin: await asAdmin(coffer), move };
  async function move(ms: number): Promise<void> {
    coffer.clock.advance(ms);
    world.admin = await asAdmin(coffer);
  }
  return world;
}

/** A service whose token never ends. */
async function lastingService(coffer: Coffer, admin: Client, rule: object = {}): Promise<Client> {
  const { id } = await mustCreateService(admin, "lasting", ["*"], rule);
  return asService(coffer, (await mustMintToken(admin, id, { expiresAt: null })).token);
}

describe("an expiry", () => {
  test("that has come is refused, and nothing is made or changed", async () => {
    const world = await start();
    const { coffer } = world;
    await mustCreateSecret(world.admin, "KEPT", "v", { description: "before" });
    for (const ms of [0, -1, -365 * DAY_MS]) {
      const expiresAt = after(coffer, ms);
      const created = await world.admin.post(SECRETS, { name: "NEW", value: "v", expiresAt });
      const { errors } = expectProblem(created, 400, "invalid_request");
      expect(errors).toEqual([{ pointer: "/expiresAt", message: "must be in the future" }]);
      const changed = await world.admin.patch(path("KEPT"), { description: "after", expiresAt });
      expectProblem(changed, 400, "invalid_request");
    }
    expectProblem(await world.admin.get(path("NEW")), 404, "not_found");
    expect((await world.admin.get(path("KEPT"))).json).toMatchObject({
      ...{ description: "before", expiresAt: null },
    });
    const next = await world.admin.patch(path("KEPT"), { expiresAt: after(coffer, 1) });
    expect(next.status).toBe(200);
  });

  test("that has passed stays where it is while the secret is changed otherwise", async () => {
    const world = await start();
    const { coffer } = world;
    const expiresAt = after(coffer, 1_000);
    await mustCreateSecret(world.admin, "OLD", "v", { expiresAt });
    await world.move(DAY_MS);
    const same = await world.admin.patch(path("OLD"), { description: "new", expiresAt });
    expect(same.json).toMatchObject({ description: "new", expiresAt });
    const other = new Date(Date.parse(expiresAt) - 1).toISOString();
    expectProblem(
      await world.admin.patch(path("OLD"), { expiresAt: other }),
      400,
      "invalid_request",
    );
    expect((await world.admin.patch(path("OLD"), { tags: ["t"] })).status).toBe(200);
    expect((await mustRotate(world.admin, "OLD", "w")).expiresAt).toBe(expiresAt);
  });

  test("holds for every way to ask, from its very instant, and as the clock says", async () => {
    const world = await start();
    const { coffer } = world;
    const service = await lastingService(coffer, world.admin, {
      ...{ actions: ["resolve", "check"], versions: "any" },
    });
    await mustCreateSecret(world.admin, "TIMED", '{"a":"b"}', { expiresAt: after(coffer, 1_000) });
    await mustRotate(world.admin, "TIMED", '{"a":"c"}');
    const references = [
      ...["$SECRET/TIMED", "<<Secrets.TIMED>>", "{{Secrets.TIMED.a}}", "{{Secrets.TIMED@1}}"],
      ...["{{Secrets.TIMED@2}}", "{{Secrets.TIMED:-default}}", "{{Secrets.TIMED.a@1:-default}}"],
    ];
    async function expectEverywhere(expired: boolean) {
      for (const reference of references) {
        for (const onMissing of ["fail", "keep", "empty"]) {
          const resolved = await service.resolve(reference, { onMissing });
          const rendered = await service.send(
            "POST",
            `/api/v1/render?onMissing=${onMissing}`,
            `KEY='${reference}'\n`,
            { "content-type": "text/x-dotenv" },
          );
          for (const answer of [resolved, rendered]) {
            if (!expired) expect(answer.status, reference).toBe(200);
            else {
              const { failures } = expectProblem(answer, 422, "unresolved", ["failures"]);
              expect(failures?.map(({ reason }) => reason)).toEqual(["expired"]);
            }
          }
        }
        const checked = await service.post("/api/v1/check", { config: reference });
        const [found] = checked.json?.["references"] as { status: string }[];
        expect(found?.status).toBe(expired ? "expired" : "ok");
      }
    }
    await world.move(999);
    await expectEverywhere(false);
    await world.move(1);
    await expectEverywhere(true);
    await world.move(-1); // set back by hand: what it says now is what counts
    await expectEverywhere(false);
    await world.move(400 * DAY_MS);
    await expectEverywhere(true);
  });
});

describe("a rotation", () => {
  test("is due so many days after the current version was made, whichever that is", async () => {
    const world = await start();
    const { coffer } = world;
    const due = (days: number) => ({ rotateDueAt: after(coffer, days * DAY_MS) });
    expect(await mustCreateSecret(world.admin, "A", "1", { rotateEveryDays: 30 })).toMatchObject(
      due(30),
    );
    await world.move(20 * DAY_MS);
    expect((await world.admin.get(path("A"))).json).toMatchObject(due(10));
    expect(await mustRotate(world.admin, "A", "2")).toMatchObject(due(30));
    const older = await world.admin.post(`${path("A")}/versions/1/activate`);
    expect(older.json).toMatchObject(due(10));
    const longer = await world.admin.patch(path("A"), { rotateEveryDays: 90 });
    expect(longer.json).toMatchObject(due(70));
    expect((await world.admin.patch(path("A"), { description: "d" })).json).toMatchObject(due(70));
    const newest = await world.admin.post(`${path("A")}/versions/2/activate`);
    expect(newest.json).toMatchObject(due(90));
    const never = await world.admin.patch(path("A"), { rotateEveryDays: null });
    expect(never.json).toMatchObject({ rotateDueAt: null, rotateEveryDays: null });
    expect(await mustRotate(world.admin, "A", "3")).toMatchObject({ rotateDueAt: null });
  });

  test("takes whole days from 1 to 3650", async () => {
    const { admin } = shared;
    for (const rotateEveryDays of [0, -1, 1.5, 3_651, "30", true, 1e9]) {
      const body = { name: "BAD_PERIOD", value: "v", rotateEveryDays };
      expectProblem(await admin.post(SECRETS, body), 400, "invalid_request");
    }
  });
});

describe("the filter", () => {
  test("finds what is due, overdue, expiring and expired, to the millisecond", async () => {
    const world = await start();
    const { coffer } = world;
    await mustCreateSecret(world.admin, "PLAIN", "v");
    await mustCreateSecret(world.admin, "ROTATED", "v", { rotateEveryDays: 10 });
    await mustCreateSecret(world.admin, "ENDING", "v", { expiresAt: after(coffer, 10 * DAY_MS) });
    const found = async () => ({
      due: await asking(world.admin, "due"),
      overdue: await asking(world.admin, "overdue"),
      expiring: await asking(world.admin, "expiring"),
      expired: await asking(world.admin, "expired"),
    });
    const nothing = { due: [], overdue: [], expiring: [], expired: [] };
    await world.move(3 * DAY_MS - 1);
    expect(await found()).toEqual(nothing);
    await world.move(1);
    expect(await found()).toEqual({ ...nothing, due: ["ROTATED"], expiring: ["ENDING"] });
    await world.move(7 * DAY_MS - 1);
    expect(await found()).toEqual({ ...nothing, due: ["ROTATED"], expiring: ["ENDING"] });
    await world.move(1);
    expect(await found()).toEqual({ ...nothing, overdue: ["ROTATED"], expired: ["ENDING"] });
    await mustRotate(world.admin, "ROTATED", "w");
    await world.admin.delete(path("ENDING"));
    expect(await found()).toEqual(nothing);
    expect(namesOf(await world.admin.get(`${SECRETS}?attention=expired&state=trashed`))).toEqual([
      "ENDING",
    ]);
  });

  test("finds what nobody has read for 90 days, and is that old", async () => {
    const world = await start();
    const { coffer } = world;
    const service = await lastingService(coffer, world.admin);
    await mustCreateSecret(world.admin, "READ", "v");
    await mustCreateSecret(world.admin, "UNREAD", "v");
    expect(await asking(world.admin, "unread")).toEqual([]);
    await world.move(80 * DAY_MS);
    await service.resolve("$SECRET/READ");
    await mustCreateSecret(world.admin, "YOUNG", "v");
    await world.move(10 * DAY_MS - 1);
    expect(await asking(world.admin, "unread")).toEqual([]);
    await world.move(1);
    expect(await asking(world.admin, "unread")).toEqual(["UNREAD"]);
    await world.move(80 * DAY_MS);
    expect(await asking(world.admin, "unread")).toEqual(["READ", "UNREAD", "YOUNG"]);
  });

  test("goes together with search and tag, takes nothing else, and shows a service its own names", async () => {
    const world = await start();
    const { coffer } = world;
    const expiresAt = after(coffer, 1_000);
    await mustCreateSecret(world.admin, "A_ONE", "v", { expiresAt, tags: ["x"] });
    await mustCreateSecret(world.admin, "A_TWO", "v", { expiresAt });
    await mustCreateSecret(world.admin, "B_ONE", "v", { expiresAt, tags: ["x"] });
    const list = async (query: string, client = world.admin) =>
      namesOf(await client.get(`${SECRETS}?attention=expiring&${query}`));
    expect(await list("search=a_&tag=x")).toEqual(["A_ONE"]);
    const service = await mustHaveService(coffer, world.admin, ["B_*"], { actions: ["list"] });
    expect(await list("", service)).toEqual(["B_ONE"]);
    for (const bad of ["attention=", "attention=DUE", "attention=due,expired", "due=soon"]) {
      expectProblem(await world.admin.get(`${SECRETS}?${bad}`), 400, "invalid_request");
    }
    expectProblem(
      await world.admin.get(`${SECRETS}?attention=due&attention=due`),
      400,
      "invalid_request",
    );
  });

  test("is counted at an address of its own, in one environment, for people and no service", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "counted");
    const expiresAt = after(coffer, DAY_MS);
    const body = { name: "attention", value: "v", environment: "counted", expiresAt };
    must(201, await admin.post(SECRETS, body));
    const counts = (client: Client, environment = "counted") =>
      client.get(`/api/v1/attention?environment=${environment}`);
    for (const role of ["admin", "editor", "viewer", "auditor"] as const) {
      const answer = await counts(await asRole(coffer, role));
      expect(answer.json).toEqual({ lost: 0, expired: 0, overdue: 0, expiring: 1, due: 0 });
    }
    expect((await counts(admin, "default")).json).toMatchObject({ expiring: 0 });
    expectProblem(await counts(admin, "nowhere"), 404, "not_found");
    expectProblem(await admin.get("/api/v1/attention?tag=x"), 400, "invalid_request");
    const service = await mustHaveService(coffer, admin, ["*"], { actions: ["list"] });
    const refused = await service.get("/api/v1/attention");
    expectProblem(refused, 403, "forbidden");
    expect(await eventsOf(coffer, refused)).toMatchObject([
      { action: "secrets.list", outcome: "denied" },
    ]);
    const named = await admin.get(`${path("attention")}?environment=counted`);
    expect(named.json).toMatchObject({ name: "attention" }); // the name stays free for a secret
  });

  test("counts what it finds, for people", async () => {
    const world = await start();
    const { coffer } = world;
    await mustCreateSecret(world.admin, "BOTH", "v", {
      ...{ expiresAt: after(coffer, DAY_MS), rotateEveryDays: 1 },
    });
    await mustCreateSecret(world.admin, "LATER", "v", { rotateEveryDays: 300 });
    const { vault } = coffer;
    const count = async () => vault.secrets.attention(await personOf(coffer), undefined);
    expect(await count()).toEqual({ lost: 0, expired: 0, overdue: 0, expiring: 1, due: 1 });
    await world.move(DAY_MS);
    expect(await count()).toEqual({ lost: 0, expired: 1, overdue: 1, expiring: 0, due: 0 });
    await world.admin.delete(path("BOTH"));
    expect(await count()).toEqual({ lost: 0, expired: 0, overdue: 0, expiring: 0, due: 0 });
    await expect(vault.secrets.attention(OPERATOR, undefined)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

/** The admin as the vault knows them. */
async function personOf({ vault }: Coffer) {
  const origin = { address: "127.0.0.1", userAgent: "test", requestId: "test" };
  const claims = await vault.people.signIn(origin, TEST_ADMIN.email, TEST_ADMIN.password);
  const caller = await vault.callerOfSession(claims, origin);
  if (!caller) throw new Error("The admin has no session.");
  return caller;
}

describe("activating with expectedVersion", () => {
  test("is refused when another version has become current, so that nobody's rotation is undone unseen", async () => {
    const { coffer, admin } = shared;
    const other = await asRole(coffer, "admin");
    await mustCreateSecret(admin, "UNDONE", "one");
    await mustRotate(admin, "UNDONE", "two");
    await mustRotate(other, "UNDONE", "three"); // while the first still looks at v2
    const activate = (query: string) => admin.post(`${path("UNDONE")}/versions/1/activate${query}`);
    const stale = await activate("?expectedVersion=2");
    const problem = expectProblem(stale, 409, "version_conflict", ["currentVersion"]);
    expect(problem["currentVersion"]).toBe(3);
    expect(await eventsOf(coffer, stale)).toMatchObject([
      { action: "secrets.activate", target: "UNDONE", outcome: "failed" },
    ]);
    expect((await admin.get(path("UNDONE"))).json).toMatchObject({ version: 3 });
    for (const bad of ["0", "-1", "1e1", "", "2.5", "9999999999"]) {
      expectProblem(await activate(`?expectedVersion=${bad}`), 400, "invalid_request");
    }
    expect((await activate("?expectedVersion=3")).json).toMatchObject({ version: 1 });
  });

  test("of two who choose at once, one wins and the other is told", async () => {
    const { coffer, admin } = shared;
    const other = await asRole(coffer, "admin");
    await mustCreateSecret(admin, "AT_ONCE", "one");
    await mustRotate(admin, "AT_ONCE", "two");
    await mustRotate(admin, "AT_ONCE", "three");
    const answers = await Promise.all([
      admin.post(`${path("AT_ONCE")}/versions/1/activate?expectedVersion=3`),
      other.post(`${path("AT_ONCE")}/versions/2/activate?expectedVersion=3`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test("an activation and a destruction of the same version at once leave a current version that opens", async () => {
    const { coffer, admin } = shared;
    const service = await mustHaveService(coffer, admin, ["DUEL_*"]);
    for (let round = 0; round < 5; round++) {
      const name = `DUEL_${String(round)}`;
      await mustCreateSecret(admin, name, "one");
      await mustRotate(admin, name, "two");
      const [activated, destroyed] = await Promise.all([
        admin.post(`${path(name)}/versions/1/activate`),
        admin.delete(`${path(name)}/versions/1`),
      ]);
      if (activated.status === 200) expectProblem(destroyed, 409, "version_conflict");
      else expectProblem(activated, 422, "version_destroyed");
      const { json } = await service.resolve(`$SECRET/${name}`);
      expect(json?.["config"]).toBe(activated.status === 200 ? "one" : "two");
    }
  });
});

test("where used says which services' rules let them ask for another version than the current one", async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "PINNED", "v");
  const free = await mustHaveService(coffer, admin, ["PINNED"], { versions: "any" });
  const bound = await mustHaveService(
    coffer,
    admin,
    ["PINNED"],
    {},
    {
      rules: [
        { actions: ["resolve"], names: ["PINNED"] },
        { actions: ["resolve"], names: ["OTHER"], versions: "any" },
        { actions: ["check"], names: ["*"], versions: "any" },
      ],
    },
  );
  await free.resolve("$SECRET/PINNED");
  await bound.resolve("$SECRET/PINNED");
  const uses = (await admin.get(`${path("PINNED")}/uses`)).json?.["items"] as UseInfo[];
  const services = await Promise.all(
    [free, bound].map(async (client) => {
      const me = await client.get("/api/v1/whoami");
      return (me.json?.["service"] as { id: string }).id;
    }),
  );
  expect(services.map((id) => uses.find(({ service }) => service.id === id)?.mayPin)).toEqual([
    true,
    false,
  ]);
});
