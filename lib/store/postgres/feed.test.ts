import { expect, inject, onTestFinished, test } from "vitest";
import { eventually } from "../../../tests/support/eventually";
import { administer, dropDatabase, makeDatabase } from "../../../tests/support/postgres";
import { unsteadyWayTo } from "../../../tests/support/unsteady";
import { PostgresFeed, type FeedOptions } from "./feed";
import { openPool } from "./pool";
import { queryOn } from "./query";

const server = inject("postgresUrl");
/** Patient enough for a busy machine, and not for ever where nothing comes. */
const times = {
  beat: { everyMs: 50, patienceMs: 3_000 },
  pauseMs: { shortest: 10, longest: 100 },
};

async function newDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  await administer(databaseUrl, `INSERT INTO "Revision" ("id", "counter") VALUES (1, 1)`);
  return databaseUrl;
}

/** A feed that is listened to by somebody who counts, and what it logs. */
function listened(databaseUrl: string, options: Partial<FeedOptions> = {}) {
  const pool = openPool(databaseUrl, { max: 1 });
  onTestFinished(() => pool.end());
  const query = queryOn(pool, false);
  const log: string[] = [];
  const write = (_fields: object, message: string) => void log.push(message);
  const feed = new PostgresFeed({
    databaseUrl,
    say: (channel) => query("SELECT pg_notify($1, '')", [channel]),
    ...{ times, log: { info: write, warn: write, error: write } },
    ...options,
  });
  const heard = { times: 0 };
  const leave = feed.listen(() => {
    heard.times++;
  });
  onTestFinished(() => feed.close());
  return { feed, heard, log, leave };
}

const isUp = (feed: PostgresFeed, is = true) => eventually(() => expect(feed.isUp).toBe(is));

/** Waits until more is heard than was. */
async function hears(heard: { times: number }, because: () => Promise<unknown>): Promise<void> {
  const before = heard.times;
  await because();
  await eventually(() => expect(heard.times).toBeGreaterThan(before));
}

const raise = `UPDATE "Revision" SET "counter" = "counter" + 1`;

/** Backends of a database that listen. */
const listening = (databaseUrl: string) =>
  administer(
    databaseUrl,
    `SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'coffer listening'`,
  );

test("a feed tells of each raise of Revision, by whomever, once for a transaction, and of nothing else", async () => {
  const databaseUrl = await newDatabase();
  const { feed, heard } = listened(databaseUrl);
  await isUp(feed);
  expect(heard.times).toBe(1); // that it came up
  await hears(heard, () => administer(databaseUrl, `BEGIN; ${raise}; ${raise}; COMMIT`));
  await administer(databaseUrl, `BEGIN; ${raise}; ROLLBACK`);
  await administer(databaseUrl, `UPDATE "Revision" SET "counter" = "counter"`);
  await hears(heard, () => administer(databaseUrl, raise)); // what came before it would be heard before it
  expect(heard.times).toBe(3);
});

test("a change of what services get, made without Coffer, is told of", async () => {
  const databaseUrl = await newDatabase();
  const { feed, heard } = listened(databaseUrl);
  await isUp(feed);
  const insert = `INSERT INTO "Environment" ("id", "slug", "name", "createdAt", "mac") VALUES ('e', 'e', 'e', now(), '')`;
  await hears(heard, () => administer(databaseUrl, insert));
});

test("there is a connection only while somebody listens, and as many as listen share it", async () => {
  const databaseUrl = await newDatabase();
  const { feed, leave, log } = listened(databaseUrl);
  const others = { times: 0 };
  const othersLeave = feed.listen(() => {
    others.times++;
  });
  await isUp(feed);
  expect(await listening(databaseUrl)).toHaveLength(1);
  leave();
  await hears(others, () => administer(databaseUrl, raise));
  othersLeave();
  expect(feed.isUp).toBe(false);
  await eventually(async () => expect(await listening(databaseUrl)).toEqual([]));
  const again = feed.listen(() => {
    others.times++;
  });
  await isUp(feed);
  await hears(others, () => administer(databaseUrl, raise));
  again();
  expect(log).toEqual([]);
});

test("a connection that the server ends is made anew, and what was missed meanwhile is looked for", async () => {
  const databaseUrl = await newDatabase();
  const { feed, heard, log } = listened(databaseUrl);
  await isUp(feed);
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'coffer listening'`;
  await hears(heard, () => administer(databaseUrl, end));
  await isUp(feed);
  await hears(heard, () => administer(databaseUrl, raise));
  expect(log).toEqual([
    expect.stringContaining("was lost"),
    expect.stringContaining("heard at once again"),
  ]);
});

test.each(["cut", "stall"] as const)(
  "where the way to the server is gone (%s) the feed knows, says so once, and comes back with it",
  async (failure) => {
    const databaseUrl = await newDatabase();
    const way = await unsteadyWayTo(databaseUrl);
    const { feed, heard, log } = listened(databaseUrl, { databaseUrl: way.databaseUrl });
    await isUp(feed);
    way[failure]();
    await isUp(feed, false);
    const tried = way.connections;
    await eventually(() => expect(way.connections).toBeGreaterThan(tried));
    expect(log).toEqual([expect.stringContaining("was lost or did not come about")]);
    await hears(heard, () => {
      way.mend();
      return Promise.resolve();
    }); // a look, once it is up
    await isUp(feed);
    await hears(heard, () => administer(databaseUrl, raise));
    expect(log).toHaveLength(2);
  },
);

test("a connection that answers and on which nothing is heard counts for nothing, and the log says once what to set", async () => {
  const databaseUrl = await newDatabase();
  const other = await newDatabase();
  const way = await unsteadyWayTo(other);
  const beat = { everyMs: 50, patienceMs: 100 };
  const { feed, log } = listened(databaseUrl, {
    ...{ databaseUrl: way.databaseUrl, times: { ...times, beat } },
  });
  await eventually(() => expect(way.connections).toBeGreaterThan(2));
  expect(feed.isUp).toBe(false);
  expect(log).toEqual([expect.stringContaining("DATABASE_URL_DIRECT has to lead past it")]);
});

test("where only a pooler is known nothing is connected, and the log says what to set", () => {
  const { feed, log } = listened(server, { databaseUrl: null });
  expect(feed.isUp).toBe(false);
  expect(log).toEqual([expect.stringContaining("set DATABASE_URL_DIRECT")]);
});
