import { expect, test } from "vitest";
import type { RecordPage } from "../../lib/shapes";
import { asAdmin, must, startCoffer, temporaryHome, type Client } from "../support/coffer";

async function search(client: Client, query: Record<string, string>): Promise<RecordPage> {
  const text = new URLSearchParams(query).toString();
  return must(200, await client.get(`/api/v1/audit?${text}`)) as RecordPage;
}

test("a search that one instance began goes on at each other one, to what is older and to what is newer", async () => {
  const home = temporaryHome();
  const one = await asAdmin(await startCoffer({ home }));
  const two = await asAdmin(await startCoffer({ home, admin: false }));
  for (let time = 0; time < 3; time++) must(200, await one.get("/api/v1/secrets"));
  const query = { action: "secrets.list", limit: "2" };
  const { items, nextCursor, newerCursor } = await search(one, query);
  const { items: older } = await search(two, { ...query, cursor: nextCursor ?? "" });
  expect([items.length, older.length]).toEqual([2, 1]);
  must(200, await two.get("/api/v1/secrets"));
  const { items: newer } = await search(two, { ...query, newer: newerCursor ?? "" });
  expect(newer).toHaveLength(1);
});

const MINUTE = 60_000;

test("what is newer is told once each, at whichever instance it is asked for and whatever the clock says of who wrote it", async () => {
  const home = temporaryHome();
  const coffers = [await startCoffer({ home }), await startCoffer({ home, admin: false })];
  const [one, two] = await Promise.all(coffers.map(asAdmin));
  if (!one || !two) throw new Error("There are two.");
  coffers[1]?.clock.advance(-7 * MINUTE);
  const query = { action: "secrets.list", limit: "50" };
  let { newerCursor } = await search(one, query);
  const told: string[] = [];
  const look = async (client: Client) => {
    const page = await search(client, { ...query, newer: newerCursor ?? "" });
    told.push(...page.items.map(({ journal, seq }) => `${journal} ${String(seq)}`));
    ({ newerCursor } = page);
    return page.items.length;
  };
  const load = async (client: Client) => {
    for (let time = 0; time < 100; time++) must(200, await client.get("/api/v1/secrets"));
  };
  const state = { isOver: false };
  const loaded = Promise.all([load(one), load(one), load(two), load(two)]).finally(() => {
    state.isOver = true;
  });
  for (let turn = 0; !state.isOver; turn++) await look(turn % 2 === 0 ? two : one);
  await loaded;
  while ((await look(two)) > 0);
  expect([told.length, new Set(told).size]).toEqual([400, 400]);
});
