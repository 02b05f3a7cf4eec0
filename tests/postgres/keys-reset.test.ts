import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { linkOf } from "../../lib/audit/link";
import { openSnapshot } from "../../lib/store/backup-rows";
import type { KeyringInfo, PersonInfo, SecretInfo } from "../../lib/shapes";
import {
  asAdmin,
  asNobody,
  asPerson,
  asService,
  must,
  mustCreateSecret,
  mustCreateService,
  mustCreateUser,
  mustMintToken,
  mustRotate,
  secretOf,
  startCoffer,
  temporaryHome,
} from "../support/coffer";
import { runCoffer, type Ran } from "../support/command";
import { deafTo } from "../support/deaf";
import { eventually } from "../support/eventually";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";

const NEW_KEY = "the-key-after-the-one-that-is-lost";
const PASSWORD = "a password chosen by the link";
const server = inject("postgresUrl");

/** A vault on PostgreSQL that no process works on, and whose key is gone; and what resets it. */
async function lostVault() {
  const databaseUrl = await makeDatabase(server, "schema");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  const home = temporaryHome();
  const coffer = await startCoffer({ home, databaseUrl });
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "API_KEY", "first value", { description: "kept" });
  await mustRotate(admin, "API_KEY", "second value");
  await mustCreateSecret(admin, "TRASHED", "trashed value");
  must(204, await admin.delete("/api/v1/secrets/TRASHED"));
  const service = await mustCreateService(admin, "gateway", ["*"]);
  const { token } = await mustMintToken(admin, service.id);
  must(200, await asService(coffer, token).resolve("$SECRET/API_KEY"));
  const editor = await mustCreateUser(coffer, "editor");
  const { fingerprint } = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
  await coffer.stop();
  const copy = join(home, "as-it-was.db");
  const admins = ["--admin", TEST_ADMIN.email];
  const consent = ["--yes", "--phrase", `lose every value under ${fingerprint}`];
  const args = [...admins, "--copy", copy, ...consent];
  const env = { DATABASE_URL: databaseUrl, TYK_AI_SECRET_KEY: NEW_KEY };
  const run = (words: readonly string[], more: Record<string, string> = {}): Promise<Ran> =>
    runCoffer(words, { home, env: { ...env, ...more } });
  const reset = (given: readonly string[] = args, more: Record<string, string> = {}) =>
    run(["keys", "reset", ...given, "--json"], more);
  return { home, databaseUrl, service, token, editor, copy, admins, consent, args, run, reset };
}

/** Every row, to see that nothing was changed. */
async function rowsOf(databaseUrl: string): Promise<string> {
  const snapshot = await openSnapshot(databaseUrl, {});
  const all: unknown[] = [];
  for (const table of snapshot.tables) {
    for await (const page of snapshot.rows(table)) all.push(table.table, ...page);
  }
  await snapshot.close();
  return JSON.stringify(all);
}

const errorOf = (ran: Ran) => (JSON.parse(ran.stdout) as { error: { code: string } }).error.code;

describe("after a reset on PostgreSQL", () => {
  test("names, rules and people are kept, nothing that was lets anybody in, no value resolves until it is rotated", async () => {
    const { databaseUrl, service, token, editor, reset } = await lostVault();
    const ran = await reset();
    expect(ran.code, ran.stderr).toBe(0);
    const done = JSON.parse(ran.stdout) as { link: { url: string } };
    const env = { TYK_AI_SECRET_KEY: NEW_KEY };
    const coffer = await startCoffer({ databaseUrl, admin: false, env });
    expect((await asService(coffer, token).resolve("x")).json).toMatchObject({
      code: "token_revoked",
    });
    await expect(asPerson(coffer, TEST_ADMIN.email)).rejects.toMatchObject({
      code: "sign_in_failed",
    });
    const body = { link: secretOf(done.link.url), password: PASSWORD };
    must(200, await asNobody(coffer).post("/api/v1/links/accept", body));
    const admin = await asPerson(coffer, TEST_ADMIN.email, PASSWORD);
    const { items } = must(200, await admin.get("/api/v1/secrets?state=all")) as {
      items: SecretInfo[];
    };
    expect(items.map(({ name, state, version }) => [name, state, version])).toEqual([
      ["API_KEY", "unreadable", 2],
      ["TRASHED", "trashed", 1],
    ]);
    const { items: people } = must(200, await admin.get("/api/v1/users")) as {
      items: PersonInfo[];
    };
    expect(people.map(({ email, state }) => [email, state]).sort()).toEqual([
      [TEST_ADMIN.email, "active"],
      [editor.email, "disabled"],
    ]);
    must(200, await admin.patch(`/api/v1/services/${service.id}`, { disabled: false }));
    const gateway = asService(coffer, (await mustMintToken(admin, service.id)).token);
    expect((await gateway.resolve("$SECRET/API_KEY")).status).toBe(422);
    await mustRotate(admin, "API_KEY", "third value");
    expect(must(200, await gateway.resolve("$SECRET/API_KEY"))).toMatchObject({
      config: "third value",
    });
    expect((await admin.get("/api/v1/integrity")).json).toMatchObject({ tampered: 0 });
  });

  test("the record goes on, is green, and finds what is changed in it since", async () => {
    const { databaseUrl, run, reset } = await lostVault();
    expect(await reset()).toMatchObject({ code: 0 });
    const green = await run(["audit", "verify"]);
    expect(green.code, green.stdout).toBe(0);
    expect(green.stdout).toContain("from before the keys were reset");
    const journals = await administer(databaseUrl, `SELECT "link" FROM "Journal"`);
    const bound = journals.filter((row) => linkOf(row as { link: string })?.before.length);
    expect(bound).toHaveLength(1);
    await administer(
      databaseUrl,
      `UPDATE "AuditEvent" SET "actorName" = 'x' WHERE "action" = 'secrets.resolve'`,
    );
    const edited = await run(["audit", "verify"]);
    expect(edited.code, edited.stdout).toBe(3);
  });

  test("the copy is the vault as it was, opened by the old key, and its owner's only", async () => {
    const { copy, token, reset } = await lostVault();
    expect(await reset()).toMatchObject({ code: 0 });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const old = await startCoffer({ databaseUrl: `file:${copy}`, admin: false });
    expect(must(200, await asService(old, token).resolve("$SECRET/API_KEY"))).toMatchObject({
      config: "second value",
    });
  });

  test("a reset whose commit is not heard of is found out about, and is made once", async () => {
    const { databaseUrl, reset, args } = await lostVault();
    const proxy = await deafTo(databaseUrl, "COMMIT\0");
    await administer(databaseUrl, inTheMidst("ServiceToken", "PERFORM pg_sleep(1);"));
    const running = reset(args, { DATABASE_URL: proxy.databaseUrl });
    await eventually(async () => {
      expect(await administer(databaseUrl, WRITING)).not.toEqual([]);
    });
    proxy.isDeaf = true; // the commit of reading the record has been
    const ran = await running;
    expect(proxy.isDeaf).toBe(false);
    expect(ran.code, ran.stderr).toBe(0);
    const made = `SELECT 1 FROM "AuditEvent" WHERE "action" = 'keys.reset' AND "code" = ''`;
    expect(await administer(databaseUrl, made)).toHaveLength(1);
    expect(errorOf(await reset())).toBe("not_lost");
  });
});

describe("on PostgreSQL a reset is refused, and nothing is changed", () => {
  test("without consent, without a file for the copy, with one that is there or can't be", async () => {
    const { home, databaseUrl, copy, admins, consent, reset } = await lostVault();
    const before = await rowsOf(databaseUrl);
    expect(await reset([...admins, "--copy", copy])).toMatchObject({ code: 1 });
    const unnamed = await reset([...admins, ...consent]);
    expect(unnamed).toMatchObject({ code: 2 });
    expect(unnamed.stderr).toContain("Say --copy FILE");
    const there = join(home, "there");
    writeFileSync(there, "mine");
    expect(await reset([...admins, "--copy", there, ...consent])).toMatchObject({ code: 2 });
    const impossible = await reset([...admins, "--copy", join(there, "x"), ...consent]);
    expect(impossible).toMatchObject({ code: 1 });
    expect(impossible.stderr).toContain("Nothing was changed");
    expect(await rowsOf(databaseUrl)).toBe(before);
    expect(existsSync(copy)).toBe(false);
  });

  test("while a process works on it, by the database's clock; and while the configured key opens it", async () => {
    const { databaseUrl, reset, args } = await lostVault();
    const running = await startCoffer({ databaseUrl, admin: false });
    expect(errorOf(await reset())).toBe("key_in_use");
    expect(errorOf(await reset(args, { TYK_AI_SECRET_KEY: TEST_KEY }))).toBe("not_lost");
    await running.stop();
    const before = await rowsOf(databaseUrl);
    await expect(
      startCoffer({ databaseUrl, admin: false, env: { TYK_AI_SECRET_KEY: NEW_KEY } }),
    ).rejects.toMatchObject({ code: "wrong_key" });
    expect(await rowsOf(databaseUrl)).toBe(before);
  });

  test("while a process begins to work on it, and where anything in it fails: not a row is another then", async () => {
    const { home, databaseUrl, copy, admins, consent, reset } = await lostVault();
    for (const [table, code, then] of [
      ["Revision", "key_in_use", SOMEBODY_BEGINS],
      ["ServiceToken", "unavailable", `RAISE EXCEPTION 'no';`],
      ["AuditEvent", "unavailable", `RAISE EXCEPTION 'no' USING ERRCODE = '53100';`],
    ] as const) {
      const before = await rowsOf(databaseUrl);
      await administer(databaseUrl, inTheMidst(table, then));
      const words = [...admins, "--copy", `${copy}.${table}`, ...consent];
      expect(errorOf(await reset(words)), table).toBe(code);
      await administer(databaseUrl, `DROP FUNCTION midst() CASCADE`);
      expect(await rowsOf(databaseUrl)).toBe(before);
      for (const name of readdirSync(home)) expect(name).not.toContain("restoring");
    }
    expect(await reset()).toMatchObject({ code: 0 });
  });
});

/** Whether somebody has the lock that every write transaction takes first. */
const WRITING = `SELECT 1 FROM pg_locks WHERE "locktype" = 'advisory' AND "granted"
  AND "database" = (SELECT "oid" FROM pg_database WHERE "datname" = current_database())`;

const SOMEBODY_BEGINS = `INSERT INTO "Instance" ("id", "kind", "fingerprint", "startedAt", "seenAt")
  SELECT 'new', 'server', '0', "t", "t" FROM (SELECT now() AT TIME ZONE 'UTC' AS "t") n ON CONFLICT DO NOTHING;`;

/** Something that happens when the reset's transaction writes to a table. */
function inTheMidst(table: string, then: string): string {
  return `CREATE FUNCTION midst() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${then} RETURN NULL; END $$;
    CREATE TRIGGER "Midst" AFTER INSERT OR UPDATE ON "${table}" FOR EACH STATEMENT EXECUTE FUNCTION midst()`;
}
