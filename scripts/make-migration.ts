/**
 * `npm run migration -- NAME` makes PostgreSQL's schema from prisma/schema.prisma and writes the next migration for
 * both kinds of databases: what has changed since the last one. Offline; read what it wrote before you commit.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../lib/store/migrate";
import type { Provider } from "../lib/store/provider";
import { openSchemaEngine } from "../lib/store/schema-engine";
import { SqliteConnections } from "../lib/store/sqlite";
import { POSTGRESQL, postgresqlSchema, SOURCE } from "./setup/schema.mjs";

const name = process.argv[2] ?? "";
if (!/^[a-z0-9_]+$/.test(name)) {
  console.error("Usage: npm run migration -- name_in_lower_case");
  process.exit(2);
}

const directoryOf = (provider: Provider) => join("prisma", "migrations", provider);
const existing = (["sqlite", "postgresql"] as const).flatMap((provider) =>
  readdirSync(directoryOf(provider)).filter((entry) => /^\d{4}_/.test(entry)),
);
const next = Math.max(0, ...existing.map((entry) => parseInt(entry, 10))) + 1;
const source = readFileSync(SOURCE, "utf8");
const scratch = mkdtempSync(join(tmpdir(), "coffer-migration-"));
try {
  const sqlite = await sinceTheMigrations(`file:${join(scratch, "empty.db")}`);
  const postgresql = await sinceTheSchema(`file:${join(scratch, "unused.db")}`);
  write("sqlite", sqlite && `BEGIN;\n\n${sqlite}\n\nCOMMIT;\n`);
  // No BEGIN: Coffer applies it in a transaction of its own. The order of texts is that of their bytes, as on SQLite.
  write(
    "postgresql",
    postgresql && `${postgresql.replace(/("\s+|TYPE )TEXT\b/g, '$1TEXT COLLATE "C"')}\n`,
  );
  writeFileSync(POSTGRESQL, postgresqlSchema(source));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** The difference between what SQLite's migrations build and what the schema describes. */
async function sinceTheMigrations(databaseUrl: string): Promise<string> {
  await migrate({ databaseUrl, prismaDirectory: "prisma" });
  const files = [{ path: "schema.prisma", content: source }];
  return difference(databaseUrl, { tag: "schemaDatasource", files, configDir: "" }, files);
}

/** The difference between PostgreSQL's schema as it was and as it is made now: there is no database to ask. */
async function sinceTheSchema(unusedUrl: string): Promise<string> {
  const before = [{ path: "schema.prisma", content: readFileSync(POSTGRESQL, "utf8") }];
  const after = [{ path: "schema.prisma", content: postgresqlSchema(source) }];
  return difference(unusedUrl, { tag: "schemaDatamodel", files: before }, after);
}

type Engine = Awaited<ReturnType<typeof openSchemaEngine>>;
type From = Parameters<Engine["diff"]>[0]["from"];

async function difference(
  databaseUrl: string,
  from: From,
  files: { path: string; content: string }[],
): Promise<string> {
  const connections = new SqliteConnections(databaseUrl);
  const engine = await openSchemaEngine(files[0]?.content ?? "", connections);
  const { stdout } = await engine.diff({
    ...{ from, to: { tag: "schemaDatamodel", files }, script: true, exitCode: null },
    filters: { externalTables: [], externalEnums: [] },
  });
  await connections.dispose();
  const body = (stdout ?? "").trim();
  return body.startsWith("-- This is an empty migration") ? "" : body;
}

function write(provider: Provider, script: string): void {
  if (script === "") {
    console.log(`The schema and the migrations of ${provider} agree: nothing to write.`);
    return;
  }
  const folder = join(directoryOf(provider), `${String(next).padStart(4, "0")}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "migration.sql"), script);
  console.log(`Wrote ${folder}/migration.sql`);
}
