import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { peekPostgresKeyring } from "../../lib/store/postgres/peek";
import { migrate } from "../../lib/store/migrate";
import { connectionsOf } from "../../lib/store/postgres/pool";
import { startCoffer } from "../support/coffer";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";
import { unsteadyWayTo } from "../support/unsteady";

const server = inject("postgresUrl");

async function newDatabase(content: "schema" | "nothing" = "nothing"): Promise<string> {
  const databaseUrl = await makeDatabase(server, content);
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

const changed = (databaseUrl: string, change: Partial<URL>) =>
  Object.assign(new URL(databaseUrl), change).href;

const PASSWORD = "a wrong password";

async function unusedPort(): Promise<string> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return String(port);
}

test("a start waits for a database that comes up, says so once, and goes on", async () => {
  const way = await unsteadyWayTo(await newDatabase());
  way.cut();
  const told: [number, unknown][] = [];
  const peeking = peekPostgresKeyring(way.databaseUrl, false, {
    tell: (seconds, error) => {
      told.push([seconds, error]);
      way.mend();
    },
  });
  expect(await peeking).toBeNull();
  expect(told).toEqual([[30, expect.any(Error)]]);
});

test("a start does not wait for ever for a database that is not there", async () => {
  const port = await unusedPort();
  const nobody = changed(await newDatabase(), { port });
  await expect(peekPostgresKeyring(nobody, false, { patienceMs: 600 })).rejects.toMatchObject({
    code: "ECONNREFUSED",
  });
});

test("what is wrong with the address or the server is refused at once in words that say what to do, without the address", async () => {
  const databaseUrl = await newDatabase();
  for (const [change, words] of [
    [{ password: PASSWORD }, "it does not take that user and password"],
    [{ pathname: "/nothing_here" }, "there is no database of that name"],
    [{ search: "sslmode=verify-full" }, "it has no TLS, which sslmode asks for"],
    [{ search: "sslmode=require" }, "it has no TLS, which sslmode asks for"],
    [{ search: "sslrootcert=/nonexistent" }, "a file that the address names can't be read"],
    [{ search: "host=/nonexistent" }, "there is no socket in the folder that host= names"],
  ] as const) {
    const start = startCoffer({ databaseUrl: changed(databaseUrl, change) });
    await expect(start).rejects.toThrow(words);
    await expect(start).rejects.toMatchObject({ code: "unavailable" });
    await expect(start).rejects.not.toThrow(PASSWORD);
    await expect(start).rejects.not.toThrow("SQLite");
  }
});

test("a table of somebody else's with a name that Coffer needs is said in words", async () => {
  const databaseUrl = await newDatabase();
  await administer(databaseUrl, `CREATE TABLE "User" (id int)`);
  await expect(startCoffer({ databaseUrl })).rejects.toThrow(
    "there is a table in it that is not Coffer's and has a name that Coffer needs",
  );
});

test("a database of an older Coffer is migrated, and one of a newer is refused by the name of its migration", async () => {
  const databaseUrl = await newDatabase();
  const prismaDirectory = join(process.cwd(), "prisma");
  await migrate({ databaseUrl, prismaDirectory, only: new Set(["0014_init"]) });
  await (await startCoffer({ databaseUrl })).stop();
  await administer(
    databaseUrl,
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at")
    VALUES ('x', 'x', '9999_of_the_future', now())`,
  );
  await expect(startCoffer({ databaseUrl })).rejects.toThrow(
    "migrated by a newer Coffer (migration 9999_of_the_future)",
  );
});

test("a second instance with another TYK_AI_SECRET_KEY does not start, says which is needed, and changes nothing", async () => {
  const databaseUrl = await newDatabase();
  const first = await startCoffer({ databaseUrl });
  const count = `SELECT (SELECT count(*) FROM "Instance") AS "i", (SELECT count(*) FROM "Journal") AS "j"`;
  const before = await administer(databaseUrl, count);
  const env = { TYK_AI_SECRET_KEY: "another key than the others have" };
  const second = startCoffer({ databaseUrl, env });
  await expect(second).rejects.toMatchObject({ code: "wrong_key" });
  const { fingerprint } = await first.vault.keys.status(OPERATOR);
  await expect(second).rejects.toThrow(fingerprint);
  expect(await administer(databaseUrl, count)).toEqual(before);
});

test("connection_limit in the address says how many connections an instance keeps", async () => {
  const base = "postgresql://coffer@db.example.com/coffer";
  expect(connectionsOf(base)).toEqual({ prisma: 8, direct: 4 });
  expect(connectionsOf(`${base}?connection_limit=3`)).toEqual({ prisma: 2, direct: 1 });
  for (const wrong of ["2", "0", "-1", "1e1", "201", "many", ""]) {
    expect(() => connectionsOf(`${base}?connection_limit=${wrong}`)).toThrow("from 3 to 200");
  }
  const few = new URL(await newDatabase());
  few.searchParams.set("connection_limit", "3");
  const coffer = await startCoffer({ databaseUrl: few.href });
  const ready = () => fetch(`${coffer.url}/health/ready`);
  for (const { status } of await Promise.all(Array.from({ length: 40 }, ready))) {
    expect(status).toBe(200);
  }
});
