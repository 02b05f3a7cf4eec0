import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import type { RecordPage as Found, RecordPlace } from "../../lib/store/record-search";
import { searchInThisThread } from "../../lib/store/record-searcher";
import {
  asAdmin,
  asPerson,
  asRole,
  Client,
  eventsOf,
  must,
  mustCreateSecret,
  mustCreateService,
  mustCreateUser,
  mustHaveService,
  mustMintToken,
  asService,
  startCoffer,
  shareCoffer,
  NO_LIMITS,
  tamper,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { ON_POSTGRES } from "../support/database";
import { expectProblem } from "../support/problem";

const AUDIT = "/api/v1/audit";
const shared = shareCoffer();
let gateway: Client;
let gatewayId: string;

async function search(client: Client, query: Record<string, string> = {}): Promise<RecordPage> {
  const text = new URLSearchParams(query).toString();
  return must(200, await client.get(`${AUDIT}?${text}`)) as RecordPage;
}

/** Every event that a search finds, page by page. */
async function searchAll(client: Client, query: Record<string, string>): Promise<RecordEvent[]> {
  const first = await search(client, query);
  const found = [...first.items];
  for (let { nextCursor } = first; nextCursor !== null;) {
    const page = await search(client, { ...query, cursor: nextCursor });
    found.push(...page.items);
    nextCursor = page.nextCursor;
  }
  return found;
}

const keyOf = ({ journal, seq }: RecordEvent) => `${journal} ${String(seq)}`;

beforeAll(async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "SOUGHT", "value-of-sought");
  await mustCreateSecret(admin, "SOUGHT_TOO", "value-of-sought-too");
  const service = await mustCreateService(admin, "gateway", ["SOUGHT", "SOUGHT_TOO"]);
  gatewayId = service.id;
  gateway = asService(coffer, (await mustMintToken(admin, service.id)).token);
  must(200, await gateway.resolve(["$SECRET/SOUGHT", "$SECRET/SOUGHT_TOO"]));
  must(422, await gateway.resolve("$SECRET/NOT_MINE"));
});

describe("each filter finds what it says, and nothing else:", () => {
  const of = async (query: Record<string, string>) => {
    const events = await searchAll(shared.admin, query);
    expect(events.length).toBeGreaterThan(0);
    return events;
  };

  test("actor, by name in any case and by id", async () => {
    const byName = await of({ actor: "GATEWAY" });
    expect(new Set(byName.map(({ actor }) => actor.id))).toEqual(new Set([gatewayId]));
    const byId = await of({ actor: gatewayId });
    expect(byId.map(keyOf)).toEqual(byName.map(keyOf));
  });

  test("action, and all of one kind", async () => {
    const exact = await of({ action: "secrets.create" });
    expect(new Set(exact.map(({ action }) => action))).toEqual(new Set(["secrets.create"]));
    const kind = new Set((await of({ action: "secrets" })).map(({ action }) => action));
    expect(kind).toEqual(new Set(["secrets.create", "secrets.resolve"]));
  });

  test("secret, whether it was read, asked for or changed; and not one of a longer name", async () => {
    const events = await of({ secret: "sought" });
    expect(events.map(({ action }) => action)).toEqual(["secrets.resolve", "secrets.create"]);
    expect(events[0]?.names).toEqual([
      { name: "SOUGHT", version: 1 },
      { name: "SOUGHT_TOO", version: 1 },
    ]);
    const refused = await of({ secret: "NOT_MINE" });
    expect(refused.map(({ outcome, names }) => [outcome, names])).toEqual([
      ["denied", [{ name: "NOT_MINE", version: 0 }]],
    ]);
    expect(await searchAll(shared.admin, { secret: "SOUGH" })).toEqual([]);
  });

  test.each(["name", "id"])("service, by %s: what it did, and what was done to it", async (by) => {
    const events = await of({ service: by === "id" ? gatewayId : "gateway" });
    expect(events.map(({ action }) => action)).toEqual([
      ...["secrets.resolve", "secrets.resolve", "tokens.create", "services.create"],
    ]);
  });

  test("service, by each of its names and its id, also once it is renamed and deleted", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "courier", ["SOUGHT"]);
    const client = asService(coffer, (await mustMintToken(admin, id)).token);
    must(200, await client.resolve("$SECRET/SOUGHT"));
    must(200, await admin.patch(`/api/v1/services/${id}`, { name: "Edge-Courier" }));
    must(200, await client.resolve("$SECRET/SOUGHT"));
    const soFar = ["secrets.resolve", "services.update", "secrets.resolve", "tokens.create"];
    const expected = [...soFar, "services.create"];
    const found = async (service: string) => (await of({ service })).map(({ action }) => action);
    for (const known of ["courier", "edge-courier", id])
      expect(await found(known)).toEqual(expected);
    must(204, await admin.delete(`/api/v1/services/${id}`));
    expected.unshift("services.delete");
    for (const known of ["COURIER", "Edge-Courier", id])
      expect(await found(known)).toEqual(expected);
    const lines = (await admin.get(`${AUDIT}/export?format=jsonl&service=courier`)).text;
    expect(lines.trimEnd().split("\n")).toHaveLength(expected.length);
  });

  test("service, of two that had a name one after the other: both by the name, and what one did by its id", async () => {
    const { coffer, admin } = shared;
    const ids: string[] = [];
    for (let made = 0; made < 2; made++) {
      const { id } = await mustCreateService(admin, "relay", ["SOUGHT"]);
      const client = asService(coffer, (await mustMintToken(admin, id)).token);
      must(200, await client.resolve("$SECRET/SOUGHT"));
      must(204, await admin.delete(`/api/v1/services/${id}`));
      ids.unshift(id);
    }
    const readersOf = (events: RecordEvent[]) =>
      events.filter(({ actor }) => actor.kind === "service").map(({ actor }) => actor.id);
    expect(readersOf(await of({ service: "relay" }))).toEqual(ids);
    for (const id of ids) {
      const events = await of({ service: id });
      expect(readersOf(events)).toEqual([id]);
      // What was done to a service is on record by the name that it had then.
      expect(events.filter(({ action }) => action === "services.delete")).toHaveLength(2);
    }
  });

  test("service, which has to be one of few enough to be looked for together", async () => {
    const { coffer, admin } = shared;
    const data = Array.from({ length: 1_001 }, (_, at) => ({
      ...{ serviceId: `of-many-${String(at)}`, name: "of-many", nameKey: "of-many", number: 1 },
    }));
    await tamper(coffer, (tx) => tx.serviceName.createMany({ data }));
    const refused = await admin.get(`${AUDIT}?service=of-many`);
    expectProblem(refused, 400, "invalid_request");
    expect(refused.json?.["detail"]).toContain("`actor`");
    expect(await searchAll(admin, { service: "of-many-7" })).toEqual([]);
  });

  test("outcome", async () => {
    const events = await of({ outcome: "denied" });
    expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(["denied"]));
  });

  test("environment, address and request", async () => {
    const inDefault = await of({ environment: "default", action: "secrets" });
    expect(new Set(inDefault.map(({ environment }) => environment))).toEqual(new Set(["default"]));
    expect(await searchAll(shared.admin, { environment: "default-not" })).toEqual([]);
    const { address = "", requestId = "" } = inDefault[0] ?? {};
    expect(new Set((await of({ address })).map((event) => event.address))).toEqual(
      new Set([address]),
    );
    expect(await searchAll(shared.admin, { address: "192.0.2.1" })).toEqual([]);
    expect((await of({ requestId })).map((event) => event.requestId)).toEqual([requestId]);
    expect(await searchAll(shared.admin, { requestId: "no such request" })).toEqual([]);
  });

  test("all of them together", async () => {
    const query = { secret: "SOUGHT", actor: "gateway", action: "secrets.resolve", outcome: "ok" };
    expect(await of(query)).toHaveLength(1);
    expect(await searchAll(shared.admin, { ...query, outcome: "denied" })).toEqual([]);
    expect(await searchAll(shared.admin, { ...query, actor: "somebody else" })).toEqual([]);
  });
});

describe("an address that is looked for", () => {
  const SOURCES = [
    ...["10.1.2.3", "10.1.2.4", "10.1.9.9", "10.200.0.1", "172.16.0.1", "172.32.0.1", "11.0.0.1"],
    ...["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8:0:ff::1", "2001:db9::1", "::1"],
  ];
  const FOUND: [address: string, found: string[]][] = [
    ["10.1.2.3", ["10.1.2.3"]],
    ["10.1.2.3/32", ["10.1.2.3"]],
    ["10.1.2.4/31", ["10.1.2.4"]],
    ["10.1.2.0/24", ["10.1.2.3", "10.1.2.4"]],
    ["10.1.0.0/16", ["10.1.2.3", "10.1.2.4", "10.1.9.9"]],
    ["10.77.0.0/8", ["10.1.2.3", "10.1.2.4", "10.1.9.9", "10.200.0.1"]],
    ["10.0.0.0/7", ["10.1.2.3", "10.1.2.4", "10.1.9.9", "10.200.0.1", "11.0.0.1"]],
    ["172.16.0.0/12", ["172.16.0.1"]],
    ["192.0.2.0/24", []],
    ["2001:db8::1", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"]],
    ["2001:db8:0:0::/64", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1"]],
    ["2001:db8::/32", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8:0:ff::1"]],
    ["2001:db8::/31", SOURCES.slice(7, 11)],
    ["::/0", SOURCES.slice(7)],
  ];

  test("finds what came from there, of a block all of it, and the chart counts as many", async () => {
    const coffer = await startCoffer({ env: { COFFER_TRUSTED_PROXIES: "127.0.0.0/8" } });
    const admin = await asAdmin(coffer);
    for (const address of SOURCES) {
      const headers = { ...admin.headers, "x-forwarded-for": address };
      must(200, await new Client(coffer.url, headers).get("/api/v1/whoami"));
      coffer.clock.advance(20_000);
    }
    const to = coffer.clock.now().toISOString();
    for (const [address, found] of FOUND) {
      for (const narrower of [{}, { action: "whoami" }]) {
        const events = await searchAll(admin, { address, ...narrower });
        expect([address, ...events.map((event) => event.address).toReversed()]).toEqual([
          address,
          ...found,
        ]);
      }
      const { items, chart } = await search(admin, { address, to, chart: "true" });
      const counted = (chart?.steps ?? []).reduce((sum, { other }) => sum + other, 0);
      expect([address, counted, items.length]).toEqual([address, found.length, found.length]);
    }
  });

  test.each(["10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "2001:db8::/129", "here/8"])(
    "%s is refused, with what can be asked for, by the search and by the export",
    async (address) => {
      const text = new URLSearchParams({ address }).toString();
      for (const path of [`${AUDIT}?${text}`, `${AUDIT}/export?${text}`]) {
        const answer = await shared.admin.get(path);
        expect([answer.status, answer.json?.["code"]]).toEqual([400, "invalid_request"]);
        expect(answer.text).toContain("a block such as 10.0.0.0/8");
      }
    },
  );
});

describe("time", () => {
  test("is from one moment on and before another, and newest first", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const times: string[] = [];
    for (const name of ["A", "B", "C"]) {
      coffer.clock.advance(60_000);
      await mustCreateSecret(admin, name, "v");
      times.push(coffer.clock.now().toISOString());
    }
    const query = { action: "secrets.create", from: times[0] ?? "", to: times[2] ?? "" };
    const events = await searchAll(admin, query);
    expect(events.map(({ target }) => target)).toEqual(["B", "A"]);
    expect(events.map(({ at }) => at)).toEqual([times[1], times[0]]);
  });
});

describe("going on in a search", () => {
  test.each([{}, { environment: "default" }])(
    "loses nothing and repeats nothing, also among events of one moment (%j)",
    async (filter) => {
      const whole = await search(shared.admin, { ...filter, limit: "500" });
      const to = new Date(Date.parse(whole.items[0]?.at ?? "") + 1).toISOString();
      const all = await searchAll(shared.admin, { ...filter, to, limit: "500" });
      const paged = await searchAll(shared.admin, { ...filter, to, limit: "2" });
      const asked = new Set(["audit.search"]);
      const without = (events: RecordEvent[]) =>
        events.filter(({ action }) => !asked.has(action)).map(keyOf);
      expect(without(paged)).toEqual(without(all));
      expect(new Set(paged.map(keyOf)).size).toBe(paged.length);
    },
  );

  test("gives what is newer than it", async () => {
    const first = await search(shared.admin, { actor: "gateway" });
    const newer = first.newerCursor ?? "";
    expect((await search(shared.admin, { actor: "gateway", newer })).items).toEqual([]);
    shared.coffer.clock.advance(1);
    must(200, await gateway.resolve("$SECRET/SOUGHT"));
    const { items } = await search(shared.admin, { actor: "gateway", newer });
    expect(items.map(({ action }) => action)).toEqual(["secrets.resolve"]);
  });

  test.each([
    ["after the clock has stepped back", -60 * 60_000],
    ["after an event of a time to come", 2 * 60 * 60_000],
  ])("gives what is newer also %s, once, and some of it at a time", async (_, ms) => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const list = async () => must(200, await admin.get("/api/v1/secrets"));
    const query = { action: "secrets.list", limit: "2" };
    await list();
    const { items: first, newerCursor } = await search(admin, query);
    coffer.clock.advance(ms);
    await list();
    coffer.clock.advance(-ms);
    for (let time = 0; time < 4; time++) await list();
    const told: string[] = [];
    let newer = newerCursor ?? "";
    for (let page = await search(admin, { ...query, newer }); page.items.length > 0;) {
      expect([page.items.length <= 2, page.nextCursor]).toEqual([true, null]);
      told.push(...page.items.map(keyOf));
      newer = page.newerCursor ?? "";
      page = await search(admin, { ...query, newer });
    }
    const all = (await searchAll(admin, { ...query, limit: "500" })).map(keyOf);
    const already = new Set(first.map(keyOf));
    expect(told.toSorted()).toEqual(all.filter((key) => !already.has(key)).toSorted());
    expect(told).toHaveLength(5);
  });

  test("is possible after a restart", async () => {
    const home = temporaryHome();
    const coffer = await startCoffer({ home });
    const admin = await asAdmin(coffer);
    for (let time = 0; time < 2; time++) must(200, await admin.get("/api/v1/secrets"));
    const query = { action: "secrets.list", limit: "1" };
    const { nextCursor, newerCursor } = await search(admin, query);
    await coffer.stop();
    const again = await asAdmin(await startCoffer({ home, admin: false }));
    const older = await search(again, { ...query, cursor: nextCursor ?? "" });
    expect(older.items).toHaveLength(1);
    must(200, await again.get("/api/v1/secrets"));
    const newer = await search(again, { ...query, newer: newerCursor ?? "" });
    expect(newer.items).toHaveLength(1);
  });

  test("is for who searched, for the same filters, and for twelve hours", async () => {
    const coffer = await startCoffer();
    const { email } = await mustCreateUser(coffer, "auditor");
    const auditor = await asPerson(coffer, email);
    const { nextCursor } = await search(auditor, { limit: "1" });
    const cursor = nextCursor ?? "";
    await search(auditor, { limit: "2", cursor });
    const refused = [
      await (await asAdmin(coffer)).get(`${AUDIT}?cursor=${cursor}`),
      await auditor.get(`${AUDIT}?cursor=${cursor}&outcome=ok`),
      await auditor.get(`${AUDIT}?cursor=${cursor.slice(0, -4)}`),
      await auditor.get(`${AUDIT}?cursor=x`),
      await auditor.get(`${AUDIT}?cursor=${cursor}&newer=${cursor}`),
      await auditor.get(`${AUDIT}?newer=${cursor}`),
      await auditor.get(`${AUDIT}?cursor=${cursor}&chart=true`),
    ];
    coffer.clock.advance(12 * 60 * 60 * 1000 + 1);
    refused.push(await (await asPerson(coffer, email)).get(`${AUDIT}?cursor=${cursor}`));
    for (const { status, json } of refused) {
      expect([status, json?.["code"]]).toEqual([400, "invalid_request"]);
    }
  });
});

describe("the search itself", () => {
  test("is on record once, however many pages are read, with what was looked for", async () => {
    const query = { secret: "SOUGHT", actor: "gateway", limit: "1" };
    const answer = await shared.admin.get(`${AUDIT}?${new URLSearchParams(query).toString()}`);
    expect(await eventsOf(shared.coffer, answer)).toMatchObject([
      { action: "audit.search", outcome: "ok", target: "secret=SOUGHT actor=…" },
    ]);
    const { nextCursor, newerCursor } = answer.json as unknown as RecordPage;
    for (const held of [`cursor=${nextCursor ?? ""}`, `newer=${newerCursor ?? ""}`]) {
      const more = await shared.admin.get(
        `${AUDIT}?${new URLSearchParams(query).toString()}&${held}`,
      );
      must(200, more);
      expect(await eventsOf(shared.coffer, more)).toEqual([]);
    }
  });

  test.each(["editor", "viewer"] as const)(
    "is refused to an %s, on record, also with a cursor",
    async (role) => {
      const person = await asRole(shared.coffer, role);
      const { nextCursor } = await search(shared.admin, { limit: "1" });
      for (const path of [AUDIT, `${AUDIT}?cursor=${nextCursor ?? ""}`, `${AUDIT}/export`]) {
        const answer = await person.get(path);
        expect(answer.status).toBe(403);
        expect(await eventsOf(shared.coffer, answer)).toMatchObject([{ outcome: "denied" }]);
      }
    },
  );

  test("has no value and no token in any answer", async () => {
    const text = JSON.stringify(await searchAll(shared.admin, {}));
    expect(text).not.toContain("value-of-sought");
    expect(text).not.toMatch(/cfr_[0-9A-Za-z]{10}/);
  });

  test.each([
    ...["outcome=good", "action=SECRETS", "secret=a-b", "from=yesterday", "limit=0", "limit=501"],
    ...["environment=No", "chart=yes", "colour=red"],
  ])("refuses %s", async (query) => {
    const answer = await shared.admin.get(`${AUDIT}?${query}`);
    expect([answer.status, answer.json?.["code"]]).toEqual([400, "invalid_request"]);
  });
});

describe("the chart", () => {
  const sum = (page: RecordPage) => {
    const total = { reads: 0, denied: 0, failed: 0, other: 0 };
    for (const step of page.chart?.steps ?? []) {
      for (const name of ["reads", "denied", "failed", "other"] as const) total[name] += step[name];
    }
    return total;
  };

  test.each([
    ["one filter", { actor: "gateway" }],
    ["two filters, which are counted event by event", { actor: "gateway", action: "secrets" }],
    ["a request", { requestId: "" }],
    ["an outcome", { actor: "gateway", outcome: "denied" }],
  ])("counts what the search finds: %s", async (_, filters) => {
    const query = { ...filters } as Record<string, string>;
    if ("requestId" in query) {
      query["requestId"] =
        (await search(shared.admin, { actor: "gateway" })).items[0]?.requestId ?? "";
    }
    const found = await searchAll(shared.admin, query);
    const page = await search(shared.admin, { ...query, chart: "true" });
    const expected = { reads: 0, denied: 0, failed: 0, other: 0 };
    for (const { outcome } of found) expected[outcome === "ok" ? "reads" : "denied"]++;
    expect(sum(page)).toEqual(expected);
    expect(page.chart?.countedFrom).toBe(page.chart?.from);
  });

  test.each<[filters: string, query: Record<string, string>]>([
    ["no filter, which the index counts", {}],
    ["one filter, which the index counts", { action: "secrets.list" }],
    [
      "two filters, which are counted event by event",
      { action: "secrets.list", environment: "default" },
    ],
  ])(
    "counts what is in the time that is looked for, and nothing beside it: %s",
    async (_, query) => {
      const coffer = await startCoffer();
      const admin = await asAdmin(coffer);
      const minute = 60_000;
      coffer.clock.advance(10 * minute - (coffer.clock.now().getTime() % minute));
      const start = coffer.clock.now().getTime();
      for (let second = 0; second < 240; second += 10) {
        must(200, await admin.get("/api/v1/secrets"));
        coffer.clock.advance(10_000);
      }
      coffer.clock.advance(60 * minute);
      const seconds: [from: number, to: number][] = [
      ...([[0, 60], [60, 180], [0, 240], [30, 40], [35, 36], [50, 70]] as [number, number][]),
      ...([[55, 185], [55, 120], [60, 185], [200, 3_000], [100, 100], [100, 50]] as [number, number][]),
    ]; // prettier-ignore
      for (const between of seconds) {
        const [from, to] = between.map((second) => new Date(start + second * 1_000).toISOString());
        const narrow = { ...query, from: from ?? "", to: to ?? "" };
        const found = await searchAll(admin, narrow);
        const page = await search(admin, { ...narrow, chart: "true" });
        const { steps = [], stepMs = 0 } = page.chart ?? {};
        const inStep = (at: string) =>
          found.filter((event) => event.at >= at && Date.parse(event.at) < Date.parse(at) + stepMs);
        expect([between, sum(page).other]).toEqual([between, found.length]);
        expect(steps.map(({ other }) => other)).toEqual(steps.map(({ at }) => inStep(at).length));
        expect(page.chart?.countedFrom).toBe(page.chart?.from);
      }
    },
  );

  test("counts refusals that one event stands for: of one secret no more than are known to be of it", async () => {
    const limits = { ...NO_LIMITS, repeats: { perMs: 60_000 } };
    const coffer = await startCoffer({ limits });
    const service = await mustHaveService(coffer, await asAdmin(coffer), ["MINE_*"]);
    for (const name of ["A", "B", "C", "A", "A"])
      must(422, await service.resolve(`$SECRET/${name}`));
    await coffer.stop(); // the first is on record by itself, the others together
    const again = await asAdmin(await startCoffer({ home: coffer.home, admin: false }));
    const denied = async (query: Record<string, string>) =>
      sum(await search(again, { ...query, chart: "true" })).denied;
    expect(await denied({ outcome: "denied" })).toBe(5);
    const named = { A: 2, B: 1, C: 1 };
    for (const [secret, times] of Object.entries(named)) {
      expect([secret, await denied({ secret })]).toEqual([secret, times]);
      expect(await denied({ secret, action: "secrets.resolve" })).toBe(times);
    }
  });

  test("spans the time that is chosen, also where the record has only begun; all time is from the first event on", async () => {
    const { admin, coffer } = shared;
    const from = new Date(coffer.clock.now().getTime() - 7 * 86_400_000).toISOString();
    const { chart } = await search(admin, { from, chart: "true" });
    expect(chart?.from).toBe(from);
    expect(chart?.steps.length).toBeGreaterThan(50);
    const all = (await search(admin, { chart: "true" })).chart;
    expect(Date.parse(all?.from ?? "")).toBeGreaterThan(Date.parse(from));
    const ages = await search(admin, { from: "1000-01-01T00:00:00Z", chart: "true" });
    expect(ages.chart?.steps.length).toBeLessThanOrEqual(61);
  });

  test("has at most 61 steps of one length that cover the time, whatever that is", async () => {
    const { admin, coffer } = shared;
    for (const days of [1 / 24, 1, 7, 30, 400]) {
      const from = new Date(coffer.clock.now().getTime() - days * 86_400_000).toISOString();
      const { chart } = await search(admin, { from, chart: "true" });
      if (!chart) throw new Error("There is no chart.");
      expect(chart.steps.length).toBeLessThanOrEqual(61);
      const at = chart.steps.map((step) => Date.parse(step.at));
      expect(at.every((time, index) => time === (at[0] ?? 0) + index * chart.stepMs)).toBe(true);
    }
  });
});

describe.skipIf(ON_POSTGRES)("the index", () => {
  const file = (coffer: Coffer) => join(coffer.home, "data", "coffer.db.record-index");

  test.each([
    ["was deleted", (path: string) => rmSync(path)],
    ["is a file of something else", (path: string) => writeFileSync(path, "garbage".repeat(1_000))],
  ])("that %s is made again", async (_, spoil) => {
    const { coffer, admin } = shared;
    await searchAll(admin, { secret: "SOUGHT" });
    const home = temporaryHome();
    const copy = join(home, "copy.db");
    cpSync(file(coffer), `${copy}.record-index`);
    spoil(`${copy}.record-index`);
    const { db } = await coffer.database();
    await db.$executeRawUnsafe(`VACUUM INTO '${copy}'`);
    const searcher = searchInThisThread(`file:${copy}`);
    onTestFinished(() => searcher.close());
    const page = await searcher.run({ do: "page", filter: { secret: "sought" }, limit: 9 });
    expect(page.events.length).toBeGreaterThan(0);
    expect(existsSync(`${copy}.record-index`)).toBe(true);
  });

  test("that was made of another database is not believed", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "A", "v");
    expect(await searchAll(admin, { secret: "A" })).toHaveLength(1);
    // As if an older copy of the database had been put in this one's place.
    await tamper(coffer, (tx) => tx.auditEvent.deleteMany({ where: { seq: { gt: 2 } } }));
    const searcher = searchInThisThread(coffer.config.databaseUrl);
    onTestFinished(() => searcher.close());
    const now = coffer.clock.now().getTime();
    const counts = await searcher.run({
      ...{ do: "count", filter: { secret: "a" } },
      ...{ from: now - 600_000, to: now + 600_000, stepMs: 60_000 },
    });
    expect(counts.steps).toEqual([]);
  });

  test("that is not whole yet leaves nothing out: the record is looked through without it", async () => {
    const all = await searchAll(shared.admin, { actor: "gateway" });
    const hurried = searchInThisThread(shared.coffer.config.databaseUrl, 0);
    const found: string[] = [];
    let before: RecordPlace | null | undefined;
    while (before !== null) {
      const filter = { actor: "gateway" };
      const page: Found = await hurried.run({ do: "page", filter, before, limit: 1 });
      found.push(...page.events.map(({ journalId, seq }) => `${journalId} ${String(seq)}`));
      before = page.next;
    }
    await hurried.close();
    expect(found).toEqual(all.map(keyOf));
  });
});

describe("events of thousands of names, as older versions wrote them,", () => {
  const NAMES = Array.from({ length: 10_000 }, (_, index) => [`"],["${"x".repeat(80)}_${String(index)}`, 1]); // prettier-ignore
  const COUNT = 20;
  const actor = "long@example.com";

  beforeAll(async () => {
    const { coffer } = shared;
    const [journal] = await (await coffer.database()).db.journal.findMany();
    const row = {
      ...{ journalId: journal?.id ?? "", actorKind: "user", actorId: "u", actorName: actor },
      ...{ action: "secrets.resolve", environment: "default", target: "", outcome: "failed" },
      ...{ code: "unresolved", address: "192.0.2.9", userAgent: "", requestId: "r" },
      ...{ tokenId: null, incident: null, repeats: null, names: JSON.stringify(NAMES) },
    };
    for (let index = 0; index < COUNT; index++) {
      const at = new Date(coffer.clock.now().getTime() - index);
      await tamper(coffer, (tx) =>
        tx.auditEvent.create({ data: { ...row, seq: 3_000_000 + index, at } }),
      );
    }
  });

  test("are all found, some a page, each with its first names and how many more there are", async () => {
    const first = await search(shared.admin, { actor });
    expect(first.items.length).toBeLessThan(COUNT);
    const all = await searchAll(shared.admin, { actor });
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => 3_000_000 + index));
    expect(all).toHaveLength(COUNT);
    for (const { names, moreNames } of all) {
      expect(names.map(({ name, version }) => [name, version])).toEqual(NAMES.slice(0, 200));
      expect(moreNames).toBe(9_800);
    }
  });

  test("are exported with all of them", async () => {
    const path = `${AUDIT}/export?actor=${encodeURIComponent(actor)}`;
    const lines = (await shared.admin.get(path)).text.trimEnd().split("\n");
    expect(lines).toHaveLength(COUNT);
    for (const line of lines) expect((JSON.parse(line) as RecordEvent).names).toHaveLength(10_000);
  });
});
