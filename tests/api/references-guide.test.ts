import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MEDIA_TYPES } from "../../lib/reference/documents/formats";
import {
  asAdmin,
  asService,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  startCoffer,
  temporaryHome,
} from "../support/coffer";
import { blocksOf, runShell } from "../support/guide";

// The guide to references, done as it says.

const GUIDE = "references.md";
const FIXTURES = join("tests", "fixtures", "configs");
const VALUE = 'sk-"quoted" and $more';

function hasCurl(): boolean {
  try {
    execFileSync("sh", ["-c", "command -v curl awk"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function start() {
  const coffer = await startCoffer({
    env: { COFFER_ENV_ALLOW: "VAULT_TOKEN", VAULT_TOKEN: "of the server" },
  });
  const admin = await asAdmin(coffer);
  for (const name of ["OPENAI_API_KEY", "MySecret", "SIGNING_TIME", "OTHER"]) {
    await mustCreateSecret(admin, name, VALUE);
  }
  const rule = { actions: ["resolve" as const, "check" as const], env: ["VAULT_TOKEN"] };
  const service = await mustCreateService(admin, "guide", ["*"], rule);
  const { token } = await mustMintToken(admin, service.id);
  return { coffer, admin, token, service: asService(coffer, token) };
}

test("the guide's configs are those of the systems, and every reference in them resolves", async () => {
  const { service } = await start();
  const fixtures = readdirSync(FIXTURES)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as unknown);
  const configs = blocksOf(GUIDE, "json").map((block) => JSON.parse(block) as unknown);
  expect(configs.length).toBeGreaterThanOrEqual(3);
  for (const config of configs) {
    expect(fixtures).toContainEqual(config);
    const { json } = await service.post("/api/v1/check", { config });
    expect(json, JSON.stringify(config)).toMatchObject({ ok: true, warnings: [] });
    expect(json?.["references"]).not.toEqual([]);
  }
});

test.skipIf(!hasCurl())("the guide's commands do what it says", async () => {
  const { coffer, token } = await start();
  const home = temporaryHome();
  const env = { COFFER_URL: coffer.url, COFFER_TOKEN: token };
  const outputs: string[] = [];
  for (const commands of blocksOf(GUIDE, "sh")) {
    if (commands.includes("application/yaml") && !MEDIA_TYPES.includes("application/yaml"))
      continue;
    const ran = await runShell(commands, home, env);
    expect(ran, commands).toMatchObject({ code: 0, stderr: "" });
    outputs.push(ran.stdout);
  }
  const encoded = JSON.stringify(VALUE);
  const [rendered = "", ...rest] = outputs;
  expect(rendered).toBe(`{"api_key": ${encoded}, "retries": 3, "id": 12345678901234567890}\n`);
  expect(rest.find((output) => output.includes('"ok":true'))).not.toContain("sk-");
  const limited = rest.find((output) => output.includes('"note"')) ?? "";
  expect(JSON.parse(limited)).toMatchObject({ config: { key: VALUE, note: "$SECRET/OTHER" } });
  expect(rest.at(-1)).toBe("204\n");
  const yaml = rest.find((output) => output.startsWith("# comments stay"));
  if (MEDIA_TYPES.includes("application/yaml")) expect(yaml).toContain("Bearer sk-");
});

test.skipIf(!hasCurl())(
  "the guide's check ends with 22 for what does not resolve, for a refusal too, and with 7 for nobody there",
  async () => {
    const { coffer, token } = await start();
    const home = temporaryHome();
    const check = blocksOf(GUIDE, "sh").find((block) => block.includes("/check?fail=errors")) ?? "";
    writeFileSync(join(home, "config.json"), '{"a": "$SECRET/NONE"}');
    const env = { COFFER_URL: coffer.url, COFFER_TOKEN: token };
    const failed = await runShell(check, home, env);
    expect(failed.code).toBe(22);
    expect(failed.stdout).toContain('"reason":"missing"');
    const refused = await runShell(check, home, { ...env, COFFER_TOKEN: "cfr_wrong" });
    expect(refused.code).toBe(22);
    expect(refused.stdout).toContain("invalid_token");
    writeFileSync(join(home, "config.json"), '{"a": "$SECRTE/NONE"}');
    expect((await runShell(check, home, env)).code).toBe(0);
    const strict = check.replace("fail=errors", "fail=warnings");
    expect((await runShell(strict, home, env)).code).toBe(22);
    const nobody = { ...env, COFFER_URL: "http://127.0.0.1:1" };
    expect((await runShell(check, home, nobody)).code).toBe(7);
  },
);
