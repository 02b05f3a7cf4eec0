import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asAdmin, must, mustCreateSecret, mustHaveService, startCoffer } from "../support/coffer";
import { runCoffer } from "../support/command";
import { sealTykV1, sealTykV2 } from "../support/tyk";

test("coffer import: beside a server that runs, a .env comes in, binds the next resolve, and is on record without a value", async () => {
  const coffer = await startCoffer();
  const { home } = coffer;
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "OLD", "first");
  const reader = await mustHaveService(coffer, admin, ["*"]);
  const config = ["$SECRET/OLD", "{{Secrets.NEW:-not there}}"];
  const before = must(200, await reader.resolve(config)) as { config: string[] };
  expect(before.config).toEqual(["first", "not there"]);
  writeFileSync(join(home, "a.env"), "OLD=second\nNEW=a-value-of-its-own\n");

  const dry = await runCoffer(["import", "a.env", "--dry-run"], { home });
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("NEW: new")]);
  const ran = await runCoffer(["import", "a.env", "--rotate-existing", "--json"], { home });
  expect(ran.code, ran.stderr).toBe(0);
  const report = JSON.parse(ran.stdout) as { entries: { state: string }[] };
  expect(report.entries.map(({ state }) => state)).toEqual(["rotated", "added"]);
  const after = must(200, await reader.resolve(config)) as { config: string[] };
  expect(after.config).toEqual(["second", "a-value-of-its-own"]);
  for (const { stdout, stderr } of [dry, ran]) {
    expect(stdout + stderr).not.toContain("a-value-of-its-own");
  }
  const { db } = await coffer.database();
  const events = await db.auditEvent.findMany({
    where: { action: "secrets.import", actorKind: "operator", code: "" },
  });
  expect(events.map(({ names }) => names)).toEqual(['[["OLD",2],["NEW",1]]']);
});

test("coffer import --from tyk: takes the key from a file, and never as an argument", async () => {
  const coffer = await startCoffer();
  const { home } = coffer;
  const rows = [
    { id: 1, deleted_at: null, var_name: "ONE", value: sealTykV1("first value", "its key") },
    { id: 2, deleted_at: null, var_name: "TWO", value: sealTykV2("second value", "its key") },
  ];
  writeFileSync(join(home, "dump.json"), JSON.stringify(rows));
  writeFileSync(join(home, "key"), "its key\n");
  const args = ["import", "dump.json", "--from", "tyk"];
  const without = await runCoffer(args, { home });
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("--key-file")]);
  const ran = await runCoffer([...args, "--key-file", "key"], { home });
  expect(ran.code, ran.stderr).toBe(0);
  const reader = await mustHaveService(coffer, await asAdmin(coffer), ["*"]);
  const { config } = must(200, await reader.resolve("$SECRET/ONE $SECRET/TWO")) as {
    config: string;
  };
  expect(config).toBe("first value second value");
});

test.each([
  ["a file that is not there", ["nowhere.env"], 2],
  ["an unknown format", ["a.env", "--format", "ini"], 2],
  ["an unknown system", ["a.env", "--from", "vault"], 2],
  ["a key for no system", ["a.env", "--key-file", "a.env"], 2],
  ["a picture", ["picture.env"], 2],
  ["a name that stands twice", ["twice.env"], 1],
  ["a name that stands twice, looked at", ["twice.env", "--dry-run"], 3],
  ["an environment that is not there", ["a.env", "--environment", "nowhere"], 1],
])("coffer import: %s ends with a clear error and changes nothing", async (_, args, code) => {
  const coffer = await startCoffer();
  const { home } = coffer;
  writeFileSync(join(home, "a.env"), "A=1\n");
  writeFileSync(join(home, "twice.env"), "A=1\na=2\nB=3\n");
  writeFileSync(join(home, "picture.env"), Buffer.from("89504e470d0a1a0aff", "hex"));
  const ran = await runCoffer(["import", ...args], { home });
  expect(ran.code, ran.stderr + ran.stdout).toBe(code);
  const { json } = await (await asAdmin(coffer)).get("/api/v1/secrets");
  expect(json?.["items"]).toEqual([]);
});
