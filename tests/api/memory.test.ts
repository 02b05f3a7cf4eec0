import { describe, expect, test } from "vitest";
import type { Happening } from "../../lib/audit/event";
import { openJournal } from "../../lib/audit/journal";
import {
  asAdmin,
  asService,
  eventsOf,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
  tamper,
  temporaryHome,
  type Answer,
  type Client,
  type Coffer,
  type StartOptions,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const REFERENCE = "$SECRET/API_KEY";

/** A service that resolves `API_*`, and a way to change what it is decided by. */
interface World {
  coffer: Coffer;
  admin: Client;
  service: { id: string };
  tokenId: string;
  token: string;
}

async function prepare(options: StartOptions = {}): Promise<World> {
  const coffer = await startCoffer(options);
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "first value");
  const service = await mustCreateService(admin, "gateway", ["API_*"]);
  const { id: tokenId, token } = await mustMintToken(admin, service.id);
  return { coffer, admin, service, tokenId, token };
}

interface Change {
  name: string;
  /** Returns once Coffer has acknowledged it. */
  make: (admin: Client, world: World) => Promise<unknown>;
  expect: (answer: Answer) => void;
}

const path = "/api/v1/secrets/API_KEY";
const asRules = (names: string[]) => ({ rules: [{ actions: ["resolve"], names }] });
const reasonIs = (reason: string) => (answer: Answer) =>
  expect(answer.json).toMatchObject({ status: 422, failures: [{ reason }] });

const CHANGES: Change[] = [
  {
    name: "a rotation",
    make: (admin) => mustRotate(admin, "API_KEY", "second value"),
    expect: (answer) => expect(answer.json?.["config"]).toBe("second value"),
  },
  {
    name: "a revocation",
    make: (admin, { service, tokenId }) =>
      admin.delete(`/api/v1/services/${service.id}/tokens/${tokenId}`),
    expect: (answer) => expectProblem(answer, 401, "token_revoked"),
  },
  {
    name: "a change of the rules",
    make: (admin, { service }) => admin.patch(`/api/v1/services/${service.id}`, asRules(["X_*"])),
    expect: reasonIs("denied"),
  },
  {
    name: "a change of the addresses",
    make: (admin, { service }) =>
      admin.patch(`/api/v1/services/${service.id}`, { allowedCidrs: ["10.0.0.0/8"] }),
    expect: (answer) => expectProblem(answer, 403, "address_not_allowed"),
  },
  {
    name: "disabling the service",
    make: (admin, { service }) => admin.patch(`/api/v1/services/${service.id}`, { disabled: true }),
    expect: (answer) => expectProblem(answer, 401, "service_disabled"),
  },
  {
    name: "deleting the service",
    make: (admin, { service }) => admin.delete(`/api/v1/services/${service.id}`),
    expect: (answer) => expectProblem(answer, 401, "invalid_token"),
  },
  {
    name: "moving the secret to the trash",
    make: (admin) => admin.delete(path),
    expect: reasonIs("trashed"),
  },
  {
    name: "purging the secret",
    make: (admin) => admin.delete(`${path}?purge=true`),
    expect: reasonIs("missing"),
  },
];

describe("once it is acknowledged", () => {
  for (const change of CHANGES) {
    test(`${change.name} binds the next resolve`, async () => {
      const world = await prepare();
      const client = asService(world.coffer, world.token);
      for (let i = 0; i < 3; i++) {
        expect((await client.resolve(REFERENCE)).json?.["config"]).toBe("first value");
      }
      await change.make(world.admin, world);
      change.expect(await client.resolve(REFERENCE));
    });

    test(`${change.name} made by another process on the same file binds the next resolve`, async () => {
      const home = temporaryHome();
      const world = await prepare({ home });
      const other = await startCoffer({ home, admin: false });
      const otherAdmin = await asAdmin(other);
      const client = asService(world.coffer, world.token);
      for (let i = 0; i < 3; i++) {
        expect((await client.resolve(REFERENCE)).json?.["config"]).toBe("first value");
      }
      await change.make(otherAdmin, world);
      change.expect(await client.resolve(REFERENCE));
    });
  }

  test("a secret that was missing or denied is there at the next resolve", async () => {
    const { coffer, admin, service, token } = await prepare();
    const client = asService(coffer, token);
    reasonIs("missing")(await client.resolve("$SECRET/API_NEW"));
    await mustCreateSecret(admin, "API_NEW", "new");
    expect((await client.resolve("$SECRET/API_NEW")).json?.["config"]).toBe("new");
    await mustCreateSecret(admin, "OTHER", "other");
    reasonIs("denied")(await client.resolve("$SECRET/OTHER"));
    await admin.patch(`/api/v1/services/${service.id}`, asRules(["*"]));
    expect((await client.resolve("$SECRET/OTHER")).json?.["config"]).toBe("other");
  });
});

test("time is not kept: a token and a secret end at their very instant", async () => {
  const { coffer, admin, service } = await prepare();
  const at = (ms: number) => new Date(coffer.clock.now().getTime() + ms).toISOString();
  const short = await mustMintToken(admin, service.id, { expiresAt: at(2_000) });
  await admin.patch(path, { expiresAt: at(1_000) });
  const client = asService(coffer, short.token);
  expect((await client.resolve(REFERENCE)).status).toBe(200);
  coffer.clock.advance(1_000);
  reasonIs("expired")(await client.resolve(REFERENCE));
  coffer.clock.advance(1_000);
  expectProblem(await client.resolve(REFERENCE), 401, "token_expired");
});

test("a row that was changed behind Coffer's back is not used, although it was in memory", async () => {
  const { coffer, service, token } = await prepare();
  const client = asService(coffer, token);
  expect((await client.resolve(REFERENCE)).status).toBe(200);
  await tamper(coffer, (tx) => tx.secret.updateMany({ data: { highestVersion: 9 } }));
  reasonIs("unreadable")(await client.resolve(REFERENCE));
  await tamper(coffer, (tx) =>
    tx.service.update({ where: { id: service.id }, data: { rules: "[]" } }),
  );
  expect((await client.resolve(REFERENCE)).json?.["code"]).toBe("tampered");
});

/** A Coffer whose resolves have `happen` happen between their decision and the writing of their event. */
async function prepareRace(happen: (world: World, event: Happening) => Promise<unknown>) {
  const home = temporaryHome();
  const race: { world?: World } = {};
  const world = await prepare({
    home,
    openJournal: async (...given) => {
      const journal = await openJournal(...given);
      return {
        ...journal,
        async record(event, under) {
          if (race.world && event.action === "secrets.resolve") await happen(race.world, event);
          return journal.record(event, under);
        },
      };
    },
  });
  const other = await startCoffer({ home, admin: false });
  const admin = await asAdmin(other);
  return { ...world, begin: () => (race.world = { ...world, admin }) };
}

describe("what changes between a decision and its event, in another process", () => {
  for (const change of CHANGES) {
    test(`${change.name}: it is decided again, and only that is on record`, async () => {
      let made = false;
      const { coffer, token, begin } = await prepareRace(async (world) => {
        if (made) return;
        made = true;
        await change.make(world.admin, world);
      });
      const client = asService(coffer, token);
      expect((await client.resolve(REFERENCE)).status).toBe(200);
      begin();
      const answer = await client.resolve(REFERENCE);
      change.expect(answer);
      expect(await eventsOf(coffer, answer)).toHaveLength(1);
    });
  }

  test("wider rules: a denial is decided again too", async () => {
    let made = false;
    const { coffer, token, begin } = await prepareRace(async ({ admin, service }) => {
      if (made) return;
      made = true;
      await admin.patch(`/api/v1/services/${service.id}`, asRules(["*"]));
      await mustCreateSecret(admin, "OTHER", "other");
    });
    const client = asService(coffer, token);
    begin();
    const answer = await client.resolve("$SECRET/OTHER");
    expect(answer.json?.["config"]).toBe("other");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { outcome: "ok", names: [["OTHER", 1]] },
    ]);
  });

  test("many times: it is decided until nothing does, and answered by the last", async () => {
    let version = 1;
    const { coffer, token, begin } = await prepareRace(async ({ admin }) => {
      if (version < 12) await mustRotate(admin, "API_KEY", `value ${String(++version)}`);
    });
    const client = asService(coffer, token);
    begin();
    const answer = await client.resolve(REFERENCE);
    expect(answer.json?.["config"]).toBe("value 12");
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { outcome: "ok", names: [["API_KEY", 12]] },
    ]);
  });

  test("without an end: 503, no value, and a record of it", async () => {
    let version = 1;
    const { coffer, token, begin } = await prepareRace(async ({ admin }, { code }) => {
      if (code !== "unavailable") await mustRotate(admin, "API_KEY", `value ${String(++version)}`);
    });
    const client = asService(coffer, token);
    begin();
    const answer = await client.resolve(REFERENCE);
    expectProblem(answer, 503, "unavailable");
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(version).toBeGreaterThan(5); // five decisions at least
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "secrets.resolve", outcome: "failed", code: "unavailable", names: [] },
    ]);
  });
});

test("many at once while secrets rotate: no answer is older than what was acknowledged before it was asked", async () => {
  const home = temporaryHome();
  const { coffer, admin, token } = await prepare({ home });
  const other = await startCoffer({ home, admin: false });
  const otherAdmin = await asAdmin(other);
  const client = asService(coffer, token);
  const values = ["first value"];
  let acknowledged = 0;
  let going = true;
  const rotating = (async () => {
    for (let i = 1; i <= 20; i++) {
      values.push(`value ${String(i)}`);
      await mustRotate(i % 2 ? admin : otherAdmin, "API_KEY", `value ${String(i)}`);
      acknowledged = i;
    }
    going = false;
  })();
  const asking = Array.from({ length: 8 }, async () => {
    while (going) {
      const from = acknowledged;
      const answer = await client.resolve(REFERENCE);
      expect(answer.status).toBe(200);
      expect(values.indexOf(String(answer.json?.["config"]))).toBeGreaterThanOrEqual(from);
    }
  });
  await Promise.all([rotating, ...asking]);
  const { db } = await coffer.database();
  for (const { id } of await db.journal.findMany()) {
    const events = await db.auditEvent.findMany({
      where: { journalId: id },
      orderBy: { seq: "asc" },
    });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  }
});
