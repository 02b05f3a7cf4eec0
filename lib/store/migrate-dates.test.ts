import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { migrate, readMigrationNames } from "./migrate";
import { SqliteConnections } from "./sqlite";
import { openStore } from "./store";

const prismaDirectory = join(process.cwd(), "prisma");
const at = (day: string) => `'2026-${day}T08:09:10.123+00:00'`;
const secret = (id: string, current: number, every: number | null, rotated: string) =>
  `INSERT INTO "Secret" ("id", "environmentId", "name", "nameKey", "description", "tags", "searchKey", "currentVersion",
    "highestVersion", "rotateEveryDays", "createdAt", "createdBy", "rotatedAt", "rotatedBy", "mac")
  VALUES ('${id}', 'e', '${id}', '${id}', '', '[]', '', ${String(current)}, 2, ${String(every)}, ${at("01-01")}, 'x', ${rotated}, 'x', '');`;

test("secrets from before due dates were kept get the one that they would have: from the making of what is current", async () => {
  const home = mkdtempSync(join(tmpdir(), "coffer-dates-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
  });
  const databaseUrl = `file:${join(home, "test.db")}`;
  const before = (await readMigrationNames(prismaDirectory)).filter((name) => name < "0005");
  await migrate({ databaseUrl, prismaDirectory, only: new Set(before) });
  const connections = new SqliteConnections(databaseUrl);
  const adapter = await connections.connect();
  await adapter.executeScript(`
    INSERT INTO "Environment" ("id", "slug", "name", "createdAt", "mac") VALUES ('e', 'e', 'e', ${at("01-01")}, '');
    ${secret("newest", 2, 30, at("03-05"))}
    ${secret("older", 1, 30, at("03-05"))}
    ${secret("gone", 9, 90, at("03-05"))}
    ${secret("none", 1, null, at("03-05"))}
    INSERT INTO "SecretVersion" ("secretId", "version", "createdAt", "createdBy") VALUES
      ('newest', 1, ${at("01-01")}, 'x'), ('newest', 2, ${at("03-05")}, 'x'),
      ('older', 1, ${at("01-01")}, 'x'), ('older', 2, ${at("02-02")}, 'x');
  `);
  await connections.dispose();
  await migrate({ databaseUrl, prismaDirectory });
  const store = await openStore({ databaseUrl, prismaDirectory });
  const rows = await store.db.secret.findMany({ select: { id: true, rotateDueAt: true } });
  const due = await store.db.secret.findMany({
    where: { rotateDueAt: { lte: new Date("2026-04-04T08:09:10.123Z") } },
    orderBy: { id: "asc" },
  });
  await store.close();
  expect(Object.fromEntries(rows.map((row) => [row.id, row.rotateDueAt?.toISOString()]))).toEqual({
    newest: "2026-04-04T08:09:10.123Z",
    older: "2026-01-31T08:09:10.123Z",
    gone: "2026-06-03T08:09:10.123Z",
    none: undefined,
  });
  expect(due.map(({ id }) => id)).toEqual(["newest", "older"]); // as Prisma writes dates, so that they compare
});
