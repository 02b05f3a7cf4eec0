import { connect } from "node:net";
import { expect, test } from "vitest";
import {
  asService,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  shareCoffer,
  type Answer,
} from "../support/coffer";
import { eventually } from "../support/eventually";
import { expectProblem } from "../support/problem";
import { mulberry32 } from "../support/seeded-random";

const shared = shareCoffer();
const path = (name: string) => `/api/v1/secrets/${name}`;

/** Starts `count` calls before the first one can be answered. */
function atOnce(count: number, call: (index: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

test("of two creates at once one wins, in any case of the name, and the other is told so", async () => {
  const { coffer, admin } = shared;
  const service = await mustHaveService(coffer, admin, ["*"]);
  for (let round = 0; round < 10; round++) {
    const name = `Twice_${String(round)}`;
    const answers = await atOnce(2, (index) =>
      admin.post("/api/v1/secrets", {
        name: index === 0 ? name : name.toUpperCase(),
        value: `value ${String(index)}`,
      }),
    );
    expect(statuses(answers)).toEqual([201, 409]);
    const winner = answers.findIndex(({ status }) => status === 201);
    const loser = answers[1 - winner];
    if (loser) expectProblem(loser, 409, "already_exists", ["name"]);
    const { json } = await service.resolve(`$SECRET/${name}`);
    expect(json?.["config"]).toBe(`value ${String(winner)}`);
  }
});

test("of 20 rotates at once that expect the same version one wins, and its value is the current one", async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "CONTESTED", "first");
  const answers = await atOnce(20, (index) =>
    admin.post(`${path("CONTESTED")}/versions`, {
      value: `by ${String(index)}`,
      expectedVersion: 1,
    }),
  );
  expect(statuses(answers)).toEqual([201, ...Array<number>(19).fill(409)]);
  for (const answer of answers.filter(({ status }) => status === 409)) {
    const problem = expectProblem(answer, 409, "version_conflict", ["currentVersion"]);
    expect(problem["currentVersion"]).toBe(2);
  }
  const winner = answers.findIndex(({ status }) => status === 201);
  const service = await mustHaveService(coffer, admin, ["CONTESTED"]);
  const { json } = await service.resolve("$SECRET/CONTESTED");
  expect(json?.["config"]).toBe(`by ${String(winner)}`);
  const versions = await admin.get(`${path("CONTESTED")}/versions`);
  expect(versions.json?.["items"]).toHaveLength(2);
});

test("20 rotates at once that expect nothing make 20 versions, each with a number of its own", async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "QUEUED", "value 1");
  const answers = await atOnce(20, (index) =>
    admin.post(`${path("QUEUED")}/versions`, { value: `by ${String(index)}` }),
  );
  const byVersion = new Map(answers.map(({ json }, index) => [Number(json?.["version"]), index]));
  expect([...byVersion.keys()].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 2),
  );
  const service = await mustHaveService(coffer, admin, ["QUEUED"], { versions: "any" });
  for (const [version, index] of byVersion) {
    const { json } = await service.resolve(`{{Secrets.QUEUED@${String(version)}}}`);
    expect(json?.["config"]).toBe(`by ${String(index)}`);
  }
});

test("a resolve during rotates sees each secret whole, and never goes back", async () => {
  const { coffer, admin } = shared;
  const json = (version: number) => JSON.stringify({ a: version, b: version });
  await mustCreateSecret(admin, "MOVING", json(1));
  const service = await mustHaveService(coffer, admin, ["MOVING"]);
  let rotating = true;
  const rotates = (async () => {
    for (let version = 2; version <= 25; version++)
      await mustRotate(admin, "MOVING", json(version));
    rotating = false;
  })();
  const readers = Array.from({ length: 4 }, async () => {
    let last = 0;
    let reads = 0;
    while (rotating) {
      const answer = await service.resolve(
        "{{Secrets.MOVING.a}} {{Secrets.MOVING.b}} $SECRET/MOVING $SECRET/moving",
      );
      expect(answer.status, answer.text).toBe(200);
      const references = answer.json?.["references"] as { version: number }[];
      const version = references[0]?.version ?? 0;
      expect(new Set(references.map((each) => each.version)).size).toBe(1);
      const whole = `${String(version)} ${String(version)} ${json(version)} ${json(version)}`;
      expect(answer.json?.["config"]).toBe(whole);
      expect(version).toBeGreaterThanOrEqual(last);
      last = version;
      reads++;
    }
    return reads;
  });
  await rotates;
  for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(0);
});

test("a resolve during create, trash, restore and purge sees a value or a clear reason, never an error of Coffer's own", async () => {
  const { coffer, admin } = shared;
  const service = await mustHaveService(coffer, admin, ["FLICKER"]);
  let changing = true;
  const seen = new Set<string>();
  const changes = (async () => {
    for (let round = 0; round < 8; round++) {
      await mustCreateSecret(admin, "FLICKER", "value");
      await admin.delete(path("FLICKER"));
      await admin.post(`${path("FLICKER")}/restore`);
      await admin.delete(`${path("FLICKER")}?purge=true`);
    }
    changing = false;
  })();
  const readers = Array.from({ length: 3 }, async () => {
    while (changing) {
      const answer = await service.resolve("$SECRET/FLICKER");
      if (answer.status === 200) {
        expect(answer.json?.["config"]).toBe("value");
        seen.add("value");
      } else {
        const { failures } = expectProblem(answer, 422, "unresolved", ["failures"]);
        seen.add(failures?.[0]?.reason ?? "");
      }
    }
  });
  await Promise.all([changes, ...readers]);
  for (const what of seen) expect(["value", "missing", "trashed"]).toContain(what);
  const created = await mustCreateSecret(admin, "FLICKER", "last");
  expect(created.version).toBe(9);
});

test("activate and destroy of one version at once never leave a secret without its current value", async () => {
  const { coffer, admin } = shared;
  const service = await mustHaveService(coffer, admin, ["FOUGHT_*"]);
  for (let round = 0; round < 8; round++) {
    const name = `FOUGHT_${String(round)}`;
    await mustCreateSecret(admin, name, "one");
    await mustRotate(admin, name, "two");
    const [activated, destroyed] = await Promise.all([
      admin.post(`${path(name)}/versions/1/activate`),
      admin.delete(`${path(name)}/versions/1`),
    ]);
    const outcome = [activated.status, destroyed.status];
    expect([
      [200, 409],
      [422, 204],
    ]).toContainEqual(outcome);
    const { json } = await service.resolve(`$SECRET/${name}`);
    expect(json?.["config"]).toBe(activated.status === 200 ? "one" : "two");
  }
});

test("version numbers are never used again, through purges and re-creations at once", async () => {
  const { coffer, admin } = shared;
  const made: number[] = [];
  const seed = Date.now() % 2 ** 31;
  console.info(`seed ${String(seed)}`);
  const random = mulberry32(seed);
  for (let round = 0; round < 5; round++) {
    const answers = await atOnce(12, () => {
      const dice = random();
      if (dice < 0.4) return admin.post("/api/v1/secrets", { name: "REBORN", value: "v" });
      if (dice < 0.7) return admin.post(`${path("REBORN")}/versions`, { value: "v" });
      if (dice < 0.8) return admin.delete(path("REBORN"));
      if (dice < 0.9) return admin.post(`${path("REBORN")}/restore`);
      return admin.delete(`${path("REBORN")}?purge=true`);
    });
    for (const { status, json, text } of answers) {
      expect(status, text).toBeLessThan(500);
      if (status === 201) made.push(Number(json?.["version"]));
    }
  }
  expect(new Set(made).size, `seed ${String(seed)}: ${made.join(" ")}`).toBe(made.length);
  const { db } = await coffer.database();
  const rows = await db.secretVersion.findMany({ where: { secret: { nameKey: "reborn" } } });
  for (const { version } of rows) expect(made).toContain(version);
});

test("once a revocation is acknowledged, no later request gets in, among many that are under way", async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "GUARDED", "v");
  const service = await mustCreateService(admin, "to-be-revoked", ["GUARDED"]);
  const token = await mustMintToken(admin, service.id);
  const client = asService(coffer, token.token);
  const before = atOnce(20, () => client.resolve("$SECRET/GUARDED"));
  const revoked = await admin.delete(`/api/v1/services/${service.id}/tokens/${token.id}`);
  expect(revoked.status).toBe(204);
  const after = await atOnce(20, () => client.resolve("$SECRET/GUARDED"));
  for (const answer of after) expectProblem(answer, 401, "token_revoked");
  for (const { status } of await before) expect([200, 401]).toContain(status);
});

test("a token that is revoked between the head and the body of a request does not get in", async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "SLOWLY", "slow-value");
  const service = await mustCreateService(admin, "slow", ["SLOWLY"]);
  const token = await mustMintToken(admin, service.id);
  const body = '{"config":"$SECRET/SLOWLY"}';
  const socket = connect(Number(new URL(coffer.url).port), "127.0.0.1");
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(
    [
      ...["POST /api/v1/resolve HTTP/1.1", "host: localhost", "connection: close"],
      ...[`authorization: Bearer ${token.token}`, "content-type: application/json"],
      ...[`content-length: ${String(body.length)}`, "", body.slice(0, 5)],
    ].join("\r\n"),
  );
  await eventually(async () => {
    const { json } = await admin.get(`/api/v1/services/${service.id}`);
    expect(json?.["lastUsedAt"]).not.toBeNull(); // the head was read, and its token accepted
  });
  await admin.delete(`/api/v1/services/${service.id}/tokens/${token.id}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.write(body.slice(5));
  await closed;
  expect(received).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"token_revoked"/);
  expect(received).not.toContain("slow-value");
});

test("of two services of one name at once one is made", async () => {
  const { admin } = shared;
  const answers = await atOnce(2, (index) =>
    admin.post("/api/v1/services", { name: index === 0 ? "same name" : "SAME name" }),
  );
  expect(statuses(answers)).toEqual([201, 409]);
});
