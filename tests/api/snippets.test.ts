import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  CHECK_SNIPPETS,
  RENDER_SNIPPETS,
  RESOLVE_SNIPPETS,
  TOKEN_VARIABLE,
  WRITE_SNIPPETS,
  type Snippet,
} from "../../components/services/snippet-text";
import { MEDIA_TYPES } from "../../lib/reference/documents/formats";
import {
  asService,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  shareCoffer,
  temporaryHome,
} from "../support/coffer";
import { blocksOf } from "../support/guide";

// What the console and the guides tell people to run, run as they would.

const shared = shareCoffer();

/** The program that runs each example, and the file that it takes. */
const RUNNERS: Record<string, [program: string, file: string]> = {
  curl: ["sh", "example.sh"],
  node: [process.execPath, "example.mjs"],
  python: ["python3", "example.py"],
  shell: ["sh", "example.sh"],
  render: ["sh", "example.sh"],
  check: ["sh", "example.sh"],
  rotate: ["sh", "example.sh"],
};

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a text as a file of its own in `home`, with the token in the environment. */
function run(id: string, text: string, home: string, env: Record<string, string>): Promise<Ran> {
  const [program, name] = RUNNERS[id] ?? ["", ""];
  const file = join(home, name);
  writeFileSync(file, text);
  const options = {
    cwd: home,
    env: { NODE_ENV: "production" as const, PATH: process.env["PATH"], ...env },
  };
  return new Promise((resolve) => {
    execFile(program, [file], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Whether what an example needs is on this machine. Node always is. */
function canRun(id: string): boolean {
  const needed = { python: ["python3"], node: [], rotate: ["curl", "openssl"] }[id] ?? ["curl"];
  return needed.every((program) => {
    try {
      execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

const runnable = (snippets: readonly Snippet[]) =>
  snippets.map((snippet) => [snippet.label, snippet, canRun(snippet.id)] as const);

describe.each(runnable(RESOLVE_SNIPPETS))("the %s example", (_, { id, of }, can) => {
  test.skipIf(!can)("gets the value with the token from the environment", async () => {
    const { coffer, admin } = shared;
    const name = `EXAMPLE_${id.toUpperCase()}`;
    const value = 'it\'s "quoted" — $HOME';
    await mustCreateSecret(admin, name, value);
    const { id: service } = await mustCreateService(admin, `example-${id}`, [name]);
    const { token } = await mustMintToken(admin, service);
    const home = temporaryHome();
    const text = of({ origin: coffer.url, name, demands: [] });
    expect(text).not.toContain(token);
    const ran = await run(id, text, home, { [TOKEN_VARIABLE]: token });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const got = id === "shell" ? readFileSync(join(home, "answer.json"), "utf8") : ran.stdout;
    expect(got.replaceAll("\\", "")).toContain(value);
  });

  test.skipIf(!can)("says why it got nothing", async () => {
    const text = of({ origin: shared.coffer.url, name: "EXAMPLE_NONE", demands: [] });
    const { code, stdout, stderr } = await run(id, text, temporaryHome(), {
      [TOKEN_VARIABLE]: "cfr_wrong",
    });
    expect(stdout + stderr).toContain("invalid_token");
    if (id === "node" || id === "python") expect(code).not.toBe(0);
  });

  test.skipIf(!can)("sends the limits that the service has to send", async () => {
    const { coffer, admin } = shared;
    const name = `LIMITED_${id.toUpperCase()}`;
    await mustCreateSecret(admin, name, "limited");
    const demands = ["only", "paths"] as const;
    const more = { demands };
    const service = await mustCreateService(admin, `limited-${id}`, [name], {}, more);
    const { token } = await mustMintToken(admin, service.id);
    const home = temporaryHome();
    const text = of({ origin: coffer.url, name, demands });
    expect(await run(id, text, home, { [TOKEN_VARIABLE]: token })).toMatchObject({ code: 0 });
  });
});

describe.each(runnable(RENDER_SNIPPETS))("the %s example", (_, { id, of }, can) => {
  test.skipIf(!can || !MEDIA_TYPES.includes("application/yaml"))(
    "gets the document with the value in its place, also where names have to be sent",
    async () => {
      const { coffer, admin } = shared;
      await mustCreateSecret(admin, "EXAMPLE_RENDERED", "rendered-value");
      for (const demands of [[], ["only"]] as const) {
        const called = `example-render-${String(demands.length)}`;
        const made = await mustCreateService(admin, called, ["EXAMPLE_RENDERED"], {}, { demands });
        const { token } = await mustMintToken(admin, made.id);
        const text = of({ origin: coffer.url, name: "EXAMPLE_RENDERED", demands });
        const ran = await run(id, text, temporaryHome(), { [TOKEN_VARIABLE]: token });
        expect(ran).toMatchObject({ code: 0, stderr: "" });
        expect(ran.stdout).toBe("key: rendered-value # comments stay\n");
      }
    },
  );
});

describe.each(runnable(CHECK_SNIPPETS))("the %s example", (_, { id, of }, can) => {
  test.skipIf(!can)("passes what resolves, and ends with 22 and the list of the rest", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "EXAMPLE_CHECKED", "never shown");
    const rule = { actions: ["check" as const] };
    const demands = ["only", "paths"] as const;
    const patterns = ["EXAMPLE_CHECKED", "EXAMPLE_NONE"];
    const service = await mustCreateService(admin, "example-check", patterns, rule, { demands });
    const { token } = await mustMintToken(admin, service.id);
    const env = { [TOKEN_VARIABLE]: token };
    const good = of({ origin: coffer.url, name: "EXAMPLE_CHECKED", demands });
    const passed = await run(id, good, temporaryHome(), env);
    expect(passed).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(passed.stdout)).toMatchObject({ ok: true });
    expect(passed.stdout).not.toContain("never shown");
    const bad = of({ origin: coffer.url, name: "EXAMPLE_NONE", demands });
    const failed = await run(id, bad, temporaryHome(), env);
    expect(failed.code).toBe(22);
    expect(failed.stdout).toContain("missing");
  });
});

describe.each(runnable(WRITE_SNIPPETS))("the %s example", (_, { id, of }, can) => {
  test.skipIf(!can)("makes a new version of what the service may write", async () => {
    const { coffer, admin } = shared;
    await mustCreateSecret(admin, "EXAMPLE_WRITTEN", "first");
    const { id: service } = await mustCreateService(admin, `example-${id}`, ["EXAMPLE_WRITTEN"], {
      actions: ["write"],
    });
    const { token } = await mustMintToken(admin, service);
    const text = of({ origin: coffer.url, name: "EXAMPLE_WRITTEN", demands: [] });
    const ran = await run(id, text, temporaryHome(), { [TOKEN_VARIABLE]: token });
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ name: "EXAMPLE_WRITTEN", version: 2 });
  });
});

describe("the guide to rotating from CI", () => {
  test.skipIf(!canRun("rotate"))(
    "has commands that create, rotate and list, and read no value",
    async () => {
      const { coffer, admin } = shared;
      const { token } = await mustMintToken(
        admin,
        (await mustCreateService(admin, "ci", ["DEPLOY_*"], { actions: ["write", "list"] })).id,
      );
      const home = temporaryHome();
      const outputs: string[] = [];
      for (const commands of blocksOf("rotate-from-ci.md", "sh")) {
        const env = { COFFER_URL: coffer.url, [TOKEN_VARIABLE]: token };
        const ran = await run("shell", commands, home, env);
        expect(ran, commands).toMatchObject({ code: 0, stderr: "" });
        outputs.push(ran.stdout);
      }
      expect(outputs.length).toBeGreaterThanOrEqual(3);
      const secret = await admin.get("/api/v1/secrets/DEPLOY_KEY");
      expect(secret.json).toMatchObject({ version: 2, rotatedBy: "ci" });
      const reader = await mustHaveService(coffer, admin, ["DEPLOY_KEY"]);
      const value = (await reader.resolve("$SECRET/DEPLOY_KEY")).json?.["config"];
      expect(value).toMatch(/^[0-9a-f]{64}$/);
      expect(outputs.join("\n")).not.toContain(value);
      expect((await asService(coffer, token).resolve("$SECRET/DEPLOY_KEY")).status).toBe(403);
    },
  );
});
