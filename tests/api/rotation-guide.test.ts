import { expect, test } from "vitest";
import {
  asAdmin,
  mustCreateSecret,
  mustCreateService,
  mustMintToken,
  startCoffer,
} from "../support/coffer";
import { blocksOf, runShell } from "../support/guide";

test("the guide's calls do what it says, one after the other", async () => {
  const coffer = await startCoffer();
  coffer.clock.advance(Date.parse("2030-01-31T00:00:00Z") - coffer.clock.now().getTime());
  const admin = await asAdmin(coffer);
  const calls = blocksOf("rotation.md", "").flatMap((block) => block.trim().split("\n"));
  expect(calls.length).toBeGreaterThanOrEqual(12);
  const versions: unknown[] = [];
  for (const call of calls) {
    const [, method = "", path = "", body] = /^(\w+) +(\S+) *(\{.*\})?$/.exec(call) ?? [];
    const answer = await admin.send(method, path, body);
    expect([200, 201, 204], `${call}: ${answer.text}`).toContain(answer.status);
    if (answer.json?.["version"]) versions.push(answer.json["version"]);
  }
  // created, described, rotated, activated, restored, created in its place
  expect(versions).toEqual([1, 1, 2, 1, 1, 3]);
  expect((await admin.get("/api/v1/secrets/STRIPE_KEY")).status).toBe(404);
});

test("the guide's command for a job shows what is overdue", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const { id } = await mustCreateService(admin, "reminder", ["*"], { actions: ["list"] });
  const { token } = await mustMintToken(admin, id);
  await mustCreateSecret(admin, "OLD_KEY", "v", { rotateEveryDays: 1 });
  await mustCreateSecret(admin, "NEW_KEY", "v", { rotateEveryDays: 30 });
  coffer.clock.advance(24 * 60 * 60 * 1000);
  const [command = ""] = blocksOf("rotation.md", "sh");
  const env = { COFFER_URL: coffer.url, COFFER_TOKEN: token };
  const { code, stdout } = await runShell(command, coffer.home, env);
  expect(code).toBe(0);
  const { items } = JSON.parse(stdout) as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(["OLD_KEY"]);
});
