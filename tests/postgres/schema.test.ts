import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { openSnapshot } from "../../lib/store/backup-rows";
import { TABLES } from "../../lib/store/tables";
import { PASSPHRASE, restoreTo } from "../support/backup";
import {
  asAdmin,
  must,
  mustCreateSecret,
  startCoffer,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { runCoffer, type Ran } from "../support/command";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";

const server = inject("postgresUrl");
const ROLE = new URL(server).username;
const nameOf = (databaseUrl: string) => new URL(databaseUrl).pathname.slice(1);

async function newDatabase(content: "schema" | "nothing" = "nothing"): Promise<string> {
  const databaseUrl = await makeDatabase(server, content);
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

/** A vault with one secret. */
async function fill(databaseUrl: string): Promise<Coffer> {
  const coffer = await startCoffer({ databaseUrl });
  await mustCreateSecret(await asAdmin(coffer), "KEY", "value");
  return coffer;
}

/** `coffer backup` into a file. */
async function backUp(databaseUrl: string): Promise<Ran & { file: string }> {
  const home = temporaryHome();
  writeFileSync(join(home, "passphrase"), PASSPHRASE);
  const file = join(home, "coffer.backup");
  const env = { DATABASE_URL: databaseUrl };
  const ran = await runCoffer(["backup", file, "--passphrase-file", "passphrase"], { home, env });
  return { ...ran, file };
}

async function moveTo(databaseUrl: string, to: string): Promise<Ran> {
  const home = temporaryHome();
  writeFileSync(join(home, "url"), to);
  const env = { DATABASE_URL: databaseUrl };
  return runCoffer(["migrate-to", "--url-file", "url"], { home, env });
}

/** Starts on a vault that is there, and expects its secret. */
async function expectSecret(databaseUrl: string): Promise<Coffer> {
  const coffer = await startCoffer({ databaseUrl, admin: false });
  const list = must(200, await (await asAdmin(coffer)).get("/api/v1/secrets"));
  expect(list).toMatchObject({ items: [{ name: "KEY" }] });
  return coffer;
}

test("the list of Coffer's tables is what the migrations make", async () => {
  const there = await administer(
    await newDatabase("schema"),
    `SELECT tablename AS "name" FROM pg_tables WHERE schemaname = 'public'
    AND tablename <> '_prisma_migrations' ORDER BY tablename COLLATE "C"`,
  );
  expect(there.map((row) => (row as { name: string }).name)).toEqual(TABLES);
});

test("a schema before public in the search path changes nothing: the vault is backed up, restored and moved whole", async () => {
  const databaseUrl = await newDatabase();
  const coffer = await fill(databaseUrl);
  await administer(databaseUrl, `CREATE SCHEMA "${ROLE}"`);
  const { code, stdout, stderr, file } = await backUp(databaseUrl);
  expect(code, stderr).toBe(0);
  expect(stdout).not.toMatch(/ 0 rows/);
  await coffer.stop();

  const restoredUrl = await newDatabase();
  await administer(restoredUrl, `CREATE SCHEMA "${ROLE}"`);
  await restoreTo(restoredUrl, file);
  await expectSecret(restoredUrl);

  const movedUrl = await newDatabase();
  await administer(movedUrl, `CREATE SCHEMA "${ROLE}"`);
  const moved = await moveTo(databaseUrl, movedUrl);
  expect(moved.code, moved.stderr).toBe(0);
  await expectSecret(movedUrl);
  for (const url of [restoredUrl, movedUrl]) {
    const sql = `SELECT tablename FROM pg_tables WHERE schemaname = '${ROLE}'`;
    expect(await administer(url, sql)).toEqual([]);
    await expect(restoreTo(url, file)).rejects.toMatchObject({ code: "not_empty" });
  }
});

test("an empty database with a schema that is named like the role gets its vault, in public", async () => {
  const databaseUrl = await newDatabase();
  await administer(databaseUrl, `CREATE SCHEMA "${ROLE}"`);
  await (await fill(databaseUrl)).stop();
  await (await expectSecret(databaseUrl)).stop();
  const there = await administer(
    databaseUrl,
    `SELECT DISTINCT schemaname AS "schema" FROM pg_tables
    WHERE tablename IN ('_prisma_migrations', 'Secret')`,
  );
  expect(there).toEqual([{ schema: "public" }]);
});

const OTHERS = `CREATE TABLE "AAAforeign" (id int); CREATE TABLE "things" (id int);
  INSERT INTO "things" VALUES (1)`;

test("tables that are not Coffer's are left alone: not backed up, not moved, not emptied, and in nobody's way", async () => {
  const databaseUrl = await newDatabase();
  const coffer = await fill(databaseUrl);
  const role = `other_${nameOf(databaseUrl).replaceAll("-", "_")}`;
  await administer(databaseUrl, `${OTHERS}; CREATE ROLE "${role}"`);
  await administer(databaseUrl, `ALTER TABLE "things" OWNER TO "${role}"`);
  onTestFinished(async () => {
    await administer(databaseUrl, `DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  });
  const { code, stderr, file } = await backUp(databaseUrl);
  expect(code, stderr).toBe(0);
  await coffer.stop();

  const restoredUrl = await newDatabase();
  await administer(restoredUrl, OTHERS);
  await restoreTo(restoredUrl, file);
  await expectSecret(restoredUrl);
  const movedUrl = await newDatabase();
  await administer(movedUrl, OTHERS);
  const moved = await moveTo(databaseUrl, movedUrl);
  expect(moved.code, moved.stderr).toBe(0);
  await expectSecret(movedUrl);
  for (const url of [databaseUrl, restoredUrl, movedUrl]) {
    expect(await administer(url, `SELECT id FROM "things"`), url).toEqual([{ id: 1 }]);
  }
});

test("a move that fails takes away what it has copied, and nothing else", async () => {
  const databaseUrl = await newDatabase();
  const coffer = await fill(databaseUrl);
  await coffer.stop();
  await administer(databaseUrl, `UPDATE "SecretVersion" SET "sealed" = 'damaged'`);
  const to = await newDatabase();
  await administer(to, OTHERS);
  expect((await moveTo(databaseUrl, to)).code).not.toBe(0);
  const left = `SELECT (SELECT count(*)::int FROM "things") AS "theirs", (SELECT count(*)::int FROM "Secret") AS "ours",
    to_regclass('"_coffer_move"') IS NULL AS "clean"`;
  expect(await administer(to, left)).toEqual([{ theirs: 1, ours: 0, clean: true }]);
});

test("a move to a file that is refused leaves no folder that it made", async () => {
  const databaseUrl = await newDatabase();
  const coffer = await fill(databaseUrl);
  const home = temporaryHome();
  const to = `file:${join(home, "sub/dir/coffer.db")}`;
  const refused = await moveTo(databaseUrl, to);
  expect(refused.stderr).toContain("A server works on this vault");
  expect(existsSync(join(home, "sub"))).toBe(false);
  expect(existsSync(home)).toBe(true);
  await coffer.stop();
  const moved = await moveTo(databaseUrl, to);
  expect(moved.code, moved.stderr).toBe(0);
  expect(existsSync(join(home, "sub/dir/coffer.db"))).toBe(true);
});

test("a backup of what is no vault is refused in words, and leaves no file", async () => {
  const databaseUrl = await newDatabase();
  await fill(databaseUrl);
  await administer(databaseUrl, `UPDATE "_prisma_migrations" SET "rolled_back_at" = now()`);
  const snapshot = await openSnapshot(databaseUrl);
  expect(snapshot.migrations).toEqual([]);
  await snapshot.close();
  const { code, stdout, file } = await backUp(databaseUrl);
  expect(code).not.toBe(0);
  expect(stdout).not.toContain("Backed up");
  expect(existsSync(file)).toBe(false);
});

/** What somebody has set on the server, and what a start says of it. */
const REFUSED: [what: string, set: (database: string) => string, words: RegExp][] = [
  [
    "a search path without public",
    (name) => `CREATE SCHEMA s2; ALTER DATABASE "${name}" SET search_path = 's2'`,
    /does not lead there.* search_path = public/,
  ],
  [
    "a table of the same name earlier in the search path",
    () => `CREATE SCHEMA "${ROLE}"; CREATE TABLE "${ROLE}"."Secret" (id int)`,
    /schema before public .*ALTER ROLE … SET search_path = public/,
  ],
  [
    "a DateStyle that is not ISO",
    (name) => `ALTER DATABASE "${name}" SET datestyle = 'German, DMY'`,
    /DateStyle is German, DMY.*SET datestyle = 'ISO'/,
  ],
];

test.each(REFUSED)(
  "a start refuses settings under which it would not work, and changes nothing: %s",
  async (_, set, words) => {
    const databaseUrl = await newDatabase();
    await administer(databaseUrl, set(nameOf(databaseUrl)));
    const start = startCoffer({ databaseUrl });
    await expect(start).rejects.toMatchObject({ code: "unavailable" });
    await expect(start).rejects.toThrow(words);
    const made = `SELECT count(*)::int AS "count" FROM pg_tables WHERE tablename IN ('_prisma_migrations', 'User')`;
    expect(await administer(databaseUrl, made)).toEqual([{ count: 0 }]);
  },
);

test("a search path in the address that does not lead to public is refused", async () => {
  const databaseUrl = `${await newDatabase()}?options=-c%20search_path%3Ds4`;
  await expect(startCoffer({ databaseUrl })).rejects.toThrow("take options= out of the address");
});
