import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openSnapshot } from "./backup-rows";
import { migrate } from "./migrate";
import { openLoader } from "./sqlite-loader";
import { TABLES } from "./tables";

async function emptyVault(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "coffer-loader-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const databaseUrl = `file:${join(folder, "coffer.db")}`;
  await migrate({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  return databaseUrl;
}

test("a table in the file that is not Coffer's is no part of a backup", async () => {
  const databaseUrl = await emptyVault();
  const database = new Database(databaseUrl.slice("file:".length), {});
  database.exec("CREATE TABLE things (id INTEGER); INSERT INTO things VALUES (1)");
  database.close();
  const snapshot = await openSnapshot(databaseUrl, {});
  expect(snapshot.tables.map(({ table }) => table)).toEqual(TABLES);
  await snapshot.close();
});

test("a backup that has such a table is loaded without it; one with columns that are not known is refused", async () => {
  const databaseUrl = await emptyVault();
  const loader = openLoader(databaseUrl);
  loader.begin("things", ["id"])([1]);
  expect(() => loader.begin("Environment", ["name", "things"])).toThrow("unknown columns");
  loader.end();
  loader.close();
  const database = new Database(databaseUrl.slice("file:".length), { readonly: true });
  expect(database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'things'").get()).toBe(
    undefined,
  );
  database.close();
});
