import { randomUUID } from "node:crypto";
import type { ClientBase } from "pg";
import type { MigrateOptions } from "../migrate";
import {
  checksumOf,
  historyOf,
  isOlder,
  readMigrations,
  refuseForeignHistory,
  type Migration,
} from "../migration-files";
import { openPool } from "./pool";
import { queryOn } from "./query";
import { IN_SCHEMA, SCHEMA } from "./schema";
import { requireUsable } from "./usable";

/** Prisma's own, so that its command and Coffer wait for each other. */
const MIGRATION_LOCK = 72_707_369;

/** As Prisma makes it. */
const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/**
 * As `migrate`, on PostgreSQL: all that is missing, and the note that it was applied, in one transaction under a lock
 * that ends with it. So ten instances that start at once wait for one of them, and one that is killed at any point
 * leaves nothing half done. Prisma's engine does each in a transaction of its own, under a lock of the session, which
 * a pooler in front of the database would give to somebody else.
 */
export async function migratePostgres(options: MigrateOptions): Promise<string[]> {
  const all = await readMigrations(historyOf(options.prismaDirectory, "postgresql"));
  const { only } = options;
  const known = only ? all.filter(({ name }) => only.has(name)) : all;
  const pool = openPool(options.databaseUrl, { max: 1, isPatient: true });
  try {
    const client = await pool.connect();
    try {
      await requireUsable(queryOn(client, false));
      if (isComplete(known, await appliedMigrations(client))) return [];
      if (options.mustBeCurrent === true) throw isOlder();
      return await applyMissing(client, known);
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

/** What the database says was applied: name → checksum. */
async function appliedMigrations(client: ClientBase): Promise<Map<string, string>> {
  const found = await client.query<{ found: boolean }>(
    `SELECT to_regclass('${SCHEMA}."_prisma_migrations"') IS NOT NULL AS "found"`,
  );
  if (found.rows[0]?.found !== true) return new Map();
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    `SELECT "migration_name", "checksum" FROM ${SCHEMA}."_prisma_migrations"
    WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL`,
  );
  return new Map(rows.map(({ migration_name, checksum }) => [migration_name, checksum]));
}

function isComplete(known: readonly Migration[], applied: ReadonlyMap<string, string>): boolean {
  refuseForeignHistory(known, applied);
  return applied.size === known.length;
}

async function applyMissing(client: ClientBase, known: readonly Migration[]): Promise<string[]> {
  await client.query("BEGIN");
  try {
    await client.query(`SELECT pg_advisory_xact_lock($1), ${IN_SCHEMA}`, [MIGRATION_LOCK]);
    await client.query(HISTORY);
    const applied = await appliedMigrations(client); // another process may have been first
    refuseForeignHistory(known, applied);
    const missing = known.filter(({ name }) => !applied.has(name));
    for (const { name, script } of missing) {
      await client.query(script);
      await client.query(
        `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count")
        VALUES ($1, $2, now(), $3, 1)`,
        [randomUUID(), checksumOf(script), name],
      );
    }
    await client.query("COMMIT");
    return missing.map(({ name }) => name);
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined); // the connection may be what failed
    throw error;
  }
}
