import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { dropDatabase, makeDatabase } from "../../../tests/support/postgres";
import { searchPostgres } from "./record-search";

const server = inject("postgresUrl");

test("a copy of the record is there from the first search on, and gone once the search is closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coffer-search-"));
  vi.stubEnv("TMPDIR", folder);
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
    await dropDatabase(server, databaseUrl);
  });
  const search = searchPostgres(databaseUrl);
  expect(await search.catchUp()).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
  expect(await search.run({ do: "page", filter: {}, limit: 1 })).toMatchObject({ events: [] });
  expect(await search.catchUp()).toBe(true);
  expect(readdirSync(folder)).toHaveLength(1);
  await search.close();
  expect(readdirSync(folder)).toEqual([]);
});
