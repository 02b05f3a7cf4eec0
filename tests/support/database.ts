import { copyFileSync, cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { isOnPostgres } from "../../lib/store/dialect";
import type { Db } from "../../lib/store/store";
import { copyDatabase, dropDatabase, makeDatabase } from "./postgres";

/** Whether these tests run on PostgreSQL: vitest.config.ts and tests/e2e/postgresql.config.ts say so. */
export const ON_POSTGRES = process.env["COFFER_TEST_DATABASE"] === "postgresql";

/** The server of this run of the tests, which was started before any of them. */
function server(): string {
  const url = process.env["COFFER_TEST_POSTGRES"];
  if (url === undefined) throw new Error("No PostgreSQL was started for these tests.");
  return url;
}

/** A database for one test, and what removes it. On SQLite it is a file that is not there yet, in a folder of the test's. */
export async function testDatabase(
  home: string,
): Promise<{ databaseUrl: string; remove: () => Promise<void> }> {
  if (!ON_POSTGRES) {
    return { databaseUrl: `file:${join(home, "coffer.db")}`, remove: () => Promise.resolve() };
  }
  const databaseUrl = await makeDatabase(server(), "schema");
  return { databaseUrl, remove: () => dropDatabase(server(), databaseUrl) };
}

const databases = new Map<string, Promise<string>>();

/**
 * Where the vault is that belongs to a test's folder: in a file there, which Coffer makes; on PostgreSQL in a database
 * that stands for it, made with its schema when it is first asked for.
 */
export function databaseUrlOf(home: string): Promise<string> {
  if (!ON_POSTGRES) return Promise.resolve(`file:${join(home, "data/coffer.db")}`);
  const database = databases.get(home) ?? makeDatabase(server(), "schema");
  databases.set(home, database);
  return database;
}

/** The same, where it is there already: a file with the schema saves Coffer from migrating at each test's first start. */
export async function preparedDatabaseOf(home: string): Promise<string> {
  const databaseUrl = await databaseUrlOf(home);
  const template = process.env["COFFER_TEST_SQLITE"];
  const file = databaseUrl.replace(/^file:/, "");
  if (ON_POSTGRES || template === undefined || existsSync(file)) return databaseUrl;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  copyFileSync(template, file);
  return databaseUrl;
}

/** Removes the database that stands for a folder, if there is one. A file goes with its folder. */
export async function removeDatabaseOf(home: string): Promise<void> {
  const databaseUrl = await databases.get(home);
  databases.delete(home);
  if (databaseUrl !== undefined) await dropDatabase(server(), databaseUrl);
}

/** The same for every folder that this process has had one for. */
export async function removeDatabases(): Promise<void> {
  for (const home of [...databases.keys()]) await removeDatabaseOf(home);
}

/** Puts a copy of a vault that nobody works on into another folder, which has none. */
export async function copyVault(from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  if (ON_POSTGRES) databases.set(to, copyDatabase(server(), await databaseUrlOf(from)));
}

/** What the database is to refuse. */
export interface Refusal {
  /** Of the trigger that does it. */
  name: string;
  table: string;
  /** Which statements: `INSERT` unless given. */
  before?: string;
  /** Which rows: each, unless given. */
  when?: string;
  /** What SQLite does with the statement and the transaction; on PostgreSQL it is always all. */
  how?: "ABORT" | "FAIL" | "ROLLBACK";
  /** What it says; `full`: that there is no room left, as each of the two does. */
  saying: "full" | (string & {});
}

/** Has the database refuse statements from now on, as one does that is broken or full. */
export async function refuse(tx: Db, refusal: Refusal): Promise<void> {
  const { name, table, before = "INSERT", when, how = "ABORT", saying } = refusal;
  const rows = when === undefined ? "" : `WHEN (${when})`;
  if (!isOnPostgres(tx)) {
    const words = saying === "full" ? "database or disk is full" : saying;
    await tx.$executeRawUnsafe(
      `CREATE TRIGGER "${name}" BEFORE ${before} ON "${table}" ${rows} BEGIN SELECT RAISE(${how}, '${words}'); END`,
    );
    return;
  }
  const raise =
    saying === "full"
      ? `RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'`
      : `RAISE EXCEPTION '${saying}'`;
  await tx.$executeRawUnsafe(
    `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${raise}; END $$`,
  );
  await tx.$executeRawUnsafe(
    `CREATE TRIGGER "${name}" BEFORE ${before} ON "${table}" FOR EACH ROW ${rows} EXECUTE FUNCTION "${name}"()`,
  );
}

/** How a database can take rows and not have them: before they are there, right after, or at the commit (on PostgreSQL only). */
export type Swallowing = "before" | "after" | "deferred";

/** Has the database say that it takes rows, and not have them. `admit` ends it. */
export async function swallow(
  tx: Db,
  { name, table, when, how }: Omit<Refusal, "how" | "saying" | "before"> & { how: Swallowing },
): Promise<void> {
  const rows = when === undefined ? "" : `WHEN (${when})`;
  const gone = `DELETE FROM "${table}" WHERE "journalId" = NEW."journalId" AND "seq" = NEW."seq"`;
  if (!isOnPostgres(tx)) {
    const does = how === "before" ? "SELECT RAISE(IGNORE)" : gone;
    await tx.$executeRawUnsafe(
      `CREATE TRIGGER "${name}" ${how} INSERT ON "${table}" ${rows} BEGIN ${does}; END`,
    );
    return;
  }
  const does = how === "before" ? "" : `${gone};`;
  await tx.$executeRawUnsafe(
    `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does} RETURN NULL; END $$`,
  );
  const [kind, end] =
    how === "deferred" ? ["CONSTRAINT", "DEFERRABLE INITIALLY DEFERRED"] : ["", ""];
  await tx.$executeRawUnsafe(
    `CREATE ${kind} TRIGGER "${name}" ${how === "before" ? how : "AFTER"} INSERT ON "${table}" ${end}
    FOR EACH ROW ${rows} EXECUTE FUNCTION "${name}"()`,
  );
}

/** Ends what `refuse` or `swallow` began under that name. */
export async function admit(tx: Db, name: string): Promise<void> {
  await tx.$executeRawUnsafe(
    isOnPostgres(tx) ? `DROP FUNCTION "${name}"() CASCADE` : `DROP TRIGGER "${name}"`,
  );
}
