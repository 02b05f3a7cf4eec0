import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../lib/cli/commands";
import { totpCode, totpStepOf } from "../../lib/crypto/second-factor";
import { unBase32 } from "../support/base32";
import {
  asNobody,
  asPerson,
  must,
  startCoffer,
  temporaryHome,
  type Coffer,
} from "../support/coffer";
import { runCoffer } from "../support/command";
import { TEST_ADMIN } from "../support/keys";

const PASSWORD = "a password of some length";
const ADDED = "ada@example.com";

/** The events of processes that are commands. */
async function onRecord(coffer: Coffer, action: string) {
  const { db } = await coffer.database();
  return db.auditEvent.findMany({
    where: { action, actorKind: "operator" },
    orderBy: { at: "asc" },
  });
}

const linkIn = (text: string): string => /\/join#(\S+)/.exec(text)?.[1] ?? "";

describe("coffer users add, beside a server that runs", () => {
  test("invites: the link lets the person in, and it is on record who made it", async () => {
    const coffer = await startCoffer();
    const { home, url } = coffer;
    const ran = await runCoffer(["users", "add", ADDED, "--role", "editor"], { home });
    expect(ran.code, ran.stderr).toBe(0);
    const accept = { link: linkIn(ran.stdout), password: PASSWORD };
    must(200, await asNobody(coffer).post("/api/v1/links/accept", accept));
    const ada = await asPerson(coffer, ADDED, PASSWORD);
    expect((await ada.get("/api/v1/whoami")).json).toMatchObject({ user: { role: "editor" } });
    expect(ran.stdout).not.toContain(url); // links are made from COFFER_URL
    expect(await onRecord(coffer, "users.create")).toMatchObject([
      { target: ADDED, outcome: "ok", actorName: "operator", address: "local" },
    ]);
    for (const action of ["start", "stop"]) {
      expect((await onRecord(coffer, action)).at(-1)?.target, action).toBe("coffer users add");
    }
  });

  test("with a password from standard input or a file the person can sign in at once, and it is shown nowhere", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    writeFileSync(join(home, "password"), `${PASSWORD}\n`);
    const runs = [
      await runCoffer(["users", "add", ADDED, "--password-stdin"], { home, input: PASSWORD }),
      await runCoffer(["users", "add", "b@example.com", "--password-file", "password"], { home }),
    ];
    for (const ran of runs) expect(ran.code, ran.stderr).toBe(0);
    await asPerson(coffer, ADDED, PASSWORD);
    await asPerson(coffer, "b@example.com", PASSWORD);
    expect(JSON.stringify(runs)).not.toContain(PASSWORD);
    const events = await (await coffer.database()).db.auditEvent.findMany();
    expect(JSON.stringify(events)).not.toContain(PASSWORD);
  });

  test("makes the first person of a vault that nobody has set up, an admin only, and the setup link ends", async () => {
    const coffer = await startCoffer({ admin: false });
    const { home } = coffer;
    for (const how of [[], ["--password-stdin"]]) {
      const args = ["users", "add", ADDED, "--role", "viewer", ...how];
      const refused = await runCoffer(args, { home, input: PASSWORD });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("has to be an admin");
    }
    expect(await coffer.vault.people.needsSetup()).toBe(true);
    const args = ["users", "add", ADDED, "--role", "admin", "--password-stdin"];
    expect(await runCoffer(args, { home, input: PASSWORD })).toMatchObject({ code: 0 });
    expect(await coffer.vault.people.needsSetup()).toBe(false);
    await (await coffer.database()).write((tx) => tx.user.deleteMany());
    expect(await coffer.vault.people.needsSetup()).toBe(false);
  });

  test("refuses what the console refuses, and changes nothing", async () => {
    const { home } = await startCoffer();
    const add = (args: string[], input = "") =>
      runCoffer(["users", "add", ...args], { home, input });
    const taken = await add([TEST_ADMIN.email.toUpperCase(), "--json"]);
    expect(taken.code).toBe(1);
    expect(JSON.parse(taken.stdout)).toMatchObject({ error: { code: "already_exists" } });
    expect((await add([ADDED, "--password-stdin"], "short")).stderr).toContain("at least 12");
  });
});

describe("coffer users reset, beside a server that runs", () => {
  test("with a password: the old one and every session end, and the new one lets in", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const before = await asPerson(coffer, TEST_ADMIN.email);
    const args = ["users", "reset", TEST_ADMIN.email, "--password-stdin", "--two-step"];
    const ran = await runCoffer(args, { home, input: `${PASSWORD}\n` });
    expect(ran.code, ran.stderr).toBe(0);
    expect((await before.get("/api/v1/whoami")).status).toBe(401);
    await expect(asPerson(coffer, TEST_ADMIN.email)).rejects.toMatchObject({
      code: "sign_in_failed",
    });
    await asPerson(coffer, TEST_ADMIN.email, PASSWORD);
    expect(await onRecord(coffer, "users.password")).toMatchObject([
      { target: TEST_ADMIN.email, outcome: "ok", code: "two_step" },
    ]);
  });

  test("by link: every session ends, and the link sets a password once", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const before = await asPerson(coffer, TEST_ADMIN.email);
    const ran = await runCoffer(["users", "reset", TEST_ADMIN.email, "--json"], { home });
    const answer = JSON.parse(ran.stdout) as { link: { url: string } };
    expect((await before.get("/api/v1/whoami")).status).toBe(401);
    const accept = { link: linkIn(answer.link.url), password: PASSWORD };
    must(200, await asNobody(coffer).post("/api/v1/links/accept", accept));
    expect((await asNobody(coffer).post("/api/v1/links/accept", accept)).status).toBe(401);
    await asPerson(coffer, TEST_ADMIN.email, PASSWORD);
  });

  test("takes a second factor away only when it is told to", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const { db } = await coffer.database();
    const hasFactor = async () => (await db.user.findFirstOrThrow()).totp !== null;
    const admin = await asPerson(coffer, TEST_ADMIN.email);
    const { secret } = must(201, await admin.post("/api/v1/account/two-step")) as {
      secret: string;
    };
    const code = totpCode(unBase32(secret), totpStepOf(coffer.clock.now()));
    must(200, await admin.post("/api/v1/account/two-step/enable", { code }));
    await runCoffer(["users", "reset", TEST_ADMIN.email], { home });
    expect(await hasFactor()).toBe(true);
    const args = ["users", "reset", TEST_ADMIN.email, "--two-step", "--password-stdin"];
    expect(await runCoffer(args, { home, input: PASSWORD })).toMatchObject({ code: 0 });
    expect(await hasFactor()).toBe(false);
    await asPerson(coffer, TEST_ADMIN.email, PASSWORD); // without a code: the row is intact
  });

  test("of somebody unknown is refused", async () => {
    const { home } = await startCoffer();
    const ran = await runCoffer(["users", "reset", "nobody@example.com"], { home });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("There is nobody with the e-mail nobody@example.com.");
  });
});

describe("the command itself", () => {
  test.each([
    [[], "Usage: coffer COMMAND"],
    [["nothing"], "There is no command nothing."],
    [["nothing\u001b[2J"], "There is no command nothing?[2J."],
    [["users"], "Usage: coffer users COMMAND"],
    [["users", "nothing"], "There is no command users nothing."],
    [["users", "add"], "EMAIL is missing."],
    [["users", "add", ""], "An argument is empty."],
    [["users", "add", "a@example.com", "b@example.com"], "Too many arguments"],
    [["users", "add", "not an address"], "EMAIL takes an e-mail address."],
    [["users", "add", ADDED, "--role", "root"], "--role takes admin"],
    [["users", "add", ADDED, "--unknown"], "Unknown option '--unknown'"],
    [["users", "add", ADDED, "--\u001b[2J"], "Unknown option '--?[2J'"],
    [["users", "add", ADDED, "--role"], "--role <value>"],
    [["users", "add", ADDED, "--role", "admin", "--role", "viewer"], "--role is given twice."],
    [["users", "add", ADDED, "--password-stdin"], "The password is empty."],
    [["users", "add", ADDED, "--password-file", "nowhere"], "that can't be read"],
    [["users", "add", ADDED, "--password-stdin", "--password-file", "x"], "both given"],
  ])("%j is wrong usage: said in words, exit 2, and no vault is opened", async (args, words) => {
    const home = temporaryHome();
    const ran = await runCoffer(args, { home });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(words);
    expect(ran.stderr).not.toContain("\u001b");
    expect(existsSync(join(home, "data"))).toBe(false);
  });

  test("says what is wrong with a setting, as the server does, and exits with 2", async () => {
    const home = temporaryHome();
    const ran = await runCoffer(["users", "add", ADDED], { home, env: { PORT: "x" } });
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.stderr).toContain("PORT takes a number");
  });

  test("makes no vault where there is none", async () => {
    const home = temporaryHome();
    const ran = await runCoffer(["users", "add", ADDED], { home });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("There is no vault yet");
    expect(existsSync(join(home, "data"))).toBe(false);
  });

  test("opens nothing with another key", async () => {
    const { home } = await startCoffer();
    const env = { TYK_AI_SECRET_KEY: "another master key for tests" };
    const ran = await runCoffer(["users", "add", ADDED, "--json"], { home, env });
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: "wrong_key" } });
  });

  test("migrates nothing: a server of an older version may be running", async () => {
    const coffer = await startCoffer();
    const { home } = coffer;
    const applied = () =>
      coffer
        .database()
        .then(({ db }) => db.$queryRaw`SELECT count(*) AS n FROM _prisma_migrations`);
    const store = await coffer.database();
    await store.write(
      (tx) => tx.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name >= '0004'`,
    );
    const before = await applied();
    const ran = await runCoffer(["users", "add", ADDED], { home });
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stderr).toContain("of an older Coffer");
    expect(await applied()).toEqual(before);
  });

  test("helps, for the whole and for each command, with examples", async () => {
    const home = temporaryHome();
    const whole = await runCoffer(["--help"], { home });
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    const guide = readFileSync("docs/command.md", "utf8");
    for (const { name, options } of COMMANDS) {
      expect(whole.stdout).toContain(`\n  ${name}`);
      expect(guide, "docs/command.md").toContain(`\`coffer ${name}`);
      const help = await runCoffer([...name.split(" "), "--help"], { home });
      expect(help, name).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toMatch(new RegExp(`Examples:\n  coffer ${name}`));
      for (const option of Object.keys(options)) expect(help.stdout).toContain(`--${option}`);
    }
  });
});
