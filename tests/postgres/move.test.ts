import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { openJournal } from "../../lib/audit/journal";
import { readSettings } from "../../lib/config";
import { openSnapshot } from "../../lib/store/backup-rows";
import { peekKeyring } from "../../lib/store/keyring-rows";
import { openStore } from "../../lib/store/store";
import { moveVault, type Moved, type MoveOptions } from "../../lib/vault/move";
import { openVault } from "../../lib/vault/open-vault";
import {
  asAdmin,
  asService,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
  temporaryHome,
  type Client,
} from "../support/coffer";
import { runCoffer } from "../support/command";
import { TEST_KEY } from "../support/keys";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";

const server = inject("postgresUrl");
const CONFIG = { key: "$SECRET/API_KEY", old: "{{Secrets.API_KEY@1}}" };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function emptyDatabase(): Promise<string> {
  const databaseUrl = await makeDatabase(server, "nothing");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  return databaseUrl;
}

/** A vault in a file that no process works on, with a service and somebody who is signed in. */
async function prepare() {
  const home = temporaryHome();
  const databaseUrl = `file:${join(home, "data/coffer.db")}`;
  const coffer = await startCoffer({ home, databaseUrl });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "first value");
  await mustRotate(admin, "API_KEY", "second value");
  await mustCreateSecret(admin, "TEXTS", "value", { description: 'ü\n"\\ ключ 𝒳' });
  const service = await mustCreateService(admin, "gateway", ["*"], { versions: "any" });
  const { token } = await mustMintToken(admin, service.id);
  await coffer.stop();
  return { home, databaseUrl, token, admin };
}

function configOf(databaseUrl: string): Pick<MoveOptions, "config" | "masterKey"> {
  const env = { TYK_AI_SECRET_KEY: TEST_KEY } as never;
  const { config, masterKey } = readSettings({ root: process.cwd(), home: "/nowhere", env });
  return { config: { ...config, databaseUrl }, masterKey };
}

/** As the command does, from a database that may be of any kind. */
async function move(from: string, to: string, how: Partial<MoveOptions> = {}): Promise<Moved> {
  const options = { ...configOf(from), previousMasterKey: undefined, log };
  const { vault } = await openVault({ ...options, command: "migrate-to" });
  const { signal } = new AbortController();
  const watch = { progress: () => undefined, signal, asItIs: false, ...how };
  return moveVault(vault, { ...options, ...watch, to }).finally(() => vault.close());
}

/** Every row, but for the processes and for what a move itself has put on record. */
async function rowsOf(databaseUrl: string, journals: readonly string[]) {
  const snapshot = await openSnapshot(databaseUrl, { Instance: "1 = 0" });
  const all: Record<string, string[]> = {};
  for (const table of snapshot.tables) {
    const rows: string[] = (all[table.table] = []);
    for await (const page of snapshot.rows(table)) {
      rows.push(...page.map((row) => JSON.stringify(row)));
    }
    all[table.table] = rows.filter((row) => journals.every((id) => !row.includes(id)));
  }
  await snapshot.close();
  return all;
}

async function eventsOf(databaseUrl: string) {
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  const events = await store.db.auditEvent.findMany({
    where: { action: "vault.move" },
    orderBy: { at: "asc" },
  });
  await store.close();
  return events;
}

const say = ({ outcome, code, target }: { outcome: string; code: string; target: string }) =>
  [outcome, code, target] as const;

test("the command moves a vault to PostgreSQL as it is: tokens and sessions work there, and it says what to set", async () => {
  const { home, databaseUrl: from, token, admin } = await prepare();
  const to = await emptyDatabase();
  writeFileSync(join(home, "url"), `${to}\n`);
  const env = { DATABASE_URL: from };
  const ran = await runCoffer(["migrate-to", "--url-file", "url"], { home, env });
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain("All are as Coffer wrote them.");
  expect(ran.stdout).toContain(`  DATABASE_URL_FILE=${join(home, "url")}\n`);
  const password = new URL(to).password;
  expect(ran.stdout + ran.stderr).not.toContain(password);

  const here = await eventsOf(from);
  const there = await eventsOf(to);
  expect(here.map(({ outcome, code }) => [outcome, code])).toEqual([
    ["ok", "started"],
    ["ok", "finished"],
  ]);
  expect(there.map(say)).toEqual([
    ["ok", "started", here[0]?.target],
    ["ok", "", `from ${from}`],
  ]);
  expect(JSON.stringify([here, there])).not.toContain(password);
  const moved = [here[0]?.journalId ?? "", there[1]?.journalId ?? ""];
  const rows = await rowsOf(to, moved);
  expect(rows).toEqual(await rowsOf(from, moved));
  expect(rows["Session"]).toHaveLength(1);

  const coffer = await startCoffer({ databaseUrl: to, admin: false });
  const resolved = must(200, await asService(coffer, token).resolve(CONFIG));
  expect(resolved).toMatchObject({ config: { key: "second value", old: "first value" } });
  const stillIn = await fetch(`${coffer.url}/api/v1/whoami`, { headers: headersOf(admin) });
  expect(stillIn.status).toBe(200);
  expect((await mustRotate(await asAdmin(coffer), "API_KEY", "third value")).version).toBe(3);
});

const headersOf = ({ headers }: Client): Record<string, string> => headers;

test("a vault goes to PostgreSQL and back, and is the same; the record is one chain through all of it", async () => {
  const { databaseUrl: first, token } = await prepare();
  const second = await emptyDatabase();
  const third = `file:${join(temporaryHome(), "back/coffer.db")}`;
  const there = await move(first, second);
  expect(there).toMatchObject({ values: 3, unopened: 0, tampered: 0, findings: 0 });
  const env = { DATABASE_URL: second };
  const ran = await runCoffer(["migrate-to", third, "--json"], { home: temporaryHome(), env });
  expect(ran.code, ran.stderr).toBe(0);
  const back = JSON.parse(ran.stdout) as Moved;
  expect(back).toMatchObject({ values: 3, unopened: 0, tampered: 0, findings: 0 });
  expect(back.events).toBeGreaterThan(there.events);
  const journals = [first, second, third].map(async (url) => (await eventsOf(url)).map(journalOf));
  const moved = [...new Set((await Promise.all(journals)).flat())];
  expect(moved).toHaveLength(4); // leaving one, arriving in the next, leaving it, arriving in the last
  expect(await rowsOf(third, moved)).toEqual(await rowsOf(first, moved));
  const coffer = await startCoffer({ databaseUrl: third, admin: false });
  must(200, await asService(coffer, token).resolve(CONFIG));
});

test("who moves away from a server is told that what leads past its pooler is not to stay", async () => {
  const { databaseUrl: first } = await prepare();
  const second = await emptyDatabase();
  await move(first, second);
  const home = temporaryHome();
  const env = { DATABASE_URL: second, DATABASE_URL_DIRECT: second };
  const ran = await runCoffer(["migrate-to", "file:./back.db"], { home, env });
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain("  and no DATABASE_URL_DIRECT");
});

const journalOf = ({ journalId }: { journalId: string }): string => journalId;

test("what is interrupted or fails at any step has moved nothing, and the same command begins again", async () => {
  const { databaseUrl: from } = await prepare();
  const to = await emptyDatabase();
  for (const at of ["writing", "comparing", "opening", "verifying"]) {
    const stop = new AbortController();
    const progress = (step: string) => {
      if (step === at) stop.abort();
    };
    const stopped = move(from, to, { progress, signal: stop.signal });
    await expect(stopped, at).rejects.toThrow("Interrupted");
    expect(await peekKeyring(to), at).toBeNull();
  }
  const here = await eventsOf(from);
  expect(here.filter(({ code }) => code === "failed")).toHaveLength(4);
  expect(await move(from, to)).toMatchObject({ findings: 0 });
  await expect(move(from, to)).rejects.toMatchObject({ code: "not_empty" });
});

test("what was cut off before it was verified can't be started on, and the next move begins anew", async () => {
  const { databaseUrl: from } = await prepare();
  const to = await emptyDatabase();
  await move(from, to);
  // As a process leaves it that is killed while it verifies.
  await administer(
    to,
    `CREATE TABLE "_coffer_move" ("run" TEXT); INSERT INTO "_coffer_move" VALUES ('x')`,
  );
  await administer(to, `UPDATE "Secret" SET "description" = 'of the move before'`);
  await expect(startCoffer({ databaseUrl: to })).rejects.toThrow("has not come to its end");
  expect(await move(from, to)).toMatchObject({ findings: 0 });
  const kept = await administer(to, `SELECT 1 FROM "Secret" WHERE "description" LIKE '%before'`);
  expect(kept).toEqual([]);
  await (await startCoffer({ databaseUrl: to, admin: false })).stop();
});

test("a server that begins beside a move does not get into what is not verified, wherever the move overtakes it", async () => {
  const { databaseUrl: from } = await prepare();
  const to = await emptyDatabase();
  await move(from, to);
  const unfinished = `CREATE TABLE "_coffer_move" ("run" TEXT)`;
  const { config, masterKey } = configOf(to);
  // The move is verifying, and begins anew, once the server has seen that there is none.
  const late = openVault({
    ...{ config, masterKey, log },
    openJournal: async (...given) => {
      await administer(to, unfinished);
      return openJournal(...given);
    },
  });
  await expect(late).rejects.toThrow("has not come to its end");
  // The server has seen an empty database, and finds a vault in it.
  const journals = await administer(to, `SELECT "id" FROM "Journal" ORDER BY "id"`);
  const empty = await emptyDatabase();
  const seen = [empty, empty]; // for the warning of an address, and for the first look
  const early = openVault({
    ...{ masterKey, log },
    config: Object.defineProperty({ ...config }, "databaseUrl", { get: () => seen.pop() ?? to }),
  });
  await expect(early).rejects.toThrow("has not come to its end");
  expect(seen).toEqual([]);
  expect(await administer(to, `SELECT "id" FROM "Journal" ORDER BY "id"`)).toEqual(journals);
  expect(await administer(to, `SELECT 1 FROM "Instance"`)).toEqual([]);
  await administer(to, `DROP TABLE "_coffer_move"`);
  await (await startCoffer({ databaseUrl: to, admin: false })).stop();
});

test("a move that fails leaves what a server has begun to work on there, and it is not in force", async () => {
  const { databaseUrl: from } = await prepare();
  const to = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, to));
  await administer(to, A_SERVER_BEGINS);
  const stop = new AbortController();
  const progress = (step: string) => {
    if (step === "opening") stop.abort();
  };
  await expect(move(from, to, { progress, signal: stop.signal })).rejects.toThrow("Interrupted");
  expect(await administer(to, `SELECT 1 FROM "Secret"`)).not.toEqual([]);
  await expect(peekKeyring(to)).rejects.toThrow("has not come to its end");
});

test("an unfinished move is not emptied for the next one while a server works on it, and is once that is gone", async () => {
  const { databaseUrl: from } = await prepare();
  const to = await emptyDatabase();
  await move(from, to);
  await administer(
    to,
    `CREATE TABLE "_coffer_move" ("run" TEXT); INSERT INTO "_coffer_move" VALUES ('x')`,
  );
  await administer(
    to,
    `INSERT INTO "Instance" ("id", "kind", "fingerprint", "startedAt", "seenAt")
    SELECT 'another', 'server', '', "t", "t" FROM (SELECT now() AT TIME ZONE 'UTC' AS "t")`,
  );
  await expect(move(from, to)).rejects.toThrow(
    "A server works on what an unfinished move has left",
  );
  expect(await administer(to, `SELECT 1 FROM "Secret"`)).not.toEqual([]);
  await administer(to, `UPDATE "Instance" SET "seenAt" = "seenAt" - interval '46 seconds'`);
  expect(await move(from, to)).toMatchObject({ findings: 0 });
});

/** As one of an earlier version would, beside the move that verifies. */
const A_SERVER_BEGINS = `
  CREATE FUNCTION begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO "Instance" ("id", "kind", "fingerprint", "startedAt", "seenAt")
    VALUES ('another', 'server', '', now(), now());
    RETURN NULL;
  END $$;
  CREATE TRIGGER "Begins" AFTER INSERT ON "Instance" FOR EACH ROW WHEN (NEW."kind" = 'command') EXECUTE FUNCTION begins()`;

test("a vault that a server works on, or that somebody writes to meanwhile, is not moved", async () => {
  const { home, databaseUrl: from } = await prepare();
  const to = await emptyDatabase();
  const coffer = await startCoffer({ home, databaseUrl: from, admin: false });
  await expect(move(from, to)).rejects.toThrow("A server works on this vault. Stop Coffer");
  await coffer.stop();
  let isWritten = false;
  const progress = (step: string) => {
    if (step !== "comparing" || isWritten) return;
    isWritten = true;
    writeTo(from);
  };
  await expect(move(from, to, { progress })).rejects.toThrow("Something was written to the vault");
  expect((await eventsOf(from)).at(-1)).toMatchObject({ outcome: "failed", code: "changed" });
  expect(await peekKeyring(to)).toBeNull();
  expect(await move(from, to)).toMatchObject({ findings: 0 });
});

test("a move that was finished is one, also where its end can't be put on record in the database that was left", async () => {
  const { databaseUrl: from, token } = await prepare();
  const to = await emptyDatabase();
  const options = { ...configOf(from), previousMasterKey: undefined, log };
  const { vault } = await openVault({ ...options, command: "migrate-to" });
  const moves = { ...vault.moves, left: () => Promise.reject(new Error("the disk is full")) };
  const { signal } = new AbortController();
  const watch = { progress: () => undefined, signal, asItIs: false };
  const moved = await moveVault({ ...vault, moves }, { ...options, ...watch, to });
  await vault.close();
  expect(moved).toMatchObject({ findings: 0 });
  const coffer = await startCoffer({ databaseUrl: to, admin: false });
  must(200, await asService(coffer, token).resolve(CONFIG));
});

/** Puts something on record in another process, before anything in this one goes on. */
function writeTo(databaseUrl: string): void {
  execFileSync(process.execPath, [join(process.cwd(), "scripts/coffer.mjs"), "keys", "status"], {
    env: { ...process.env, DATABASE_URL: databaseUrl, TYK_AI_SECRET_KEY: TEST_KEY },
    stdio: "ignore",
  });
}

test("where something is not as Coffer wrote it the move says what, and takes it along only if told so", async () => {
  const { databaseUrl: from } = await prepare();
  const store = await openStore({
    databaseUrl: from,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  await store.write(async (tx) => {
    await tx.service.updateMany({ data: { disabledAt: null, rules: "[]" } });
    await tx.secretVersion.updateMany({
      where: { version: 2 },
      data: { sealed: "cfv1.0000000001.x" },
    });
  });
  await store.close();
  const to = await emptyDatabase();
  await expect(move(from, to)).rejects.toMatchObject({
    code: "tampered",
    details: { unopened: 1, tampered: 1, findings: 0 },
  });
  expect(await peekKeyring(to)).toBeNull();
  expect(await move(from, to, { asItIs: true })).toMatchObject({ unopened: 1, tampered: 1 });
});

test("a password on the command line, another vault in the way, and an address that is none are refused in words", async () => {
  const { home, databaseUrl } = await prepare();
  const env = { DATABASE_URL: databaseUrl };
  const run = (...args: string[]) => runCoffer(["migrate-to", ...args], { home, env });
  for (const address of [
    "postgresql://coffer:the-password@127.0.0.1:1/coffer",
    "postgresql://coffer@127.0.0.1:1/coffer?password=the-password",
    "postgresql://coffer:1/the-password@127.0.0.1:1/coffer",
  ]) {
    const typed = await run(address);
    expect(typed, address).toMatchObject({ code: 2, stdout: "" });
    expect(typed.stderr).toContain("Give it by --url-file or --url-stdin");
    expect(typed.stderr).not.toContain("the-password");
  }
  const unreachable = await run("postgresql://coffer@127.0.0.1:1/coffer");
  expect(unreachable).toMatchObject({ code: 1, stdout: "" });
  expect(unreachable.stderr).toContain("ECONNREFUSED");
  expect(await run("mysql://x/y")).toMatchObject({ code: 2, stdout: "" });
  expect(await run()).toMatchObject({ code: 2, stdout: "" });
  expect(await run("file:./data/coffer.db")).toMatchObject({ code: 2, stdout: "" });
  expect(await run("file:./other.db", "--url-file", "x")).toMatchObject({ code: 2, stdout: "" });
  expect(readdirSync(home)).toEqual(["data"]);
});
