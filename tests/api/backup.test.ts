import { spawnSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { linkOf } from "../../lib/audit/link";
import { openBackup, sealBackup } from "../../lib/crypto/backup-stream";
import { LEFT_OUT } from "../../lib/store/backup-rows";
import type { ServiceInfo } from "../../lib/shapes";
import { readContent } from "../../lib/vault/backup-content";
import {
  asAdmin,
  asService,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  shareCoffer,
  startCoffer,
  temporaryHome,
  type Client,
} from "../support/coffer";
import { runCoffer, type Ran } from "../support/command";
import { PASSPHRASE, restoreInto } from "../support/backup";
import { TEST_KEY } from "../support/keys";

const CONFIG = { key: "$SECRET/API_KEY", old: "{{Secrets.API_KEY@1}}" };

const backUp = (home: string, file = "coffer.backup", passphrase = PASSPHRASE) =>
  runCoffer(["backup", file, "--passphrase-stdin"], { home, input: passphrase });

/** Restores a backup into a home of its own. */
const restore = (home: string, file: string, more: Record<string, string> = {}): Promise<Ran> => {
  const { passphrase = PASSPHRASE, ...env } = more;
  return runCoffer(["restore", file, "--passphrase-stdin"], { home, input: passphrase, env });
};

const shared = shareCoffer();
let service: ServiceInfo;
let token: string;
let config: object;
/** The path of the shared vault's backup. */
let file: string;

/** A vault with a bit of everything, and its backup: for all tests, which take it as it is. */
beforeAll(async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "API_KEY", "first value");
  await mustRotate(admin, "API_KEY", "second value");
  await mustCreateSecret(admin, "PURGED", "value");
  await mustRotate(admin, "PURGED", "value");
  must(204, await admin.delete("/api/v1/secrets/PURGED?purge=true"));
  service = await mustCreateService(admin, "gateway", ["*"], { versions: "any" });
  const off = await mustCreateService(admin, "off", ["*"]);
  must(200, await admin.patch(`/api/v1/services/${off.id}`, { disabled: true }));
  ({ token } = await mustMintToken(admin, service.id));
  const resolved = must(200, await asService(coffer, token).resolve(CONFIG));
  ({ config } = resolved as { config: object });
  const ran = await backUp(coffer.home);
  expect(ran.code, ran.stderr).toBe(0);
  file = join(coffer.home, "coffer.backup");
});

/** What is in a home's folder of data. */
const left = (home: string): string[] =>
  existsSync(join(home, "data")) ? readdirSync(join(home, "data")) : [];

describe("a backup, restored elsewhere", () => {
  test("resolves the same, once an admin has enabled the service again, and goes on where it ended", async () => {
    const { coffer, admin } = shared;
    const home = temporaryHome();
    const ran = await restore(home, file);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("gateway in default, live tokens: 1");
    expect(ran.stdout).not.toContain("off in default");
    expect(statSync(join(home, "data/coffer.db")).mode & 0o777).toBe(0o600);

    const restored = await startCoffer({ home, admin: false });
    // Nobody is signed in, and no token works.
    const before = await fetch(`${restored.url}/api/v1/whoami`, { headers: admin.headers });
    expect(before.status).toBe(401);
    const gateway = asService(restored, token);
    expect((await gateway.resolve(CONFIG)).json).toMatchObject({ code: "service_disabled" });
    const again = await asAdmin(restored);
    must(200, await again.patch(`/api/v1/services/${service.id}`, { disabled: false }));
    expect(must(200, await gateway.resolve(CONFIG))).toMatchObject({ config });
    expect(await restored.vault.people.needsSetup()).toBe(false);

    // Version numbers go on, also those of what was purged.
    expect((await mustRotate(again, "API_KEY", "third value")).version).toBe(3);
    expect((await mustCreateSecret(again, "PURGED", "value")).version).toBe(3);

    // The new journal is linked to where the old ones ended: to each, or to one that is linked to it.
    const { db } = await restored.database();
    const first = await db.auditEvent.findFirstOrThrow({ where: { action: "backup.restore" } });
    expect(first).toMatchObject({ seq: 1, actorKind: "operator", outcome: "ok" });
    const old = await (await coffer.database()).db.journal.findMany();
    const opened = await db.journal.findUniqueOrThrow({ where: { id: first.journalId } });
    const heads = [...old, opened].flatMap((journal) => linkOf(journal)?.heads ?? []);
    expect(new Set(heads.map(([id]) => id))).toEqual(new Set(old.map(({ id }) => id)));
    for (const [journalId, seq] of linkOf(opened)?.heads ?? []) {
      const { _max } = await db.auditEvent.aggregate({ where: { journalId }, _max: { seq: true } });
      expect(_max.seq).toBe(seq);
    }
  });

  test("has every table and column of the schema, but for what is left out", async () => {
    const schema = readFileSync("prisma/schema.prisma", "utf8");
    const models = Array.from(schema.matchAll(/^model (\w+) \{/gm), ([, name]) => name ?? "");
    const tables = new Map<string, number>();
    const stored: string[] = [];
    for await (const line of readContent(openBackup(PASSPHRASE, createReadStream(file)))) {
      if (line.kind === "table") tables.set(line.table.table, line.table.rows);
      if (line.kind === "row") stored.push(JSON.stringify(line.row));
    }
    expect([...tables.keys()].sort()).toEqual(models.sort());
    expect(Object.keys(LEFT_OUT)).toEqual(["Instance", "Session", "OneTimeLink"]);
    expect(tables.get("Session")).toBe(0);
    expect(tables.get("Instance")).toBe(0);
    expect(tables.get("Secret")).toBe(1);
    // The passphrase alone opens no value and no key.
    for (const secret of ["first value", "second value", TEST_KEY]) {
      expect(stored.join("\n")).not.toContain(secret);
    }
    expect(readFileSync(file).includes("API_KEY")).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is of one moment, while others write", async () => {
    const { coffer, admin } = shared;
    const running = new AbortController();
    const writing = (async () => {
      for (let n = 0; !running.signal.aborted; n++) {
        await mustCreateSecret(admin, `MEANWHILE_${String(n)}`, "value");
      }
    })();
    const ran = await backUp(coffer.home, "second.backup");
    running.abort();
    await writing;
    expect(ran.code, ran.stderr).toBe(0);
    const home = temporaryHome();
    await restoreInto(home, join(coffer.home, "second.backup"));
    const restored = await startCoffer({ home, admin: false });
    const { db } = await restored.database();
    expect(await db.secret.count({ where: { versions: { none: {} } } })).toBe(0);
    expect((await (await asAdmin(restored)).get("/api/v1/integrity")).json).toMatchObject({
      tampered: 0,
    });
  });

  test("who writes to the database can't put a service into force that is held", async () => {
    const home = temporaryHome();
    await restoreInto(home, file);
    const restored = await startCoffer({ home, admin: false });
    const store = await restored.database();
    await store.write((tx) => tx.service.updateMany({ data: { disabledAt: null } }));
    const answer = await asService(restored, token).resolve(CONFIG);
    expect(answer.json).toMatchObject({ code: "tampered" });
  });
});

describe("what can't be restored is refused in words, and nothing is made", () => {
  test("another passphrase, key, or file", async () => {
    const { coffer } = shared;
    const bytes = readFileSync(file);
    const write = (name: string, content: Buffer) => {
      writeFileSync(join(coffer.home, name), content);
      return join(coffer.home, name);
    };
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
    const newer = Buffer.from(bytes.toString("latin1").replace("backup 1", "backup 2"), "latin1");
    const cases: [string, Parameters<typeof restoreInto>[2], string][] = [
      [file, { masterKey: "another master key for tests" }, "is not the one this vault"],
      [file, { masterKey: undefined }, "TYK_AI_SECRET_KEY is not set"],
      [write("empty", Buffer.alloc(0)), {}, "not a backup"],
      [write("png", Buffer.from("89504e470d0a1a0a0000000d", "hex")), {}, "not a backup"],
      [write("flipped", flipped), {}, "damaged"],
      [write("cut", bytes.subarray(0, -100)), {}, "backup"],
      [write("newer", newer), {}, "newer version of Coffer"],
    ];
    for (const [path, how, words] of cases) {
      const home = temporaryHome();
      const refusal = expect(restoreInto(home, path, how), path).rejects;
      await refusal.toMatchObject({
        name: "CofferError",
        message: expect.stringContaining(words) as string,
      });
      expect(left(home), path).toEqual([]);
    }
    const home = temporaryHome();
    const ran = await restore(home, file, { passphrase: "not this passphrase" });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("The passphrase is not the one");
    expect(left(home)).toEqual([]);
    const none = await restore(temporaryHome(), join(coffer.home, "none"));
    expect(none).toMatchObject({ code: 2 });
  });

  test("into a database that has a vault; into an empty one it is", async () => {
    const { home, vault } = shared.coffer;
    const ran = await restore(home, file);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stderr).toContain("has a vault in it");
    expect(await vault.people.needsSetup()).toBe(false);
    const empty = temporaryHome();
    mkdirSync(join(empty, "data"));
    writeFileSync(join(empty, "data/coffer.db"), "");
    await restoreInto(empty, file);
    expect(left(empty)).toEqual(["coffer.db"]);
  });
});

describe("where DATABASE_URL names something else than a database, a restore says so and changes nothing:", () => {
  test("a text, a folder, something below a file", async () => {
    const home = temporaryHome();
    const file = join(home, "notes.txt");
    const text = "These are notes, and no database at all. ".repeat(200);
    writeFileSync(file, text);
    const words: [url: string, words: string][] = [
      [`file:${file}`, "is there and is no database that can be read"],
      [`file:${home}`, "is there and is no database that can be read"],
      [`file:${join(file, "coffer.db")}`, "can't be made or read"],
    ];
    for (const [DATABASE_URL, expected] of words) {
      const ran = await restore(home, file, { DATABASE_URL });
      expect(ran).toMatchObject({ code: 1, stdout: "" });
      expect(ran.stderr).toContain(expected);
      expect(ran.stderr).toContain(DATABASE_URL);
      expect(ran.stderr).toContain("Nothing was changed.");
    }
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(home)).toEqual(["notes.txt"]);
  });
});

test("the passphrase is that of the settings where no option gives one, and a job without any is told how", async () => {
  const { home } = shared.coffer;
  writeFileSync(join(home, "passphrase"), `${PASSPHRASE}\n`);
  const env = { COFFER_BACKUP_PASSPHRASE_FILE: join(home, "passphrase") };
  const ran = await runCoffer(["backup", "by-setting.backup", "--json"], { home, env });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const { file: made, rows } = JSON.parse(ran.stdout) as { file: string; rows: number };
  expect(await restoreInto(temporaryHome(), made)).toMatchObject({ rows });
  const none = await runCoffer(["backup", "none.backup"], { home });
  expect(none).toMatchObject({ code: 2, stdout: "" });
  expect(none.stderr).toContain("set COFFER_BACKUP_PASSPHRASE, or give --passphrase-file");
  expect(existsSync(join(home, "none.backup"))).toBe(false);
});

describe("a backup that can't be written leaves nothing", () => {
  test("where a file is in its place, a folder is missing, the passphrase is short", async () => {
    const { coffer } = shared;
    const bytes = readFileSync(file);
    expect(await backUp(coffer.home)).toMatchObject({ code: 2 });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    const nowhere = await backUp(coffer.home, "none/coffer.backup");
    expect(nowhere).toMatchObject({ code: 1 });
    expect(nowhere.stderr).toContain("there is no such folder");
    const short = await backUp(coffer.home, "other.backup", "short");
    expect(short).toMatchObject({ code: 1 });
    expect(short.stderr).toContain("at least 12 characters");
    expect(existsSync(join(coffer.home, "other.backup"))).toBe(false);
  });

  test("where the disk is full", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (let n = 0; n < 8; n++)
      await mustCreateSecret(admin, `BIG_${String(n)}`, "x".repeat(65_536));
    await coffer.stop(); // its own files would be too large, too
    const before = readdirSync(coffer.home);
    // Larger than the write-ahead log grows here, smaller than the backup.
    const command = `ulimit -f 400; exec "$0" "$@"`;
    const args = [
      "scripts/coffer.mjs",
      "backup",
      join(coffer.home, "full.backup"),
      "--passphrase-stdin",
    ];
    const ran = spawnSync("bash", ["-c", command, process.execPath, ...args], {
      input: PASSPHRASE,
      encoding: "utf8",
      env: {
        ...{ NODE_ENV: "production", PATH: process.env["PATH"], TYK_AI_SECRET_KEY: TEST_KEY },
        DATABASE_URL: coffer.config.databaseUrl,
      },
    });
    expect(ran.status, ran.stderr).toBe(1);
    expect(ran.stderr).toContain("larger than files may be here. No part of it was left.");
    expect(readdirSync(coffer.home)).toEqual(before);
  });
});

test("a backup is on record, by whom, before its first byte and after its last", async () => {
  const { coffer } = shared;
  const { db } = await coffer.database();
  const where = { action: "backup.create", actorKind: "operator", outcome: "ok" };
  const [first, last] = await db.auditEvent.findMany({ where, take: 2, orderBy: { at: "asc" } });
  expect([first?.code, last?.code]).toEqual(["started", "finished"]);
  expect(first?.target).toMatch(/^backup of \d{4}-/);
  expect(last?.target).toBe(first?.target);
  const caller = { kind: "nobody" as const, origin: { address: "", userAgent: "", requestId: "" } };
  await expect(coffer.vault.backups.take(caller, PASSPHRASE)).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

describe("a backup of another schema", () => {
  const OLD = "tests/fixtures/backups/0007_keys";

  test("is brought up to date where it is older: the oldest that there is", async () => {
    const { token: known } = JSON.parse(readFileSync(`${OLD}.json`, "utf8")) as { token: string };
    const home = temporaryHome();
    const { held, takenAt } = await restoreInto(home, `${OLD}.backup`);
    expect(held).toEqual([{ name: "gateway", environment: "default", tokens: 1 }]);
    expect(takenAt).toMatch(/^2026-/);
    const restored = await startCoffer({ home, admin: false });
    const admin = await asAdmin(restored);
    must(200, await admin.post("/api/v1/held-services", { enable: [await onlyHeld(admin)] }));
    const answer = await asService(restored, known).resolve(CONFIG);
    expect(must(200, answer)).toMatchObject({
      config: { key: "second value", old: "first value" },
    });
    expect((await mustCreateSecret(admin, "PURGED", "value")).version).toBe(3);
    expect((await admin.get("/api/v1/integrity")).json).toMatchObject({ tampered: 0 });
    const { db } = await restored.database();
    expect(await db.serviceName.findMany({ select: { name: true } })).toEqual([
      { name: "gateway" },
    ]);
    expect(await db.secret.findFirst({ where: { name: "API_KEY" } })).toMatchObject({
      ...{ description: "Of the gateway", rotateEveryDays: 30 },
    });
  });

  test("is refused where it is newer, and which it is of is said", async () => {
    const lines: string[] = [];
    const stream = openBackup(PASSPHRASE, createReadStream(`${OLD}.backup`));
    for await (const piece of stream) lines.push(piece.toString());
    const text = lines.join("").replace('"0007_keys"', '"0007_keys","9999_of_the_future"');
    const home = temporaryHome();
    const newer = join(home, "newer.backup");
    const pieces: Buffer[] = [];
    for await (const piece of sealBackup(PASSPHRASE, inOnePiece(text))) pieces.push(piece);
    writeFileSync(newer, Buffer.concat(pieces));
    await expect(restoreInto(home, newer)).rejects.toMatchObject({
      code: "invalid_backup",
      message: expect.stringContaining("newer Coffer (migration 9999_of_the_future)") as string,
    });
    expect(left(home)).toEqual([]);
  });
});

async function onlyHeld(admin: Client): Promise<string> {
  const { items } = must(200, await admin.get("/api/v1/held-services")) as { items: ServiceInfo[] };
  expect(items).toHaveLength(1);
  return items[0]?.id ?? "";
}

async function* inOnePiece(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}
