/**
 * `npm run migration -- NAME` writes the next migration: the difference between what the existing
 * migrations build and what prisma/schema.prisma describes. Offline; read what it wrote before you commit.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readdirSync } from "node:fs";
import { migrate } from "../lib/store/migrate";
import { openSchemaEngine } from "../lib/store/schema-engine";
import { SqliteConnections } from "../lib/store/sqlite";

const name = process.argv[2] ?? "";
if (!/^[a-z0-9_]+$/.test(name)) {
  console.error("Usage: npm run migration -- name_in_lower_case");
  process.exit(2);
}

const directory = join("prisma", "migrations", "sqlite");
const existing = readdirSync(directory).filter((entry) => /^\d{4}_/.test(entry));
const scratch = mkdtempSync(join(tmpdir(), "coffer-migration-"));
const databaseUrl = `file:${join(scratch, "empty.db")}`;
try {
  if (existing.length > 0) await migrate({ databaseUrl, prismaDirectory: "prisma" });
  const schema = readFileSync(join("prisma", "schema.prisma"), "utf8");
  const connections = new SqliteConnections(databaseUrl);
  const engine = await openSchemaEngine(schema, connections);
  const files = [{ path: "schema.prisma", content: schema }];
  const { stdout } = await engine.diff({
    from:
      existing.length > 0 ? { tag: "schemaDatasource", files, configDir: "" } : { tag: "empty" },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  await connections.dispose();
  const body = (stdout ?? "").trim();
  if (body === "" || body.startsWith("-- This is an empty migration")) {
    console.log("The schema and the migrations agree: nothing to write.");
  } else {
    const folder = join(directory, `${String(existing.length + 1).padStart(4, "0")}_${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "migration.sql"), `BEGIN;\n\n${body}\n\nCOMMIT;\n`);
    console.log(`Wrote ${folder}/migration.sql`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
