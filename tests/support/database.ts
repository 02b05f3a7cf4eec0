import { join } from "node:path";
import { inject } from "vitest";
import { dropDatabase, makeDatabase } from "./postgres";

/** Whether these tests run on PostgreSQL: the project `postgresql` of vitest.config.ts. */
export const ON_POSTGRES = process.env["COFFER_TEST_DATABASE"] === "postgresql";

/** A database for one test, and what removes it. On SQLite it is a file that is not there yet, in a folder of the test's. */
export async function testDatabase(
  home: string,
): Promise<{ databaseUrl: string; remove: () => Promise<void> }> {
  if (!ON_POSTGRES) {
    return { databaseUrl: `file:${join(home, "coffer.db")}`, remove: () => Promise.resolve() };
  }
  const server = inject("postgresUrl");
  const databaseUrl = await makeDatabase(server, "schema");
  return { databaseUrl, remove: () => dropDatabase(server, databaseUrl) };
}
