import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  asAdmin,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  mustRotate,
  startCoffer,
} from "../support/coffer";
import { blocksOf } from "../support/guide";

// The guide to watching, done as it says.

const GUIDE = "watch.md";

async function start() {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "OPENAI_API_KEY", "first");
  const { id } = await mustCreateService(admin, "guide", ["*"]);
  const { token, id: tokenId } = await mustMintToken(admin, id);
  const revoke = () => admin.delete(`/api/v1/services/${id}/tokens/${tokenId}`);
  return { coffer, admin, revoke, env: { COFFER_URL: coffer.url, COFFER_TOKEN: token } };
}

/** Runs a program until the test ends, and waits for what it prints. */
function run(command: string, args: string[], cwd: string, env: Record<string, string>) {
  const child = spawn(command, args, {
    cwd,
    env: { NODE_ENV: "production", PATH: process.env["PATH"], ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let output = "";
  let isOver = false;
  let wake: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (stream === child.stdout) output += piece;
      wake();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      isOver = true;
      resolve(code);
      wake();
    });
  });
  async function printed(part: string): Promise<void> {
    while (!text.includes(part)) {
      if (isOver) throw new Error(`It ended and printed: ${text}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return { ended, printed, text: () => text, output: () => output };
}

test("the guide's commands print what Coffer says, as it says it", async () => {
  const { coffer, admin, env } = await start();
  const commands = blocksOf(GUIDE, "sh");
  expect(commands).toHaveLength(2);
  const printing = commands.map((command) => run("sh", ["-c", command], coffer.home, env));
  for (const { printed } of printing) await printed('"version":1}]}');
  await mustRotate(admin, "OPENAI_API_KEY", "second");
  for (const { printed } of printing) await printed('"version":2}]}');
  const example = blocksOf(GUIDE, "").find((block) => block.includes("retry:")) ?? "";
  const shape = (text: string) =>
    text
      .replace(/event: end[^]*/, "")
      .replaceAll(/Q5r8…|t0Zk…|[\w-]{43}/g, "TAG")
      .replaceAll(/"version":\d/g, '"version":N')
      .trim();
  expect(shape(printing[0]?.output() ?? "")).toContain(shape(example));
});

test("the guide's service uses each value once, and ends where it is refused", async () => {
  const { coffer, admin, revoke, env } = await start();
  for (const program of blocksOf(GUIDE, "js")) {
    const [, name = ""] = /^\/\/ ([\w-]+\.mjs)/.exec(program) ?? [];
    writeFileSync(join(coffer.home, name), program);
  }
  const service = run("node", ["service.mjs"], coffer.home, env);
  await service.printed("has 5 characters now");
  await mustRotate(admin, "OPENAI_API_KEY", "second");
  await service.printed("has 6 characters now");
  await revoke();
  await service.printed("This token was revoked.");
  expect(await service.ended).not.toBe(0);
  expect(service.text().match(/characters now/g)).toHaveLength(2);
});
