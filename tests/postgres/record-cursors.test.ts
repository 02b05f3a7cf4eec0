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
