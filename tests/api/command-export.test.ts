import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { RecordEvent } from "../../lib/shapes";
import {
  asAdmin,
  asService,
  must,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  shareCoffer,
  startCoffer,
} from "../support/coffer";
import { ranTo, runCoffer, startCommand } from "../support/command";
import { databaseUrlOf } from "../support/database";
import { TEST_KEY } from "../support/keys";

const shared = shareCoffer();
const EXPORT = ["audit", "export"];

beforeAll(async () => {
  const { coffer, admin } = shared;
  await mustCreateSecret(admin, "SOUGHT", "value-of-sought");
  const { id } = await mustCreateService(admin, "gateway", ["SOUGHT"]);
  const gateway = asService(coffer, (await mustMintToken(admin, id)).token);
  must(200, await gateway.resolve("$SECRET/SOUGHT"));
  must(422, await gateway.resolve("$SECRET/NOT_MINE"));
});

const run = (...args: string[]) => runCoffer([...EXPORT, ...args], { home: shared.coffer.home });
const fileOf = (name: string) => join(shared.coffer.home, name);
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordEvent);

describe("coffer audit export", () => {
  test.each<[options: string[], query: string]>([
    [["--secret", "sought"], "secret=sought"],
    [["--actor", "GATEWAY", "--outcome", "denied"], "actor=GATEWAY&outcome=denied"],
    [["--service", "gateway", "--action", "secrets"], "service=gateway&action=secrets"],
    [["--address", "127.0.0.0/8", "--environment", "default"], "address=127.0.0.0/8&environment=default"], // prettier-ignore
    [["--secret", "SOUGHT", "--format", "csv"], "secret=SOUGHT&format=csv"],
    [["--secret", "SOUGHT", "--from", "2000-01-01T00:00:00Z", "--to", "2001-01-01T00:00:00Z"], "secret=SOUGHT&to=2001-01-01T00:00:00Z"], // prettier-ignore
    [["--request-id", "no such request"], "requestId=none"],
  ])("with %j writes to standard output what the API's export has", async (options, query) => {
    const ran = await run(...options);
    expect(ran.code, ran.stderr).toBe(0);
    const { text } = await shared.admin.get(`/api/v1/audit/export?${query}`);
    expect(ran.stdout).toBe(text);
    const lines = text.split("\n").length - 1 - (query.includes("csv") ? 1 : 0);
    expect(ran.stderr).toContain(`Exported ${String(lines)} event`);
  });

  test("writes a file of its owner's alone that verifies, is on record as the operator's, and has no value", async () => {
    const ran = await run("audit.jsonl", "--json");
    expect(ran.code, ran.stderr).toBe(0);
    const text = readFileSync(fileOf("audit.jsonl"), "utf8");
    const events = linesOf(text);
    expect(JSON.parse(ran.stdout)).toEqual({
      ...{ file: fileOf("audit.jsonl"), events: events.length, bytes: Buffer.byteLength(text) },
    });
    expect(statSync(fileOf("audit.jsonl")).mode & 0o777).toBe(0o600);
    expect(text).not.toContain("value-of-sought");
    expect(events[0]).toMatchObject({
      ...{ action: "audit.export", outcome: "ok", target: "" },
      actor: { kind: "operator" },
    });
    const verified = await runCoffer(["audit", "verify", "--file", "audit.jsonl", "--json"], {
      home: shared.coffer.home,
    });
    expect(JSON.parse(verified.stdout)).toMatchObject({ checked: events.length, findings: 0 });
  });

  test("replaces no file", async () => {
    must(200, await shared.admin.get("/api/v1/whoami"));
    expect((await run("kept.csv", "--format", "csv")).code).toBe(0);
    const before = readFileSync(fileOf("kept.csv"), "utf8");
    const again = await run("kept.csv");
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("exists already")]);
    expect(readFileSync(fileOf("kept.csv"), "utf8")).toBe(before);
  });

  test.each([
    ["--from", "yesterday"],
    ["--outcome", "good"],
    ["--address", "10.0.0.0/33"],
    ["--format", "xml"],
    ["--environment", "No"],
    ["--action", "SECRETS"],
  ])("%s %s is refused with what it takes, and no file is made", async (option, typed) => {
    const ran = await run("refused.jsonl", option, typed);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`${option} does not take that.`);
    expect([ran.stdout, existsSync(fileOf("refused.jsonl"))]).toEqual(["", false]);
  });

  test("--json without a file is refused: the events would be in the answer's place", async () => {
    const ran = await run("--json");
    expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([2, { error: { code: "usage" } }]);
  });
});

describe("coffer audit export to standard output", () => {
  /** A Coffer with more on record than a pipe holds. */
  async function prepare() {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (let part = 0; part < 10; part++) {
      await Promise.all(Array.from({ length: 60 }, () => admin.get("/api/v1/whoami")));
    }
    return coffer;
  }

  test("ends well where its reader has enough, and with the whole where it has not", async () => {
    const { home } = await prepare();
    const whole = await runCoffer(EXPORT, { home });
    expect(linesOf(whole.stdout).length).toBeGreaterThan(600);
    const child = await startCommand(EXPORT, { home });
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, stderr } = await ranTo(child);
    expect([code, stderr]).toEqual([0, expect.stringContaining("Exported")]);
  });

  test("says that it is not whole where it can't be written", async () => {
    const { home } = await prepare();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [join(process.cwd(), "scripts/coffer.mjs"), ...EXPORT], {
      ...{ cwd: home, stdio: ["pipe", full, "pipe"] },
      env: {
        ...{ PATH: process.env["PATH"], HOME: process.env["HOME"], TYK_AI_SECRET_KEY: TEST_KEY },
        ...{ NODE_ENV: "production", DATABASE_URL: await databaseUrlOf(home) },
      },
    });
    closeSync(full);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    const code = await new Promise((done) => child.once("close", done));
    expect([code, said]).toEqual([1, expect.stringContaining("What was written is not all.")]);
  });
});
