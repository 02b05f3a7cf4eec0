import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openBackup } from "../../lib/crypto/backup-stream";
import type { BackupStatus } from "../../lib/shapes";
import { makeBackup, type BackupMaker } from "../../lib/vault/backup-maker";
import { restoreBackup } from "../../lib/vault/restore";
import { threadedBackups } from "../../lib/vault/threaded-backups";
import {
  asAdmin,
  must,
  mustCreateSecret,
  recordText,
  startCoffer,
  temporaryHome,
  type Client,
  type Coffer,
} from "../support/coffer";
import { databaseUrlOf, ON_POSTGRES } from "../support/database";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";

/* A backup over HTTP: the file that `coffer backup` writes, handed to an admin as it is made. */

const BACKUP = "/api/v1/backup";
const PASSPHRASE = "a passphrase for tests";
const MINUTE_MS = 60_000;

// Where Node finds the packages that the bundle leaves out.
mkdirSync("dist", { recursive: true });
const folder = mkdtempSync(join(process.cwd(), "dist", "test-"));
const bundled = join(folder, "backup.mjs");

beforeAll(async () => {
  await build({
    ...{ entryPoints: ["lib/vault/backup-thread.ts"], outfile: bundled, bundle: true },
    ...{ format: "esm", platform: "node", packages: "external", logLevel: "silent" },
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for a backup, and returns the answer once it has begun. */
function ask(admin: Client, signal?: AbortSignal): Promise<Response> {
  return fetch(admin.url + BACKUP, {
    method: "POST",
    headers: { ...admin.headers, "content-type": "application/json" },
    body: JSON.stringify({ passphrase: PASSPHRASE }),
    signal: signal ?? null,
  });
}

const statusOf = async (admin: Client): Promise<BackupStatus> =>
  must(200, await admin.get(BACKUP)) as BackupStatus;

/** What is on record of backups, in order: outcome and code. */
async function recorded(coffer: Coffer): Promise<string[]> {
  const { db } = await coffer.database();
  const where = { action: "backup.create" };
  const events = await db.auditEvent.findMany({ where, orderBy: { seq: "asc" } });
  return events.map(({ actorName, outcome, code }) => `${actorName} ${outcome} ${code}`);
}

const ADMIN = TEST_ADMIN.email;

/** Waits until `probe` gives something that is true: what it waits for must come to pass. */
async function until(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether nobody reads the database at one moment any more: SQLite's log can be emptied then. */
async function isUnread(coffer: Coffer): Promise<boolean> {
  const { db } = await coffer.database();
  const [said] = await db.$queryRawUnsafe<{ busy: bigint }[]>(
    ON_POSTGRES
      ? `SELECT count(*) AS "busy" FROM pg_stat_activity
        WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`
      : "PRAGMA wal_checkpoint(TRUNCATE)",
  );
  return Number(said?.busy) === 0;
}

/** A database that is not there, and what the log says of a backup of it. */
const nowhere = () =>
  ON_POSTGRES
    ? { url: "postgresql://coffer@127.0.0.1:1/none", why: ["ECONNREFUSED", "openPostgresSnapshot"] }
    : {
        url: `file:${join(temporaryHome(), "none.db")}`,
        why: ["SqliteError", "SQLITE_CANTOPEN", "openSnapshot"],
      };

/** A vault whose backup does not fit into what a connection holds on its way. */
async function large(coffer: Coffer, admin: Client): Promise<void> {
  await mustCreateSecret(admin, "FIRST", "value");
  const store = await coffer.database();
  const { id: secretId } = await store.db.secret.findFirstOrThrow();
  const sealed = "x".repeat(60_000);
  await store.write((tx) =>
    tx.secretVersion.createMany({
      data: Array.from({ length: 500 }, (_, n) => ({
        ...{ secretId, version: n + 2, sealed, createdAt: coffer.clock.now(), createdBy: "test" },
      })),
    }),
  );
}

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of all) yield Promise.resolve(Buffer.from(piece));
}

describe.each([
  ["in this thread", () => undefined],
  ["in a thread of its own", () => threadedBackups(bundled)],
])("a backup that an admin downloads, made %s,", (_where, makerOf) => {
  const start = () => {
    const backups = makerOf();
    return startCoffer(backups ? { backups } : {});
  };

  test("is one that is restored, and by whom it was taken is told and on record", async () => {
    const coffer = await start();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "API_KEY", "the value");
    expect(await statusOf(admin)).toMatchObject({ last: null, underWay: null });
    const answer = await ask(admin);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="coffer-\d{4}-\d\d-\d\d-\d{4}\.backup"$/,
    );
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { last, underWay, fingerprint } = await statusOf(admin);
    expect(last).toMatchObject({ takenBy: ADMIN, bytes: bytes.length });
    expect(last?.rows).toBeGreaterThan(5);
    expect(underWay).toBeNull();
    expect(fingerprint).toMatch(/^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
    expect(await recorded(coffer)).toEqual([`${ADMIN} ok started`, `${ADMIN} ok finished`]);
    expect(await recordText(coffer)).not.toContain(PASSPHRASE);
    expect(coffer.log.join("\n")).not.toContain(PASSPHRASE);

    const home = temporaryHome();
    const file = join(home, "downloaded.backup");
    writeFileSync(file, bytes);
    const restored = await restoreBackup({
      config: { root: process.cwd(), databaseUrl: await databaseUrlOf(home) },
      ...{ masterKey: TEST_KEY, file, passphrase: PASSPHRASE, progress: () => undefined },
      signal: new AbortController().signal,
    });
    expect(restored.rows).toBe(last?.rows);
  });

  test("ends with whoever goes away: on record, and what is left is refused as cut", async () => {
    const coffer = await start();
    const admin = await asAdmin(coffer);
    await large(coffer, admin);
    const controller = new AbortController();
    const answer = await ask(admin, controller.signal);
    const reader = answer.body?.getReader();
    const got: Uint8Array[] = [];
    for (let bytes = 0; bytes < 200_000;) {
      const { value } = (await reader?.read()) ?? {};
      if (!value) throw new Error("The backup is smaller than this test takes it to be.");
      got.push(value);
      bytes += value.length;
    }
    const { underWay } = await statusOf(admin);
    expect(underWay).toMatchObject({ by: ADMIN });
    expect(underWay?.total).toBeGreaterThan(500);
    const second = await admin.post(BACKUP, { passphrase: PASSPHRASE });
    expectProblem(second, 409, "backup_under_way");
    controller.abort();
    await until(async () => (await recorded(coffer)).length === 3);
    expect((await recorded(coffer)).sort()).toEqual([
      `${ADMIN} failed backup_under_way`,
      `${ADMIN} failed broken_off`,
      `${ADMIN} ok started`,
    ]);
    expect(await statusOf(admin)).toMatchObject({ last: null, underWay: null });
    const cut = (async () => {
      let length = 0;
      for await (const piece of openBackup(PASSPHRASE, pieces(...got))) length += piece.length;
      return length;
    })();
    await expect(cut).rejects.toMatchObject({ code: "invalid_backup" });
    // Nobody reads at that moment any more.
    await until(() => isUnread(coffer));
    must(200, await admin.post(BACKUP, { passphrase: PASSPHRASE }));
  });

  test("is answered with a problem where it fails before its first byte: on record once, and the log says why", async () => {
    const make = makerOf() ?? makeBackup;
    const { url: databaseUrl, why } = nowhere();
    const coffer = await startCoffer({ backups: (order) => make({ ...order, databaseUrl }) });
    const admin = await asAdmin(coffer);
    const answer = await ask(admin);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.get("content-disposition")).toBeNull();
    const { code } = (await answer.json()) as { code: string };
    expect(await recorded(coffer)).toEqual([`${ADMIN} ok started`, `${ADMIN} failed ${code}`]);
    const said = coffer.log.filter((line) => line.includes("a backup could not be made")).join();
    for (const word of why) expect(said).toContain(word);
    expect(said).not.toMatch(/unable to open|connect E/); // nor any other message
    expect(await statusOf(admin)).toMatchObject({ last: null, underWay: null });
  });

  test("that fails after its first byte is on record once, and the log says why", async () => {
    const make = makerOf() ?? makeBackup;
    const failing: BackupMaker = async function* (order) {
      for await (const piece of make(order)) {
        yield piece;
        throw Object.assign(new Error("the-value"), { code: "SQLITE_CORRUPT" });
      }
    };
    const coffer = await startCoffer({ backups: failing });
    const answer = await ask(await asAdmin(coffer));
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    await until(async () => (await recorded(coffer)).length > 1);
    expect(await recorded(coffer)).toEqual([`${ADMIN} ok started`, `${ADMIN} failed internal`]);
    expect(coffer.log.join()).toContain("SQLITE_CORRUPT");
    expect(coffer.log.join()).not.toContain("the-value");
  });

  test("is broken off and on record where Coffer stops", async () => {
    const coffer = await start();
    const admin = await asAdmin(coffer);
    await large(coffer, admin);
    const { pieces: taken } = await coffer.vault.backups.take(OPERATOR, PASSPHRASE);
    expect((await taken.next()).done).toBe(false);
    const { home } = coffer;
    await coffer.stop();
    await expect(taken.next()).rejects.toMatchObject({ code: "unavailable" });
    const again = await startCoffer({ home, admin: false });
    expect(await recorded(again)).toEqual(["operator ok started", "operator failed stopped"]);
  });
});

describe("a backup is not begun", () => {
  test("for who has not shown lately that it is them, nor under a passphrase that is too short", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const short = await admin.post(BACKUP, { passphrase: "short" });
    expect(expectProblem(short, 422, "weak_password")["errors"]).toMatchObject([
      { pointer: "/passphrase" },
    ]);
    expectProblem(await admin.post(BACKUP, {}), 400, "invalid_request");
    const much = { passphrase: "x".repeat(10_000) };
    expectProblem(await admin.post(BACKUP, much), 413, "body_too_large");
    coffer.clock.advance(6 * MINUTE_MS);
    const late = await admin.post(BACKUP, { passphrase: PASSPHRASE });
    expectProblem(late, 403, "confirmation_required");
    must(204, await admin.post("/api/v1/account/confirm", { password: TEST_ADMIN.password }));
    expect((await admin.post(BACKUP, { passphrase: PASSPHRASE })).status).toBe(200);
    const all = await recorded(coffer);
    expect(all.filter((event) => event.endsWith("started"))).toHaveLength(1);
  });
});
