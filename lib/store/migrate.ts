import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlDriverAdapter } from "@prisma/driver-adapter-utils";
import { OF_OPENING, retryBusy } from "./busy";
import { historyOf, isOlder, readMigrations, refuseForeignHistory } from "./migration-files";
import { providerOf, type Provider } from "./provider";
import { openSchemaEngine } from "./schema-engine";
import { SqliteConnections } from "./sqlite";

/** The names of the migrations that this version of Coffer has for a kind of database, in their order. */
export async function readMigrationNames(
  prismaDirectory: string,
  provider: Provider = "sqlite",
): Promise<string[]> {
  const migrations = await readMigrations(historyOf(prismaDirectory, provider));
  return migrations.map(({ name }) => name);
}

/** What the database says was applied: name → SHA-256 of the script as it was then. */
async function appliedMigrations(adapter: SqlDriverAdapter): Promise<Map<string, string>> {
  const query = async (sql: string) =>
    (await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows;
  const tables = await query(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'",
  );
  if (tables.length === 0) return new Map();
  const rows = await query(
    "SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  return new Map(rows.map(([name, checksum]) => [String(name), String(checksum)]));
}

export interface MigrateOptions {
  databaseUrl: string;
  /** Folder that holds `schema.prisma`, `postgresql/schema.prisma` and `migrations/<provider>/`. */
  prismaDirectory: string;
  /** The names of the migrations to stop at, where not all are to be applied: those that a backup's rows are of. */
  only?: ReadonlySet<string>;
  /** Whether to refuse a database that has migrations to come, in place of applying them. */
  mustBeCurrent?: boolean;
}

/**
 * Brings the database to the schema that this code expects, and returns the names of the migrations it
 * applied. Keeps `_prisma_migrations` as the Prisma CLI does. Each script is one transaction.
 * @throws CofferError `unavailable` for a newer schema or an edited migration, or one that must be current and is not
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  if (providerOf(options.databaseUrl) === "postgresql") {
    const { migratePostgres } = await import("./postgres/migrate");
    return migratePostgres(options);
  }
  // Where another process is migrating the same file, nothing is left to do here when it is done.
  return retryBusy(() => migrateOnce(options), OF_OPENING);
}

async function migrateOnce(options: MigrateOptions): Promise<string[]> {
  const directory = historyOf(options.prismaDirectory, "sqlite");
  const { only } = options;
  const all = await readMigrations(directory);
  const migrations = only ? all.filter(({ name }) => only.has(name)) : all;
  const connections = new SqliteConnections(options.databaseUrl, "migration");
  try {
    const applied = await appliedMigrations(await connections.connect());
    refuseForeignHistory(migrations, applied);
    if (applied.size === migrations.length) return [];
    if (options.mustBeCurrent === true) throw isOlder();
    await connections.dispose(); // the schema engine locks the file: nobody else may have it open
    const datamodel = await readFile(join(options.prismaDirectory, "schema.prisma"), "utf8");
    const engine = await openSchemaEngine(datamodel, connections);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: directory,
        lockfile: { path: "migration_lock.toml", content: 'provider = "sqlite"\n' },
        shadowDbInitScript: "",
        migrationDirectories: migrations.map(({ name, script }) => ({
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok", value: script } },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    await connections.dispose();
  }
}
