import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { administer, dropDatabase, makeDatabase } from "../../../tests/support/postgres";
import { migrate } from "../migrate";
import { historyOf, readMigrations } from "../migration-files";
import { openSchemaEngine } from "../schema-engine";
import { SqliteConnections } from "../sqlite";

const server = inject("postgresUrl");
const prismaDirectory = join(process.cwd(), "prisma");

async function emptyDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "nothing");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

/** A copy of the migrations, to change something in. */
function copyOfPrisma(): string {
  const home = mkdtempSync(join(tmpdir(), "coffer-migrate-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
  });
  cpSync(prismaDirectory, home, { recursive: true });
  return home;
}

const first = async () => {
  const [migration] = await readMigrations(historyOf(prismaDirectory, "postgresql"));
  return migration?.name ?? "";
};

const history = `SELECT "migration_name", "applied_steps_count", "finished_at" IS NOT NULL AS "finished"
  FROM "_prisma_migrations" ORDER BY 1`;

test("an empty database gets the whole schema, and one that has it is left alone", async () => {
  const databaseUrl = await emptyDatabase();
  const names = (await readMigrations(historyOf(prismaDirectory, "postgresql"))).map(
    ({ name }) => name,
  );
  expect(await migrate({ databaseUrl, prismaDirectory })).toEqual(names);
  expect(await migrate({ databaseUrl, prismaDirectory })).toEqual([]);
  expect(await administer(databaseUrl, history)).toEqual(
    names.map((name) => ({ migration_name: name, applied_steps_count: 1, finished: true })),
  );
});

/** The statements that build the schema from nothing, as Prisma's engine writes them. */
async function wholeSchema(): Promise<string> {
  const content = readFileSync(join(prismaDirectory, "postgresql", "schema.prisma"), "utf8");
  const connections = new SqliteConnections(`file:${join(copyOfPrisma(), "unused.db")}`);
  const engine = await openSchemaEngine(content, connections);
  const { stdout } = await engine.diff({
    ...{ from: { tag: "empty" }, script: true, exitCode: null },
    to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] },
    filters: { externalTables: [], externalEnums: [] },
  });
  await connections.dispose();
  return stdout ?? "";
}

/** All columns, keys and indexes, but for the order in which texts are. */
const CATALOGUE = `
  SELECT table_name AS "of", column_name AS "name", concat_ws(' ', data_type, datetime_precision, is_nullable, column_default) AS "what"
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_prisma%'
  UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes
  WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  ORDER BY 1, 2, 3`;

test("what the migrations build is what the schema says", async () => {
  const migrated = await emptyDatabase();
  await migrate({ databaseUrl: migrated, prismaDirectory });
  const made = await emptyDatabase();
  await administer(made, await wholeSchema());
  const built = await administer(migrated, CATALOGUE);
  expect(built.length).toBeGreaterThan(100);
  expect(built).toEqual(await administer(made, CATALOGUE));
});

test("uses are kept when the names of services begin to be, and those of before are taken from the record", async () => {
  const databaseUrl = await emptyDatabase();
  const all = await readMigrations(historyOf(prismaDirectory, "postgresql"));
  const only = new Set(all.map(({ name }) => name).filter((name) => name < "0016"));
  await migrate({ databaseUrl, prismaDirectory, only });
  await administer(
    databaseUrl,
    `INSERT INTO "Environment" ("id", "slug", "name", "createdAt", "mac") VALUES ('e', 'e', 'e', now(), '');
    INSERT INTO "Secret" ("id", "environmentId", "name", "nameKey", "description", "tags", "searchKey", "currentVersion",
      "highestVersion", "createdAt", "createdBy", "rotatedAt", "rotatedBy", "mac")
    VALUES ('s', 'e', 's', 's', '', '[]', '', 1, 1, now(), 'x', now(), 'x', '');
    INSERT INTO "Service" ("id", "environmentId", "name", "nameKey", "description", "rules", "allowedCidrs", "createdAt",
      "createdBy", "mac") VALUES ('live', 'e', 'Edge', 'edge', '', '[]', '[]', now(), 'x', '');
    INSERT INTO "SecretUse" VALUES ('s', 'live', '2026-01-02', 7, now(), now());
    INSERT INTO "Journal" ("id", "openedAt") VALUES ('j', now());
    INSERT INTO "AuditEvent" ("journalId", "seq", "at", "actorKind", "actorId", "actorName", "action", "environment",
      "target", "names", "outcome", "code", "address", "userAgent", "requestId")
    SELECT 'j', row_number() OVER (), now(), kind, id, name, 'x', 'e', '', '[]', 'ok', '', '', '', ''
    FROM (VALUES ('service', 'live', 'gateway'), ('service', 'live', 'EDGE'), ('service', 'gone', 'gateway'),
      ('service', 'gone', 'Gateway'), ('user', 'someone', 'somebody')) AS v(kind, id, name)`,
  );
  await migrate({ databaseUrl, prismaDirectory });
  const names = `SELECT * FROM "ServiceName" ORDER BY "serviceId", "number"`;
  expect(await administer(databaseUrl, names)).toEqual([
    { serviceId: "gone", name: "gateway", nameKey: "gateway", number: 0 },
    { serviceId: "live", name: "gateway", nameKey: "gateway", number: 0 },
    { serviceId: "live", name: "Edge", nameKey: "edge", number: 1 },
  ]);
  expect(await administer(databaseUrl, `SELECT "count" FROM "SecretUse"`)).toEqual([{ count: 7 }]);
});

test("texts are in the order of their bytes in every column, whatever the database's language is", async () => {
  const databaseUrl = await emptyDatabase();
  await migrate({ databaseUrl, prismaDirectory });
  const others = await administer(
    databaseUrl,
    `SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
      AND table_name <> '_prisma_migrations'`,
  );
  expect(others).toEqual([]);
});

test("of ten instances that start at once one migrates, and all find it done", async () => {
  const databaseUrl = await emptyDatabase();
  const all = await Promise.all(
    Array.from({ length: 10 }, () => migrate({ databaseUrl, prismaDirectory })),
  );
  expect(all.flat()).toEqual(
    await migrate({ databaseUrl: await emptyDatabase(), prismaDirectory }),
  );
  const locks = await administer(
    databaseUrl,
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  expect(locks).toEqual([]);
});

test("a migration that fails leaves nothing of itself, and nothing in the way of the next start", async () => {
  const databaseUrl = await emptyDatabase();
  const broken = copyOfPrisma();
  const script = join(historyOf(broken, "postgresql"), await first(), "migration.sql");
  writeFileSync(script, `${readFileSync(script, "utf8")}\nSELECT 1 / 0;\n`);
  await expect(migrate({ databaseUrl, prismaDirectory: broken })).rejects.toThrow("division");
  expect(
    await administer(
      databaseUrl,
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    ),
  ).toEqual([]);
  expect(await migrate({ databaseUrl, prismaDirectory })).toContain(await first());
});

test("a database of a newer Coffer, and a migration that was edited, are refused by name", async () => {
  const databaseUrl = await emptyDatabase();
  await migrate({ databaseUrl, prismaDirectory });
  const edited = copyOfPrisma();
  const script = join(historyOf(edited, "postgresql"), await first(), "migration.sql");
  writeFileSync(script, `${readFileSync(script, "utf8")}\n`);
  await expect(migrate({ databaseUrl, prismaDirectory: edited })).rejects.toThrow(
    `Migration ${await first()} was changed`,
  );
  await administer(
    databaseUrl,
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at")
    VALUES ('x', 'x', '9999_from_later', now())`,
  );
  await expect(migrate({ databaseUrl, prismaDirectory })).rejects.toThrow(
    "newer Coffer (migration 9999_from_later)",
  );
});

test("a command refuses a database that is to be migrated first, and changes nothing", async () => {
  const databaseUrl = await emptyDatabase();
  await expect(migrate({ databaseUrl, prismaDirectory, mustBeCurrent: true })).rejects.toThrow(
    "older Coffer",
  );
  expect(await administer(databaseUrl, `SELECT to_regclass('"Secret"') AS "there"`)).toEqual([
    { there: null },
  ]);
});
