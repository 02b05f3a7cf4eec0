import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { buildApi } from "../../lib/api/app";
import { readSettings, type Config } from "../../lib/config";
import { isCofferError, type CofferError } from "../../lib/errors";
import { openStore } from "../../lib/store/store";
import { openVault, type OpenedVault } from "../../lib/vault/open-vault";
import {
  asAdmin,
  Client,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  sessionCookie,
  startCoffer,
  tamper,
  temporaryHome,
} from "../support/coffer";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";

const OTHER_KEY = "another master key for tests";
const FINGERPRINT = /[0-9a-f]{4}(-[0-9a-f]{4}){3}/;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function configOf(home: string, env: Record<string, string> = {}, root = process.cwd()) {
  return readSettings({ root, home, env: { ...env } as never });
}

/** Opens the vault as a start of Coffer does, and closes it when the test ends. */
async function open(home: string, key?: string, root?: string): Promise<OpenedVault> {
  const { config, masterKey } = configOf(
    home,
    key === undefined ? {} : { TYK_AI_SECRET_KEY: key },
    root,
  );
  const opened = await openVault({ config, masterKey, log: silent });
  onTestFinished(() => opened.vault.close());
  return opened;
}

/** The error that a start is refused with. */
async function refusal(home: string, key?: string, root?: string): Promise<CofferError> {
  const error: unknown = await open(home, key, root).catch((thrown: unknown) => thrown);
  if (isCofferError(error)) return error;
  throw new Error("The start was not refused with an error that Coffer means to tell.", {
    cause: error,
  });
}

/** Every file of a home that says anything, with its bytes, but for what SQLite shares between processes. */
function bytesOf(home: string): Map<string, string> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile() && !entry.name.endsWith("-shm"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, readFileSync(path).toString("base64")] as const)
      .filter(([, bytes]) => bytes !== ""),
  );
}

/** A home with one secret in its database, as a stop leaves it, and what a service was told there. */
const template = { home: "", service: {} as Record<string, string>, tag: "" };

beforeAll(async () => {
  template.home = mkdtempSync(join(tmpdir(), "coffer-test-"));
  const { config, masterKey } = configOf(template.home, { TYK_AI_SECRET_KEY: TEST_KEY });
  const { vault } = await openVault({ config, masterKey, log: silent });
  const app = buildApi({ vault, config, log: silent });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const link = await vault.people.makeSetupLink(OPERATOR);
  await new Client(url).post("/api/v1/setup", { link, name: "Admin", ...TEST_ADMIN });
  const admin = new Client(url, {
    cookie: await sessionCookie({ vault }, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: url,
  });
  await mustCreateSecret(admin, "KEPT", "kept value");
  const { id } = await mustCreateService(admin, "reader", ["*"]);
  const { token } = await mustMintToken(admin, id);
  template.service = { authorization: `Bearer ${token}` };
  const answer = await new Client(url, template.service).resolve("$SECRET/KEPT");
  template.tag = String(answer.json?.["tag"]);
  await app.close();
  await vault.close();
});

afterAll(() => {
  rmSync(template.home, { recursive: true, force: true });
});

/** A copy of the template, for one test to spoil. */
function usedHome(): string {
  const home = temporaryHome();
  cpSync(template.home, home, { recursive: true });
  return home;
}

/** Changes a stopped home's database. */
async function change(home: string, sql: string): Promise<void> {
  const { config } = configOf(home);
  const store = await openStore(storeOptions(config));
  await store.write((tx) => tx.$executeRawUnsafe(sql));
  await store.close();
}

function storeOptions(config: Config) {
  return { databaseUrl: config.databaseUrl, prismaDirectory: join(config.root, "prisma") };
}

describe("a key that does not open the database", () => {
  test("is refused with the fingerprint that is needed, and no byte is changed", async () => {
    const home = usedHome();
    const before = bytesOf(home);
    const wrong = await refusal(home, OTHER_KEY);
    const missing = await refusal(home);
    const short = await refusal(home, `${TEST_KEY} `);
    expect([wrong.code, missing.code, short.code]).toEqual(["wrong_key", "wrong_key", "wrong_key"]);
    const needed = FINGERPRINT.exec(missing.message)?.[0] ?? "none";
    expect(wrong.message).toContain(needed);
    expect(short.message).toContain(needed);
    expect(missing.message).toMatch(/TYK_AI_SECRET_KEY/);
    for (const { message } of [wrong, missing, short]) {
      expect(message).not.toContain(TEST_KEY);
      expect(message).not.toContain(OTHER_KEY);
    }
    expect(bytesOf(home)).toEqual(before);

    const again = await startCoffer({ home });
    const answer = await new Client(again.url, template.service).resolve("$SECRET/KEPT");
    expect(answer.json).toMatchObject({ config: "kept value", tag: template.tag });
  });

  test("is refused beside a log of writes that a crash left, and none of it is changed or lost", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await mustCreateSecret(admin, "IN_THE_LOG", "kept value");
    const crashed = temporaryHome();
    cpSync(coffer.home, crashed, { recursive: true }); // what a crash leaves: no last checkpoint
    rmSync(join(crashed, "data", "coffer.db-shm"), { force: true });
    expect(statSync(join(crashed, "data", "coffer.db-wal")).size).toBeGreaterThan(0);
    const before = bytesOf(crashed);
    expect((await refusal(crashed, OTHER_KEY)).code).toBe("wrong_key");
    expect((await refusal(crashed)).code).toBe("wrong_key");
    expect(bytesOf(crashed)).toEqual(before);
    const again = await startCoffer({ home: crashed });
    const stored = await (await asAdmin(again)).get("/api/v1/secrets/IN_THE_LOG");
    expect(stored.status).toBe(200);
  });

  test("is refused also where the .env beside it has an empty one", async () => {
    const home = usedHome();
    writeFileSync(join(home, ".env"), "TYK_AI_SECRET_KEY=\n");
    const before = bytesOf(home);
    const missing = await refusal(home);
    expect(missing.code).toBe("wrong_key");
    expect(missing.message).toMatch(FINGERPRINT);
    expect(bytesOf(home)).toEqual(before);
  });

  test("comes before every migration: nothing is migrated for a key that does not open", async () => {
    const home = usedHome();
    const newer = rootWithMigration(
      "0009_extra",
      'BEGIN; CREATE TABLE "Extra" ("id" TEXT); COMMIT;',
    );
    const before = bytesOf(home);
    expect((await refusal(home, OTHER_KEY, newer)).code).toBe("wrong_key");
    expect((await refusal(home, undefined, newer)).code).toBe("wrong_key");
    expect(bytesOf(home)).toEqual(before);
    await open(home, TEST_KEY, newer);
    const { config } = configOf(home, {}, newer);
    const store = await openStore(storeOptions(config));
    expect(await store.db.$queryRawUnsafe('SELECT count(*) AS n FROM "Extra"')).toHaveLength(1);
    await store.close();
  });

  test("is told apart from a keyring that was changed in the database", async () => {
    const home = usedHome();
    await change(
      home,
      'UPDATE "WrappedKey" SET "wrapped" = replace("wrapped", substr("wrapped", -8, 4), \'AAAA\') WHERE "keyId" = 1',
    );
    const error = await refusal(home, TEST_KEY);
    expect(error.code).toBe("wrong_key");
    expect(error.message).toMatch(/data key 1/);
  });
});

/** A folder like Coffer's own, with one migration more. */
function rootWithMigration(name: string, script: string): string {
  const root = temporaryHome();
  cpSync(join(process.cwd(), "prisma"), join(root, "prisma"), { recursive: true });
  const folder = join(root, "prisma", "migrations", "sqlite", name);
  mkdirSync(folder);
  writeFileSync(join(folder, "migration.sql"), script);
  return root;
}

describe("the schema", () => {
  test("of a newer Coffer is refused, by name, and no byte is changed", async () => {
    const home = usedHome();
    const newer = rootWithMigration(
      "0009_extra",
      'BEGIN; CREATE TABLE "Extra" ("id" TEXT); COMMIT;',
    );
    const { vault } = await openVault({
      ...{ config: configOf(home, {}, newer).config, masterKey: TEST_KEY, log: silent },
    });
    await vault.close();
    const before = bytesOf(home);
    const error = await refusal(home, TEST_KEY);
    expect(error.code).toBe("unavailable");
    expect(error.message).toMatch(/newer Coffer.*0009_extra/);
    expect(bytesOf(home)).toEqual(before);
  });

  test("is refused where a migration was edited after it had been applied", async () => {
    const home = usedHome();
    const edited = rootWithMigration("0009_extra", "SELECT 1;");
    rmSync(join(edited, "prisma", "migrations", "sqlite", "0009_extra"), { recursive: true });
    const [first = ""] = readdirSync(join(edited, "prisma", "migrations", "sqlite"))
      .filter((name) => /^\d/.test(name))
      .sort();
    appendFileSync(
      join(edited, "prisma", "migrations", "sqlite", first, "migration.sql"),
      "\n-- x\n",
    );
    const before = bytesOf(home);
    const error = await refusal(home, TEST_KEY, edited);
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain(first);
    expect(bytesOf(home)).toEqual(before);
    await open(home, TEST_KEY);
  });

  test("stays as it was where a migration fails half way, and what was stored is still there", async () => {
    const home = usedHome();
    const broken = rootWithMigration(
      "0009_broken",
      'BEGIN; CREATE TABLE "Half" ("id" TEXT); INSERT INTO "NoSuchTable" VALUES (1); COMMIT;',
    );
    await expect(open(home, TEST_KEY, broken)).rejects.toThrow();
    const { config } = configOf(home);
    const store = await openStore(storeOptions(config));
    const tables = await store.db.$queryRawUnsafe(
      "SELECT name FROM sqlite_master WHERE name = 'Half'",
    );
    expect(tables).toEqual([]);
    expect(await store.db.secret.count()).toBe(1);
    await store.close();
  });
});

describe("the first start", () => {
  test("without a key makes one, keeps it for its owner only, and uses it from then on", async () => {
    const home = temporaryHome();
    const env = join(home, ".env");
    writeFileSync(env, "PORT=4000\n# no newline at the end", { mode: 0o644 });
    const first = await open(home);
    expect(first.madeKey).toBe(true);
    await first.vault.close();
    const text = readFileSync(env, "utf8");
    expect(text).toMatch(/^PORT=4000\n# no newline at the end\nTYK_AI_SECRET_KEY=[\w-]{43}\n$/);
    expect(statSync(env).mode & 0o777).toBe(0o600);
    const second = await open(home);
    expect(second.madeKey).toBe(false);
    expect(readFileSync(env, "utf8")).toBe(text);
  });

  test("with a key writes it nowhere", async () => {
    const home = temporaryHome();
    const { madeKey } = await open(home, TEST_KEY);
    expect(madeKey).toBe(false);
    expect(existsSync(join(home, ".env"))).toBe(false);
    for (const bytes of bytesOf(home).values()) {
      expect(Buffer.from(bytes, "base64").includes(TEST_KEY)).toBe(false);
    }
  });

  test("with a key that is no key makes no database that only that key opens", async () => {
    for (const key of ["fifteen letters", "x".repeat(20) + "\ufffd"]) {
      const home = temporaryHome();
      const error: unknown = await open(home, key).catch((thrown: unknown) => thrown);
      expect((error as Error).message).toMatch(/TYK_AI_SECRET_KEY/);
      expect((error as Error).message).not.toContain(key);
      await open(home, TEST_KEY);
    }
  });

  test("of two at once in one empty folder makes one keyring that both use, with a key or without", async () => {
    for (const key of [TEST_KEY, undefined]) {
      const home = temporaryHome();
      const [one, two] = await Promise.all([open(home, key), open(home, key)]);
      expect(one.vault.sessionCookie().key).toBe(two.vault.sessionCookie().key);
      const made = [one.madeKey, two.madeKey].filter(Boolean);
      expect(made).toHaveLength(key === undefined ? 1 : 0);
    }
  });

  test("makes the database readable by its owner only", async () => {
    const home = temporaryHome();
    await open(home, TEST_KEY);
    expect(statSync(join(home, "data")).mode & 0o077).toBe(0);
  });
});

describe("a database that is not Coffer's", () => {
  test("is refused in words, and left as it is", async () => {
    const home = temporaryHome();
    mkdirSync(join(home, "data"));
    writeFileSync(
      join(home, "data", "coffer.db"),
      "this is a text file, and no database at all\n".repeat(50),
    );
    const before = bytesOf(home);
    const error = await refusal(home, TEST_KEY);
    expect(error.code).toBe("unavailable");
    expect(error.message).toMatch(/DATABASE_URL|database/i);
    expect(bytesOf(home)).toEqual(before);
  });

  test("or that has lost its keyring is refused, and no key is made for it", async () => {
    const home = usedHome();
    await change(home, 'DELETE FROM "WrappedKey"');
    await change(home, 'DELETE FROM "Keyring"');
    for (const key of [TEST_KEY, undefined]) {
      const error = await refusal(home, key);
      expect(error.code).toBe("wrong_key");
      expect(error.message).toMatch(/no keyring/);
    }
    expect(existsSync(join(home, ".env"))).toBe(false);
  });
});

describe("after a restart", () => {
  test("sessions and tokens go on, and what was revoked stays revoked", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const service = await mustHaveService(coffer, admin, ["*"]);
    await mustCreateSecret(admin, "KEPT", "v");
    await tamper(coffer, (tx) => tx.secretUse.deleteMany({}));
    await service.resolve("$SECRET/KEPT");
    const lastUsedAt = coffer.clock.now().toISOString();
    await coffer.stop();
    const again = await startCoffer({ home: coffer.home });
    const get = (path: string, headers: Record<string, string>) =>
      fetch(again.url + path, { headers });
    expect((await get("/api/v1/whoami", admin.headers)).status).toBe(200);
    expect((await get("/api/v1/whoami", service.headers)).status).toBe(200);
    const kept = await get("/api/v1/secrets/KEPT", admin.headers);
    expect(await kept.json()).toMatchObject({ lastUsedAt });
  });
});
