import Database from "better-sqlite3";
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A row of Tyk AI Studio's table: the ciphertext as it is stored, and when it was deleted, if it was. */
export type TykTableRow = [name: string, value: string, deletedAt?: string];

/** A database file as Tyk AI Studio makes it, with GORM. */
export function tykDatabase(rows: readonly TykTableRow[]): Buffer {
  return databaseOf((database) => {
    database.exec(`
      CREATE TABLE \`secrets\` (\`id\` integer PRIMARY KEY AUTOINCREMENT, \`created_at\` datetime,
        \`updated_at\` datetime, \`deleted_at\` datetime, \`value\` text, \`var_name\` text);
      CREATE INDEX \`idx_secrets_deleted_at\` ON \`secrets\`(\`deleted_at\`);
      CREATE TABLE \`llms\` (\`id\` integer PRIMARY KEY, \`api_key\` text)`);
    const insert = database.prepare(
      "INSERT INTO secrets (created_at, updated_at, deleted_at, value, var_name) VALUES ('2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', ?, ?, ?)",
    );
    for (const [name, value, deletedAt] of rows) insert.run(deletedAt ?? null, value, name);
  });
}

/** A database file in which this was executed. */
export function databaseFile(sql: string): Buffer {
  return databaseOf((database) => {
    database.exec(sql);
  });
}

function databaseOf(make: (database: Database) => void): Buffer {
  const path = join(tmpdir(), `coffer-test-${randomUUID()}.db`);
  const database = new Database(path, {});
  make(database);
  database.close();
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes;
}
