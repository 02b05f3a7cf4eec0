import { expect, inject, onTestFinished, test } from "vitest";
import {
  asAdmin,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  temporaryHome,
  type Answer,
  type Client,
} from "../support/coffer";
import { eventually } from "../support/eventually";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";
import { expectProblem } from "../support/problem";
import { unsteadyWayTo, type UnsteadyWay } from "../support/unsteady";

const server = inject("postgresUrl");

/** A vault that is reached by a way on which everything can happen, with a service that resolves. */
async function vaultOnWay() {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  const way = await unsteadyWayTo(databaseUrl);
  const coffer = await startCoffer({ home: temporaryHome(), databaseUrl: way.databaseUrl });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "KEY", "value");
  const service = await mustHaveService(coffer, admin, ["KEY"]);
  const resolve = () => service.resolve("$SECRET/KEY");
  expect((await resolve()).status).toBe(200);
  return { databaseUrl, way, coffer, admin, service, resolve };
}

function expectRefused(answer: Answer): void {
  expectProblem(answer, 503, "unavailable");
  expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(answer.json).toMatchObject({ retryable: true });
}

/** Sends requests of every kind. Each is refused. */
async function expectOutage(admin: Client, resolve: () => Promise<Answer>): Promise<void> {
  const rotate = () => admin.post("/api/v1/secrets/KEY/versions", { value: "another value" });
  const sent = Array.from({ length: 8 }, () => [
    resolve(),
    rotate(),
    admin.get("/api/v1/secrets"),
    admin.get("/api/v1/audit"),
    admin.get("/health/ready"),
  ]);
  for (const answer of await Promise.all(sent.flat())) expectRefused(answer);
}

/** Until somebody is served again; whatever is answered before that is a refusal. */
async function untilBack(resolve: () => Promise<Answer>): Promise<void> {
  await eventually(async () => {
    const answer = await resolve();
    if (answer.status !== 200) expectRefused(answer);
    expect(answer.status).toBe(200);
    expect(answer.json?.["config"]).toBe("value");
  });
}

async function mustBeAway(resolve: () => Promise<Answer>, way: UnsteadyWay): Promise<void> {
  await eventually(async () => {
    expectRefused(await resolve());
    expect(way.open).toBeLessThanOrEqual(1);
  });
}

test("where every packet is dropped all are refused, only one connection at a time is tried, and it goes on once they pass", async () => {
  const { way, coffer, admin, resolve } = await vaultOnWay();
  way.stall();
  await expectOutage(admin, resolve);
  await mustBeAway(resolve, way);
  const found = way.connections;
  await eventually(() => {
    expect(way.connections).toBeGreaterThan(found + 1); // what was tried before it was found has ended by then
  });
  const before = way.connections;
  for (let n = 0; n < 20; n++) {
    await expectOutage(admin, resolve);
    expect(way.open).toBeLessThanOrEqual(1);
  }
  expect(way.connections - before).toBeLessThan(20); // none of the 800 requests has tried one
  way.mend();
  await untilBack(resolve);
  const answer = await admin.get("/api/v1/secrets/KEY");
  expect(answer.json).toMatchObject({ version: 1 }); // no change that was refused was made
  expect(coffer.log.join("\n")).toContain("the database is back");
});

test("where nobody listens all are refused, and it goes on once somebody does", async () => {
  const { way, admin, resolve } = await vaultOnWay();
  way.cut();
  await expectOutage(admin, resolve);
  way.mend();
  await untilBack(resolve);
});

test("a stop while the database is away comes to its end, and says what is not on record", async () => {
  const { way, coffer, resolve } = await vaultOnWay();
  way.cut();
  await mustBeAway(resolve, way);
  await coffer.stop();
  expect(coffer.log.join("\n")).toContain("that Coffer stops is not on record");
});

test("connections that were cut silently are given up, and the database is used by new ones", async () => {
  const { way, resolve } = await vaultOnWay();
  way.stall();
  const hanging = resolve();
  await eventually(() => {
    expect(way.open).toBeGreaterThan(0);
  });
  way.mend(); // what was dropped is not sent again
  const answer = await hanging;
  if (answer.status !== 200) expectRefused(answer);
  await untilBack(resolve);
});

test("a database that can only be read refuses everything, reads too, and is used again once it can be written", async () => {
  const { databaseUrl, way, admin, resolve } = await vaultOnWay();
  const name = new URL(databaseUrl).pathname.slice(1);
  const setting = (to: string) =>
    administer(server, `ALTER DATABASE "${name}" SET default_transaction_read_only = ${to}`);
  const endAll = () =>
    administer(
      server,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
  await setting("on");
  await endAll();
  await mustBeAway(resolve, way);
  await expectOutage(admin, resolve);
  await setting("off");
  await untilBack(resolve);
});

test("a server that takes no new connection is no outage for those that there are", async () => {
  const { databaseUrl, way, admin, resolve } = await vaultOnWay();
  const name = new URL(databaseUrl).pathname.slice(1);
  await administer(server, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
  await Promise.all(Array.from({ length: 30 }, () => admin.get("/api/v1/secrets"))); // wants more than there are
  expect((await resolve()).status).toBe(200);
  await administer(server, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
  expect(way.open).toBeGreaterThan(0);
});
