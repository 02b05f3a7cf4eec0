import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { migrate } from "./migrate";
import { SqliteConnections } from "./sqlite";

const SCHEMA = `datasource db {
  provider = "sqlite"
}

model Parent {
  id       Int     @id
  name     String
  children Child[]
}

model Child {
  id       Int    @id
  parentId Int
  parent   Parent @relation(fields: [parentId], references: [id], onDelete: Cascade)
}
`;

const MIGRATIONS = {
  "0001_init": `BEGIN;
CREATE TABLE "Parent" ("id" INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE "Child" ("id" INTEGER NOT NULL PRIMARY KEY, "parentId" INTEGER NOT NULL,
  FOREIGN KEY ("parentId") REFERENCES "Parent" ("id") ON DELETE CASCADE);
INSERT INTO "Parent" VALUES (1);
INSERT INTO "Child" VALUES (10, 1);
COMMIT;`,
  "0002_rebuild": `BEGIN;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Parent" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL);
INSERT INTO "new_Parent" SELECT "id", 'x' FROM "Parent";
DROP TABLE "Parent";
ALTER TABLE "new_Parent" RENAME TO "Parent";
PRAGMA foreign_keys=ON;
COMMIT;`,
};

test("a migration that rebuilds a table keeps the rows that refer to it", async () => {
  const prismaDirectory = mkdtempSync(join(tmpdir(), "coffer-rebuild-"));
  onTestFinished(() => {
    rmSync(prismaDirectory, { recursive: true });
  });
  writeFileSync(join(prismaDirectory, "schema.prisma"), SCHEMA);
  for (const [name, script] of Object.entries(MIGRATIONS)) {
    mkdirSync(join(prismaDirectory, "migrations", "sqlite", name), { recursive: true });
    writeFileSync(join(prismaDirectory, "migrations", "sqlite", name, "migration.sql"), script);
  }
  const databaseUrl = `file:${join(prismaDirectory, "test.db")}`;
  expect(await migrate({ databaseUrl, prismaDirectory })).toEqual(Object.keys(MIGRATIONS));
  const connections = new SqliteConnections(databaseUrl);
  const adapter = await connections.connect();
  const { rows } = await adapter.queryRaw({ sql: `SELECT * FROM "Child"`, args: [], argTypes: [] });
  await connections.dispose();
  expect(rows).toEqual([[10, 1]]);
});
