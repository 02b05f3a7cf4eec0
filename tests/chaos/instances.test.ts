import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must, temporaryHome } from "../support/coffer";
import { runCoffer } from "../support/command";
import { delays } from "../support/delays";
import { eventually } from "../support/eventually";
import { FeedPhases } from "../support/feed-phases";
import { Follower } from "../support/follower";
import {
  adminAt,
  bearerAt,
  Instances,
  makeServiceBy,
  mintBy,
  rulesFor,
} from "../support/instances";
import { aMoment, Load } from "../support/load";
import type { Newest } from "../support/newest";
import { administer, makeDatabase, startPostgres, type TestPostgres } from "../support/postgres";
import { mulberry32 } from "../support/seeded-random";
import { unsteadyWayTo } from "../support/unsteady";

// By hand for longer: COFFER_TEST_ROUNDS=2000, COFFER_TEST_SECONDS=300.
const ROUNDS = Number(process.env["COFFER_TEST_ROUNDS"] ?? 25);
const SECONDS = Number(process.env["COFFER_TEST_SECONDS"] ?? 28);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
const INSTANCES = 3;
const SECRETS = ["ONE", "TWO", "THREE"];

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

/** Three instances on a database of their own. */
async function startAll(env: Record<string, string> = {}): Promise<Instances> {
  const instances = new Instances(await makeDatabase(postgres.url, "nothing"), env);
  await instances.startAll();
  return instances;
}

/** What one reference stands for, asked of an instance. */
async function ask(url: string, token: string, from: string): Promise<number | string> {
  const { status, json } = await bearerAt(url, token, from).resolve("$SECRET/ONE");
  return status === 200 ? (json as { config: string }).config : status;
}

test(
  `an acknowledged rotation, change of rules and revocation bind the next request at every instance, ${String(ROUNDS)} times`,
  { timeout: 300_000 + ROUNDS * 5_000 },
  async () => {
    const instances = await startAll();
    try {
      const { urls } = instances;
      let admins = await Promise.all(urls.map(adminAt));
      let from = "";
      const everywhere = (token: string) => Promise.all(urls.map((url) => ask(url, token, from)));
      const [first] = admins;
      if (!first) throw new Error("no instance");
      must(201, await first.post("/api/v1/secrets", { name: "ONE", value: "v0" }));
      const service = await makeServiceBy(first, "gateway", SECRETS);
      for (let round = 1; round <= ROUNDS; round++) {
        if (round % 200 === 0) admins = await Promise.all(urls.map(adminAt)); // a token wants a sign-in of just now
        const by = admins[round % urls.length] ?? first;
        from = `198.18.${String(round >> 8)}.${String(round & 255)}`; // of one, so many wrong tokens are too many
        const { token, path } = await mintBy(by, service);
        must(201, await by.post("/api/v1/secrets/ONE/versions", { value: `v${String(round)}` }));
        expect(await everywhere(token)).toEqual(urls.map(() => `v${String(round)}`));

        must(200, await by.patch(`/api/v1/services/${service}`, { rules: rulesFor(["TWO"]) }));
        expect(await everywhere(token)).toEqual(urls.map(() => 422));
        must(200, await by.patch(`/api/v1/services/${service}`, { rules: rulesFor(SECRETS) }));
        expect(await everywhere(token)).toEqual(urls.map(() => `v${String(round)}`));

        must(204, await by.delete(path));
        expect(await everywhere(token)).toEqual(urls.map(() => 401));
      }
    } finally {
      await instances.end();
    }
  },
);

test.skipIf(process.env["TEST_POSTGRES_URL"] !== undefined)(
  `${String(SECONDS)} s of load with kill -9 of instances and crashes of PostgreSQL, with notifications up, cut and stalled: no acknowledged write is lost, nothing old is answered, who watches hears of everything, errors are 503, and the record verifies`,
  { timeout: 600_000 + SECONDS * 5_000 },
  async () => {
    console.log(`seed ${String(SEED)}`);
    const random = mulberry32(SEED);
    const databaseUrl = await makeDatabase(postgres.url, "nothing");
    const feed = new FeedPhases(INSTANCES);
    const way = await unsteadyWayTo(databaseUrl, feed.passed);
    const instances = new Instances(databaseUrl, { DATABASE_URL_DIRECT: way.databaseUrl });
    await instances.startAll();
    const load = new Load(instances, random);
    const { newest, wrong, done } = load;
    const first = await adminAt(instances.urls[0] ?? "");
    for (const name of SECRETS) {
      must(201, await first.post("/api/v1/secrets", { name, value: "1" }));
      newest.know(name, 1);
    }
    const { token } = await mintBy(first, await makeServiceBy(first, "gateway", SECRETS));
    const restricted = await makeServiceBy(first, "restricted", ["ONE"]);

    const followers = followersOf(load, instances, token);
    const following = followers.map((each) => each.follow());
    const allAreTold = () => eventually(() => expect(untold(followers, newest)).toEqual([]));

    try {
      const until = Date.now() + SECONDS * 1000;
      const working = [
        ...SECRETS.map((name) => load.rotate(name)),
        ...Array.from({ length: 8 }, () => load.resolve(token, SECRETS)),
        load.restrict(restricted, "ONE"),
        feed.alternate(way, until),
      ];
      const crashes = await disturb(instances, random, until);
      load.end();
      await Promise.all(working);
      await allAreTold();

      for (const state of ["cut", "up"] as const) {
        feed.begin(way, state);
        let found = 0;
        for (let at = 0; at < INSTANCES; at++) {
          const before = await beatsIn(databaseUrl);
          await eventually(async () =>
            expect(await load.rotateOnce("ONE", instances.url(at))).toBe(true),
          );
          await allAreTold();
          if (isDeepStrictEqual(await beatsIn(databaseUrl), before)) found++;
        }
        // Nothing else goes on any more but each instance's beat, by which it would learn of a change some seconds later.
        expect(found).toBeGreaterThan(0);
      }
      for (const url of instances.urls) {
        for (const [name, version] of newest.all()) {
          expect(await load.resolveOnce(url, token, name, version)).toBe(200);
        }
      }
      const watched = delays(load.rotated, followers, (at) => feed.stateAt(at));
      const connections = followers.reduce((sum, each) => sum + each.connections, 0);
      const told = followers.reduce((sum, each) => sum + each.told.length, 0);
      const counts = { ...crashes, ...done, rotations: load.rotated.length, connections, told };
      for (const figures of [counts, feed.phases, ...watched]) console.log(JSON.stringify(figures));
      expect(wrong).toEqual([]);
      expect(Math.min(done.resolves, done.rules, done.revocations)).toBeGreaterThan(0);
      expect(feed.notifications("up")).toBeGreaterThan(0);
      expect([feed.notifications("cut"), feed.notifications("stalled")]).toEqual([0, 0]);
      const states = feed.phases.map(({ state }) => state);
      expect(states).toEqual(expect.arrayContaining(["up", "cut", "stalled"]));
    } finally {
      load.end();
      for (const each of followers) each.end();
      await Promise.all(following);
      await instances.end();
    }
    const verified = await runCoffer(["audit", "verify", "--json"], {
      home: temporaryHome(),
      env: { DATABASE_URL: databaseUrl },
    });
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('"findings":0')]);
  },
);

/** At each instance one that comes back to it, and one that goes to any that is there. */
function followersOf(load: Load, instances: Instances, token: string): Follower[] {
  return Array.from({ length: 2 * INSTANCES }, (_, n) => {
    const own = () => instances.url(n % INSTANCES);
    const isFaithful = n < INSTANCES;
    return new Follower({
      ...{ where: isFaithful ? own : load.anywhere, posts: !isFaithful },
      ...{ token, names: SECRETS, newest: load.newest },
      wrong: (what) => load.wrong.push(what),
    });
  });
}

/** When each instance has last said that it is there. */
const beatsIn = (databaseUrl: string) =>
  administer(databaseUrl, `SELECT "id", "seenAt" FROM "Instance" ORDER BY "id"`);

/** What each of them was told last that is not the newest. */
function untold(followers: readonly Follower[], newest: Newest): string[] {
  return followers.flatMap((each, n) =>
    SECRETS.filter((name) => each.version(name) !== newest.version(name)).map(
      (name) =>
        `follower ${String(n)}: ${name} ${String(each.version(name))} of ${String(newest.version(name))}`,
    ),
  );
}

/** Kills instances and crashes PostgreSQL, one at a time, at random; the second is a crash in any case. */
async function disturb(instances: Instances, random: () => number, until: number) {
  const done = { kills: 0, crashes: 0 };
  while (Date.now() < until) {
    await aMoment(500 + random() * 2_000);
    if (done.kills + done.crashes === 1 || random() < 0.3) {
      done.crashes++;
      await postgres.crash();
      await aMoment(random() * 1_500);
      await postgres.start();
    } else {
      done.kills++;
      const at = Math.floor(random() * instances.count);
      await instances.kill(at);
      await aMoment(random() * 1_000);
      await instances.start(at);
    }
  }
  return done;
}
