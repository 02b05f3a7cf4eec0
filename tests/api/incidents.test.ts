import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newToken } from "../../lib/crypto/token";
import type { IncidentInfo, IncidentStory, ReaderInfo, ReadersReport } from "../../lib/shapes";
import { timeText } from "../../lib/store/column";
import { listed } from "../../lib/store/dialect";
import {
  asAdmin,
  asPerson,
  asRole,
  asService,
  Client,
  eventsOf,
  must,
  mustCreateEnvironment,
  mustCreateSecret,
  mustCreateService,
  mustCreateUser,
  mustMintToken,
  mustRotate,
  recordText,
  shareCoffer,
  startCoffer,
  tamper,
  type Coffer,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const I = "/api/v1/incidents";
const SINCE = "2020-01-01T00:00:00Z";
const MINUTE_MS = 60_000;
const shared = shareCoffer();

const readersPath = (name: string, since = SINCE, more = "") =>
  `/api/v1/secrets/${name}/readers?since=${encodeURIComponent(since)}${more}`;

async function mustRead(admin: Client, name: string, since = SINCE): Promise<ReadersReport> {
  return must(200, await admin.get(readersPath(name, since))) as ReadersReport;
}

async function mustOpen(admin: Client, secret: string, more: object = {}): Promise<IncidentInfo> {
  return must(201, await admin.post(I, { secret, since: SINCE, ...more })) as IncidentInfo;
}

async function storyOf(admin: Client, id: string): Promise<IncidentStory> {
  return must(200, await admin.get(`${I}/${id}`)) as IncidentStory;
}

/** The path of a change to a secret's versions that is a step of an incident. */
const step = (
  secret: string,
  incident: string,
  below: string | number = "",
  environment = "default",
) =>
  `/api/v1/secrets/${secret}/versions${below === "" ? "" : `/${String(below)}`}?incident=${incident}&environment=${environment}`;

/** What a story says, without times and addresses. */
const told = ({ events }: IncidentStory) =>
  events.map(({ action, target, versions, outcome, code, text }) =>
    [action, target, versions.join(), outcome, code, text ?? ""].filter(Boolean).join(" "),
  );

/** A service with a token, and a client for it that says that it comes from `address`. */
async function reader(coffer: Coffer, admin: Client, name: string, names: string[], rule = {}) {
  const service = await mustCreateService(admin, name, names, rule);
  const token = await mustMintToken(admin, service.id);
  const from = (address: string) =>
    new Client(coffer.url, {
      authorization: `Bearer ${token.token}`,
      "x-forwarded-for": address,
    });
  return { service, token, from, client: from("127.0.0.1") };
}

const byName = ({ readers }: ReadersReport, name: string): ReaderInfo | undefined =>
  readers.find(({ service }) => service.name === name);

describe("who read a secret", () => {
  test("is said of each service with token, addresses, times, count and versions, from the record", async () => {
    const coffer = await startCoffer({ env: { COFFER_TRUSTED_PROXIES: "127.0.0.1" } });
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "LEAKED", "one");
    const proxy = await reader(coffer, admin, "proxy", ["*"], { versions: "any" });
    const idle = await reader(coffer, admin, "idle", ["LEAK*"]);
    await reader(coffer, admin, "other", ["OTHER_*"]);
    const second = await mustMintToken(admin, proxy.service.id);
    const firstAt = coffer.clock.now().toISOString();
    must(200, await proxy.from("10.0.0.1").resolve("$SECRET/leaked"));
    coffer.clock.advance(MINUTE_MS);
    await mustRotate(admin, "LEAKED", "two");
    must(200, await proxy.from("10.0.0.2").resolve("$SECRET/LEAKED {{Secrets.LEAKED@1}}"));
    const again = await proxy.from("10.0.0.2").resolve("$SECRET/LEAKED");
    const tag = again.json?.["tag"];
    must(200, await proxy.from("10.0.0.2").resolve("$SECRET/LEAKED", { ifChangedFrom: tag }));
    const other = new Client(coffer.url, {
      ...{ authorization: `Bearer ${second.token}`, "x-forwarded-for": "10.0.0.3" },
      "content-type": "application/yaml",
    });
    must(200, await other.send("POST", "/api/v1/render", "a: $SECRET/LEAKED", other.headers));
    const lastAt = coffer.clock.now().toISOString();

    const report = await mustRead(admin, "leaked");
    expect(report).toMatchObject({ name: "LEAKED", environment: "default", until: lastAt });
    expect(report.readers.map(({ service }) => service.name)).toEqual(["proxy", "idle"]);
    expect(report.readers[0]).toStrictEqual({
      ...{ service: { id: proxy.service.id, name: "proxy" }, state: "active", liveTokens: 2 },
      ...{ mayRead: true, mayReadOlder: true, unchanged: 1, versions: [2, 1] },
      reads: { count: 5, firstAt, lastAt },
      addresses: expect.arrayContaining([
        { address: "10.0.0.1", count: 1, firstAt, lastAt: firstAt },
        { address: "10.0.0.2", count: 3, firstAt: lastAt, lastAt },
        { address: "10.0.0.3", count: 1, firstAt: lastAt, lastAt },
      ]) as unknown,
      tokens: expect.arrayContaining([
        {
          ...{ id: proxy.token.id, hint: proxy.token.hint, live: true },
          count: 4,
          firstAt,
          lastAt,
        },
        { ...{ id: second.id, hint: second.hint, live: true }, count: 1, firstAt: lastAt, lastAt },
      ]) as unknown,
      lastCountedAt: lastAt,
    });
    expect(report.readers[1]).toMatchObject({
      ...{ service: { id: idle.service.id }, mayRead: true, mayReadOlder: false, reads: null },
      ...{ versions: [], addresses: [], tokens: [], lastCountedAt: null },
    });
    // Since the last moment: what came before it is not in it.
    const later = await mustRead(admin, "LEAKED", lastAt);
    expect(byName(later, "proxy")).toMatchObject({ reads: { count: 4, firstAt: lastAt } });
  });

  test("is not mixed up with names that begin or end alike, or with another environment", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateEnvironment(coffer, "staging");
    for (const name of ["KEY", "KEY_2", "A_KEY", "KE", "_KEY"])
      await mustCreateSecret(admin, name, "v");
    await mustCreateSecret(admin, "KEY", "v", { environment: "staging" });
    const all = await reader(coffer, admin, "all", ["*"]);
    must(200, await all.client.resolve("$SECRET/KEY_2 $SECRET/A_KEY $SECRET/KE $SECRET/_KEY"));
    const service = await mustCreateService(admin, "staged", ["*"], {}, { environment: "staging" });
    const staged = asService(coffer, (await mustMintToken(admin, service.id)).token);
    must(200, await staged.resolve("$SECRET/KEY"));
    expect(byName(await mustRead(admin, "KEY"), "all")).toMatchObject({ reads: null });
    expect(byName(await mustRead(admin, "KEY"), "staged")).toBeUndefined();
    const inStaging = must(
      200,
      await admin.get(readersPath("KEY", SINCE, "&environment=staging")),
    ) as ReadersReport;
    expect(inStaging.readers).toMatchObject([{ service: { name: "staged" }, reads: { count: 1 } }]);
    for (const name of ["KEY_2", "A_KEY", "KE", "_KEY"]) {
      expect(byName(await mustRead(admin, name), "all"), name).toMatchObject({
        reads: { count: 1 },
      });
    }
  });

  test("names refusals too: of services, and of people at the secret itself", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "WANTED", "v");
    const nosy = await reader(coffer, admin, "nosy", ["OTHER"]);
    for (let i = 0; i < 3; i++) expectUnresolved(await nosy.client.resolve("$SECRET/wanted"));
    const viewer = await asRole(coffer, "viewer");
    expectProblem(await viewer.delete("/api/v1/secrets/WANTED"), 403, "forbidden");
    const { refusals, readers } = await mustRead(admin, "WANTED");
    expect(readers).toEqual([]);
    expect(refusals).toHaveLength(2);
    expect(refusals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...{ by: { kind: "service", id: nosy.service.id, name: "nosy" }, count: 3 },
          ...{ action: "secrets.resolve", code: "unresolved", address: "127.0.0.1" },
        }),
        expect.objectContaining({ action: "secrets.trash", code: "forbidden", count: 1 }),
      ]),
    );
  });

  test("tells of services that are deleted or disabled, of tokens that are gone, and of a purged secret", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "OLD", "v");
    const gone = await reader(coffer, admin, "gone", ["*"]);
    const off = await reader(coffer, admin, "off", ["*"]);
    for (const { client } of [gone, off]) must(200, await client.resolve("$SECRET/OLD"));
    must(204, await admin.delete(`/api/v1/services/${gone.service.id}`));
    must(200, await admin.patch(`/api/v1/services/${off.service.id}`, { disabled: true }));
    const check = (report: ReadersReport) => {
      expect(byName(report, "gone")).toMatchObject({
        ...{ state: "deleted", mayRead: false, liveTokens: 0, reads: { count: 1 } },
        tokens: [{ id: gone.token.id, hint: null, live: false }],
      });
      expect(byName(report, "off")).toMatchObject({
        ...{ state: "disabled", mayRead: false, reads: { count: 1 }, liveTokens: 1 },
      });
    };
    check(await mustRead(admin, "OLD"));
    must(204, await admin.delete("/api/v1/secrets/OLD"));
    check(await mustRead(admin, "OLD"));
    must(204, await admin.delete("/api/v1/secrets/OLD?purge=true"));
    check(await mustRead(admin, "OLD"));
  });

  test("has from the count of uses what the record no longer tells, and no token from before it was kept", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "PRUNED", "v");
    const { client, service } = await reader(coffer, admin, "early", ["*"]);
    const late = await reader(coffer, admin, "late", ["*"]);
    for (const each of [client, late.client]) must(200, await each.resolve("$SECRET/PRUNED"));
    await mustRead(admin, "PRUNED"); // what was counted is written
    const where = { action: "secrets.resolve", actorName: "early" };
    await tamper(coffer, (tx) => tx.auditEvent.deleteMany({ where }));
    const data = { tokenId: null };
    await tamper(coffer, (tx) => tx.auditEvent.updateMany({ data }));
    const report = await mustRead(admin, "PRUNED");
    const at = coffer.clock.now().toISOString();
    expect(byName(report, "early")).toMatchObject({ reads: null, lastCountedAt: at });
    expect(byName(report, "late")).toMatchObject({ reads: { count: 1 }, tokens: [] });
    must(204, await admin.delete(`/api/v1/services/${service.id}`));
    expect(byName(await mustRead(admin, "PRUNED"), "early")).toMatchObject({
      ...{ state: "deleted", mayRead: false, reads: null, lastCountedAt: at },
    });
  });

  test("is found in a long record, page after page, and nobody else waits for it", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "NEEDLE", "v");
    const journalId = randomUUID();
    const start = Date.parse("2025-01-01T00:00:00Z");
    const EVENTS = 30_000;
    const rows = Array.from({ length: EVENTS }, (_, i) => ({
      ...{ seq: i + 1, at: timeText(new Date(start + i * 500)), actorId: `id-${String(i % 3)}` },
      names: i % 10 === 0 ? '[["NEEDLE",7],["X",1]]' : '[["NEEDLES",1],["X",1]]',
      address: `10.0.${String(i % 500)}.1`,
    }));
    const columns = {
      seq: "int",
      at: "time",
      actorId: "text",
      names: "text",
      address: "text",
    } as const;
    await tamper(coffer, async (tx) => {
      await tx.journal.create({ data: { id: journalId, openedAt: new Date(start) } });
      await tx.$executeRaw`
        INSERT INTO "AuditEvent" ("journalId", "seq", "at", "actorKind", "actorId", "actorName", "action", "environment",
          "target", "names", "outcome", "code", "address", "userAgent", "requestId")
        SELECT CAST(${journalId} AS TEXT), e."seq", e."at", 'service', e."actorId", 'many', 'secrets.resolve', 'default',
          '', e."names", 'ok', '', e."address", '', ''
        FROM ${listed(tx, "e", columns, JSON.stringify(rows))}`;
    });
    const pending = mustRead(admin, "NEEDLE", "2024-12-31T00:00:00Z");
    let isThere = false;
    void pending.then(() => (isThere = true));
    for (let i = 0; i < 3; i++) must(200, await admin.get("/api/v1/whoami"));
    expect(isThere, "the others had to wait for the report").toBe(false);
    const report = await pending;
    expect(report.looked).toBeGreaterThanOrEqual(EVENTS);
    expect(report.readers).toHaveLength(3);
    const reads = report.readers.map(({ reads }) => reads?.count ?? 0);
    expect(reads.reduce((sum, count) => sum + count, 0)).toBe(EVENTS / 10);
    for (const { addresses, versions, state } of report.readers) {
      expect(versions).toEqual([7]);
      expect(state).toBe("deleted");
      expect(addresses.length).toBeLessThanOrEqual(100);
    }
    const firsts = report.readers.map(({ reads }) => reads?.firstAt).sort();
    expect(firsts[0]).toBe("2025-01-01T00:00:00.000Z");
    // From the middle of it: half as many, and each event once.
    const middle = new Date(start + (EVENTS / 2) * 500).toISOString();
    const half = await mustRead(admin, "NEEDLE", middle);
    const counts = half.readers.map(({ reads }) => reads?.count ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(EVENTS / 20);
  });

  test("is itself on record, and in an incident's story where it is one of that secret", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "LOOKED", "v");
    await mustCreateSecret(admin, "LOOKED_NOT", "v");
    const { id } = await mustOpen(admin, "LOOKED");
    const answer = await admin.get(readersPath("LOOKED", SINCE, `&incident=${id}`));
    must(200, answer);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "incidents.look", target: "LOOKED", outcome: "ok", incident: id },
    ]);
    expect(told(await storyOf(admin, id))).toEqual([
      "incidents.open LOOKED ok",
      "incidents.look LOOKED ok",
    ]);
    for (const bad of [randomUUID(), "x", newToken().token, "' OR 1=1"]) {
      const path = readersPath("LOOKED", SINCE, `&incident=${encodeURIComponent(bad)}`);
      expectProblem(await admin.get(path), 404, "not_found");
    }
    const other = await admin.get(readersPath("LOOKED_NOT", SINCE, `&incident=${id}`));
    expectProblem(other, 404, "not_found");
    expect(await eventsOf(coffer, other)).toMatchObject([{ incident: null }]);
  });
});

function expectUnresolved(answer: Parameters<typeof expectProblem>[0]) {
  expectProblem(answer, 422, "unresolved", ["failures"]);
}

test.for([
  "tomorrow",
  "",
  "0",
  "2020-01-01",
  "2020-13-01T00:00:00Z",
  "2020-02-30T00:00:00Z",
  "2999-01-01T00:00:00Z",
  "2020-01-01T00:00:00",
  "' OR 1=1 --",
])("a date that is none or in the future is refused: %j", async (since) => {
  const { admin } = shared;
  for (const answer of [
    await admin.get(readersPath("ANY", since)),
    await admin.post(I, { secret: "ANY", since }),
  ]) {
    if (since.startsWith("2999")) continue;
    const { errors } = expectProblem(answer, 400, "invalid_request");
    expect(errors?.map(({ pointer }) => pointer)).toEqual(["/since"]);
  }
  await mustCreateSecret(admin, `DATED_${String(dated++)}`, "v");
  const name = `DATED_${String(dated - 1)}`;
  for (const answer of [
    await admin.get(readersPath(name, since)),
    await admin.post(I, { secret: name, since }),
  ]) {
    expect(expectProblem(answer, 400, "invalid_request").errors?.[0]?.pointer).toBe("/since");
  }
});
let dated = 0;

describe("an incident", () => {
  test("is one story on the record: look, rotate, destroy, end tokens, disable, write down, close", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const { email } = await mustCreateUser(coffer, "admin");
    const second = await asPerson(coffer, email);
    await mustCreateSecret(admin, "STRIPE_KEY", "one");
    await mustRotate(admin, "STRIPE_KEY", "two");
    await mustRotate(admin, "STRIPE_KEY", "three");
    const shop = await reader(coffer, admin, "shop", ["STRIPE_*"], { versions: "any" });
    const extra = await mustMintToken(admin, shop.service.id);
    const ci = await reader(coffer, admin, "ci", ["STRIPE_*"]);
    must(200, await shop.client.resolve("$SECRET/STRIPE_KEY"));

    const text = "Found in a public log.\nBy Ann.";
    const incident = await mustOpen(admin, "stripe_key", { text });
    expect(incident).toStrictEqual({
      ...{ id: incident.id, environment: "default", secret: "STRIPE_KEY" },
      ...{ since: "2020-01-01T00:00:00.000Z", openedAt: coffer.clock.now().toISOString() },
      ...{ openedBy: "admin@example.com", closedAt: null, closedBy: null },
    });
    const at = `${I}/${incident.id}`;
    coffer.clock.advance(1_000);
    must(200, await admin.get(readersPath("STRIPE_KEY", SINCE, `&incident=${incident.id}`)));
    const rotated = await second.post(step("STRIPE_KEY", incident.id), {
      value: "four",
      expectedVersion: 3,
    });
    expect(must(201, rotated)).toMatchObject({ version: 4, rotatedBy: email });
    for (const version of [3, 2, 1])
      must(204, await admin.delete(step("STRIPE_KEY", incident.id, version)));
    const ended = await admin.delete(`${at}/services/${shop.service.id}/tokens`);
    expect(must(200, ended)).toEqual({ ended: 2 });
    must(204, await admin.post(`${at}/services/${ci.service.id}/disable`));
    must(
      204,
      await second.post(`${at}/entries`, { text: "The provider has revoked the old key." }),
    );
    coffer.clock.advance(1_000);
    must(200, await admin.post(`${at}/close`, { text: "Over." }));

    const story = await storyOf(second, incident.id);
    expect(told(story)).toEqual([
      `incidents.open STRIPE_KEY ok ${text}`,
      "incidents.look STRIPE_KEY ok",
      "secrets.rotate STRIPE_KEY 4 ok",
      "secrets.destroy STRIPE_KEY 3 ok",
      "secrets.destroy STRIPE_KEY 2 ok",
      "secrets.destroy STRIPE_KEY 1 ok",
      "tokens.revoke shop ok ended 2",
      "services.update ci ok disabled",
      "incidents.write STRIPE_KEY ok The provider has revoked the old key.",
      "incidents.close STRIPE_KEY ok Over.",
    ]);
    expect(story.events.map(({ by }) => by)).toEqual(
      [0, 0, 1, 0, 0, 0, 0, 0, 1, 0].map((who) => (who === 0 ? "admin@example.com" : email)),
    );
    expect(story).toMatchObject({ closedBy: "admin@example.com", more: false });

    // What the steps say is so.
    for (const token of [shop.token, extra]) {
      const client = asService(coffer, token.token);
      expectProblem(await client.resolve("x"), 401, "token_revoked");
    }
    expectProblem(await ci.client.resolve("x"), 401, "service_disabled");
    const fresh = await reader(coffer, admin, "fresh", ["STRIPE_*"], { versions: "any" });
    expect((await fresh.client.resolve("$SECRET/STRIPE_KEY")).json).toMatchObject({
      config: "four",
    });
    for (const version of [1, 2, 3]) {
      const answer = await fresh.client.resolve(`{{Secrets.STRIPE_KEY@${String(version)}}}`);
      expectUnresolved(answer);
    }
    // The texts are not on the record itself, only what vouches for them; and no value is anywhere in it.
    const record = await recordText(coffer);
    expect(record).not.toContain("public log");
    for (const value of ['"one"', '"two"', '"three"', '"four"'])
      expect(record).not.toContain(value);
    expect(JSON.stringify(story)).not.toMatch(/four|three/);
  });

  test("closed is closed: nothing is done under it any more but writing, and another can be opened", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "CLOSED", "v");
    await mustRotate(admin, "CLOSED", "w");
    const { service } = await reader(coffer, admin, "closed-reader", ["CLOSED"]);
    const { id } = await mustOpen(admin, "CLOSED");
    must(200, await admin.post(`${I}/${id}/close`));
    for (const answer of [
      await admin.post(step("CLOSED", id), { value: "x", expectedVersion: 2 }),
      await admin.delete(step("CLOSED", id, 1)),
      await admin.delete(`${I}/${id}/services/${service.id}/tokens`),
      await admin.post(`${I}/${id}/services/${service.id}/disable`),
      await admin.post(`${I}/${id}/close`),
    ]) {
      expectProblem(answer, 409, "incident_closed");
      expect(await eventsOf(coffer, answer)).toMatchObject([{ outcome: "failed", incident: id }]);
    }
    expect((await admin.get("/api/v1/secrets/CLOSED")).json).toMatchObject({ version: 2 });
    must(204, await admin.post(`${I}/${id}/entries`, { text: "An afterthought." }));
    expect((await mustOpen(admin, "CLOSED")).id).not.toBe(id);
  });

  test("is opened once at a time, also by two admins at once, and the second is told which", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "TWICE", "v");
    const second = await asPerson(coffer, (await mustCreateUser(coffer, "admin")).email);
    const answers = await Promise.all(
      [admin, second, admin, second].map((each) => each.post(I, { secret: "Twice", since: SINCE })),
    );
    const [opened] = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(3);
    for (const answer of refused) {
      const problem = expectProblem(answer, 409, "already_exists", ["incident"]);
      expect(problem["incident"]).toBe(opened?.json?.["id"]);
    }
  });

  test("handled by two admins at once is rotated once, and the other step says so and undoes nothing", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "RACE", "v");
    const second = await asPerson(coffer, (await mustCreateUser(coffer, "admin")).email);
    const { id } = await mustOpen(admin, "RACE");
    const rotate = (each: Client, value: string) =>
      each.post(step("RACE", id), { value, expectedVersion: 1 });
    const answers = await Promise.all([rotate(admin, "a"), rotate(second, "b")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const late = answers.find(({ status }) => status === 409);
    if (late) expectProblem(late, 409, "version_conflict", ["currentVersion"]);
    expectProblem(await admin.delete(step("RACE", id, 2)), 409, "version_conflict"); // the current one
    must(204, await admin.delete(step("RACE", id, 1)));
    must(204, await second.delete(step("RACE", id, 1))); // destroyed already
    const story = told(await storyOf(admin, id));
    expect(story).toContain("secrets.rotate RACE 2 ok");
    expect(story).toContain("secrets.rotate RACE failed version_conflict");
    expect(story.filter((line) => line.startsWith("secrets.destroy RACE 1 ok"))).toHaveLength(2);
  });

  test("reaches no secret, service or version but its own", async () => {
    const { coffer, admin } = shared;
    await mustCreateEnvironment(coffer, "elsewhere");
    await mustCreateSecret(admin, "OWN", "v", { environment: "elsewhere" });
    const { id } = await mustOpen(admin, "OWN", { environment: "elsewhere" });
    const { service } = await reader(coffer, admin, "in-default", ["*"]);
    const inDefault = `${I}/${id}/services/${service.id}`;
    expectProblem(await admin.delete(`${inDefault}/tokens`), 404, "not_found");
    expectProblem(await admin.post(`${inDefault}/disable`), 404, "not_found");
    expectProblem(await admin.delete(step("OWN", id, 9, "elsewhere")), 404, "not_found");
    expectProblem(await admin.delete(step("OWN", id, 0, "elsewhere")), 400, "invalid_request");
    for (const bad of [randomUUID(), "x", "..%2f..", newToken().token]) {
      expectProblem(await admin.get(`${I}/${bad}`), 404, "not_found");
      expectProblem(await admin.post(`${I}/${bad}/close`), 404, "not_found");
      const answer = await admin.post(step("OWN", bad, "", "elsewhere"), { value: "v" });
      expectProblem(answer, 404, "not_found");
      expect(await recordText(coffer)).not.toContain("..%2f");
    }
    expectProblem(await admin.post(I, { secret: "OWN", since: SINCE }), 404, "not_found");
    // An incident of another secret, or of the same name elsewhere, is none of this one's, and nothing is done.
    await mustCreateSecret(admin, "OWN", "v");
    expectProblem(await admin.post(step("OWN", id), { value: "x" }), 404, "not_found");
    expect((await admin.get("/api/v1/secrets/OWN")).json).toMatchObject({ version: 1 });
    must(204, await admin.delete("/api/v1/secrets/OWN?purge=true"));
    const query = "environment=elsewhere";
    expect((await admin.get(`${I}?${query}`)).json).toMatchObject({ items: [{ id }] });
    const here = must(200, await admin.get(I)) as { items: IncidentInfo[] };
    expect(here.items.map((each) => each.id)).not.toContain(id);
  });

  test("of a secret in the trash is handled but for rotating; of a purged one, its readers' tokens are ended", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "BINNED", "v");
    await mustRotate(admin, "BINNED", "w");
    const { service } = await reader(coffer, admin, "holder", ["*"]);
    must(204, await admin.delete("/api/v1/secrets/BINNED"));
    const { id } = await mustOpen(admin, "BINNED");
    const rotate = () => admin.post(step("BINNED", id), { value: "x", expectedVersion: 2 });
    expectProblem(await rotate(), 409, "in_trash");
    must(204, await admin.delete(step("BINNED", id, 1)));
    must(204, await admin.delete("/api/v1/secrets/BINNED?purge=true"));
    expectProblem(await rotate(), 404, "not_found");
    expectProblem(await admin.delete(step("BINNED", id, 2)), 404, "not_found");
    must(200, await admin.delete(`${I}/${id}/services/${service.id}/tokens`));
    must(200, await admin.post(`${I}/${id}/close`));
    expect((await mustOpen(admin, "binned")).secret).toBe("binned"); // one that was purged can still have leaked
    expectProblem(await admin.post(I, { secret: "NEVER", since: SINCE }), 404, "not_found");
    expect((await storyOf(admin, id)).events).toHaveLength(7);
  });

  test("outlives its environment, and one of the same name does not take it over", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const make = () => admin.post("/api/v1/environments", { slug: "short", name: "Short" });
    must(201, await make());
    await mustCreateSecret(admin, "BRIEF", "v", { environment: "short" });
    const { id } = await mustOpen(admin, "BRIEF", { environment: "short" });
    must(204, await admin.delete("/api/v1/secrets/BRIEF?environment=short&purge=true"));
    must(204, await admin.delete("/api/v1/environments/short"));
    must(201, await make());
    await mustCreateSecret(admin, "BRIEF", "v", { environment: "short" });
    expect((await admin.get(`${I}?environment=short`)).json).toMatchObject({ items: [] });
    const rotate = await admin.post(step("BRIEF", id, "", "short"), { value: "x" });
    expectProblem(rotate, 404, "not_found");
    expect((await storyOf(admin, id)).secret).toBe("BRIEF");
  });
});

describe("an entry", () => {
  test("is refused with a token in it, empty, too long or no text, and nothing of it is kept", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "NOTED", "v");
    const { id } = await mustOpen(admin, "NOTED");
    const { token } = newToken();
    const cut = token.slice(0, 20);
    for (const text of [
      token,
      `x ${token}\ny`,
      cut,
      "",
      "  \n ",
      "x".repeat(4_001),
      "a\u0000b",
      "\ud800",
    ]) {
      for (const [path, body] of [
        [`${I}/${id}/entries`, { text }],
        [`${I}/${id}/close`, { text }],
        [I, { secret: "NOTED", since: SINCE, text }],
      ] as const) {
        const { errors, detail } = expectProblem(
          await admin.post(path, body),
          400,
          "invalid_request",
        );
        expect(errors?.[0]?.pointer).toBe("/text");
        if (text.includes(cut)) expect(detail).not.toContain(cut);
      }
    }
    for (const body of [undefined, {}, { text: 1 }, { text: null }, { text: "a", more: 1 }]) {
      expectProblem(await admin.post(`${I}/${id}/entries`, body), 400, "invalid_request");
    }
    must(204, await admin.post(`${I}/${id}/entries`, { text: `By token ${token.slice(0, 8)}….` }));
    const story = await storyOf(admin, id);
    expect(story.closedAt).toBeNull();
    expect(JSON.stringify(story)).not.toContain(cut);
    const { db } = await coffer.database();
    expect(JSON.stringify(await db.incidentEntry.findMany())).not.toContain(cut);
    expect(await recordText(coffer)).not.toContain(cut);
  });

  test("that was changed or erased in the database is told as lost, and not as written", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "FORGED", "v");
    const { id } = await mustOpen(admin, "FORGED", { text: "It was me." });
    must(204, await admin.post(`${I}/${id}/entries`, { text: "Kept." }));
    const data = { text: "It was Bob." };
    await tamper(coffer, (tx) => tx.incidentEntry.updateMany({ where: { number: 1 }, data }));
    const story = await storyOf(admin, id);
    expect(story.events).toMatchObject([
      { text: null, isTextLost: true },
      { text: "Kept.", isTextLost: false },
    ]);
    expect(JSON.stringify(story)).not.toContain("Bob");
  });
});

describe("who may not", () => {
  test("leaves nothing in the story, and is on record all the same", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "ADMINS", "v");
    const { id } = await mustOpen(admin, "ADMINS");
    const service = await reader(coffer, admin, "not-admin", ["*"], {
      actions: ["resolve", "list", "write"],
    });
    const others = [service.client];
    for (const role of ["editor", "viewer", "auditor"] as const)
      others.push(await asRole(coffer, role));
    for (const other of others) {
      for (const answer of [
        await other.get(readersPath("ADMINS")),
        await other.get(`${I}/${id}`),
        await other.post(`${I}/${id}/entries`, { text: "Spam." }),
        await other.post(step("ADMINS", id), { value: "x" }),
        await other.post(`${I}/${id}/close`),
        await other.post(`${I}/${randomUUID()}/close`),
      ]) {
        expectProblem(answer, 403, "forbidden");
        expect(await eventsOf(coffer, answer)).toMatchObject([
          { outcome: "denied", incident: null },
        ]);
      }
    }
    expect(told(await storyOf(admin, id))).toEqual(["incidents.open ADMINS ok"]);
  });
});

test("the list is in pages, newest first, by secret and by state", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    await mustCreateSecret(admin, `LISTED_${String(i)}`, "v");
    ids.unshift((await mustOpen(admin, `LISTED_${String(i)}`)).id);
    if (i % 2 === 1) coffer.clock.advance(1_000); // some are opened at the same moment
  }
  must(200, await admin.post(`${I}/${ids[0] ?? ""}/close`));
  const seen: string[] = [];
  let cursor = "";
  do {
    const answer = must(200, await admin.get(`${I}?limit=2${cursor && `&cursor=${cursor}`}`));
    const page = answer as { items: IncidentInfo[]; nextCursor: string | null };
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? "";
  } while (cursor !== "");
  expect(new Set(seen)).toEqual(new Set(ids));
  expect(seen).toHaveLength(5);
  expect(seen[0]).toBe(ids[0]);
  const list = async (query: string) =>
    (must(200, await admin.get(`${I}?${query}`)) as { items: IncidentInfo[] }).items;
  expect(await list("state=closed")).toMatchObject([{ id: ids[0] }]);
  expect(await list("state=open")).toHaveLength(4);
  expect(await list("secret=listed_3")).toMatchObject([{ secret: "LISTED_3" }]);
  expect(await list("secret=LISTED")).toEqual([]);
  for (const bad of ["cursor=x", "limit=0", "limit=501", "state=maybe", "other=1"]) {
    expectProblem(await admin.get(`${I}?${bad}`), 400, "invalid_request");
  }
});
