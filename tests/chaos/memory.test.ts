import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "node:crypto";
import { expect, test } from "vitest";
import {
  Client,
  mustCreateSecret,
  mustMintToken,
  mustCreateService,
  mustRotate,
  temporaryHome,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { startProcess } from "../support/process";
import { sendRaw } from "../support/raw-http";
import { signIn } from "../support/sign-in";

const ADMIN_ENV = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
};

async function snapshotOf(home: string, pid: number): Promise<string> {
  process.kill(pid, "SIGUSR2");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const file = readdirSync(home).find((name) => name.endsWith(".heapsnapshot"));
    if (file === undefined) continue;
    const text = readFileSync(join(home, file), "utf8");
    if (text.trimEnd().endsWith("}")) return text;
  }
}

test("after resolves the process holds what it keeps, and neither a value nor a token", async () => {
  const home = temporaryHome();
  const coffer = await startProcess({
    home,
    env: { ...ADMIN_ENV, NODE_OPTIONS: "--heapsnapshot-signal=SIGUSR2" },
  });
  const admin = new Client(coffer.url, {
    cookie: await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: coffer.url,
  });
  const value = `sk-${"Zq7".repeat(12)}`;
  await mustCreateSecret(admin, "API_KEY", value);
  const service = await mustCreateService(admin, "gateway", ["API_*"]);
  const { token } = await mustMintToken(admin, service.id);
  for (let i = 0; i < 200; i++) {
    const answer = await sendRaw(coffer.url, {
      method: "POST",
      path: "/api/v1/resolve",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ config: { key: "$SECRET/API_KEY" } }),
    });
    expect(answer.json).toMatchObject({ config: { key: value } });
  }
  // What an engine remembers of the last text that it looked at is not Coffer's memory.
  for (let i = 0; i < 20; i++) await sendRaw(coffer.url, { path: "/api/v1/whoami" });
  const heap = await snapshotOf(home, coffer.pid);
  await coffer.end("SIGKILL");
  expect(heap).toContain(hash("sha256", token)); // what is kept is found: the search works
  expect(heap).toContain("cfv1.1.");
  expect(heap).not.toContain(value);
  expect(heap).not.toContain(token);
});

test("two processes on one file: what one has acknowledged binds the other's next resolve", async () => {
  const home = temporaryHome();
  const one = await startProcess({ home, env: ADMIN_ENV });
  const other = await startProcess({ home, env: ADMIN_ENV });
  const admin = new Client(other.url, {
    cookie: await signIn(other.url, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: other.url,
  });
  await mustCreateSecret(admin, "API_KEY", "value 0");
  const service = await mustCreateService(admin, "gateway", ["API_*"]);
  const { id, token } = await mustMintToken(admin, service.id);
  const client = new Client(one.url, { authorization: `Bearer ${token}` });
  const config = async () => (await client.resolve("$SECRET/API_KEY")).json?.["config"];
  expect(await config()).toBe("value 0");
  for (let i = 1; i <= 20; i++) {
    const crowd = Promise.all(Array.from({ length: 8 }, config)); // keeps the memory warm meanwhile
    await mustRotate(admin, "API_KEY", `value ${String(i)}`);
    expect(await config()).toBe(`value ${String(i)}`);
    await crowd;
  }
  await admin.delete(`/api/v1/services/${service.id}/tokens/${id}`);
  expect((await client.resolve("$SECRET/API_KEY")).json?.["code"]).toBe("token_revoked");
  expect(await one.end("SIGTERM")).toBe(0);
  expect(await other.end("SIGTERM")).toBe(0);
});
