import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { KeyringInfo } from "../../lib/shapes";
import { Client, must, temporaryHome } from "../support/coffer";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { killDuringStart, startProcess, type CofferProcess } from "../support/process";
import { mulberry32 } from "../support/seeded-random";
import { signIn } from "../support/sign-in";

// Kills Coffer while it seals values anew, and while it takes a new master key. COFFER_TEST_KILLS says how often each,
// COFFER_TEST_VALUES with how many values, COFFER_TEST_SEED repeats a run's moments.

const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 4);
const VALUES = Number(process.env["COFFER_TEST_VALUES"] ?? 400);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
/** Values imported and resolved in one request. */
const BATCH = 1_000;

const random = mulberry32(SEED);
const env = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
  COFFER_LOG_LEVEL: "error",
};
const named = Array.from({ length: VALUES }, (_, index) => `KEY_${String(index)}`);

async function asAdminOf(coffer: CofferProcess): Promise<Client> {
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  return new Client(coffer.url, { cookie, origin: coffer.url });
}

const keysOf = async (admin: Client) => must(200, await admin.get("/api/v1/keys")) as KeyringInfo;

/** A home with a vault of so many values, and the token of a service that may resolve all. */
async function prepare(): Promise<{ home: string; token: string }> {
  console.info(`seed ${String(SEED)}`);
  const home = temporaryHome();
  const coffer = await startProcess({ home, env });
  const admin = await asAdminOf(coffer);
  for (const names of batches()) {
    const text = names.map((name) => `${name}='value of ${name}'`).join("\n");
    must(200, await admin.post("/api/v1/import", { source: { text } }));
  }
  const rules = [{ actions: ["resolve"], names: ["*"] }];
  const { id } = must(201, await admin.post("/api/v1/services", { name: "reader", rules })) as {
    id: string;
  };
  const path = `/api/v1/services/${id}/tokens`;
  const { token } = must(201, await admin.post(path, {})) as { token: string };
  expect(await coffer.end("SIGTERM")).toBe(0);
  return { home, token };
}

function batches(): string[][] {
  return Array.from({ length: Math.ceil(VALUES / BATCH) }, (_, n) =>
    named.slice(n * BATCH, (n + 1) * BATCH),
  );
}

async function expectAllOpen(coffer: CofferProcess, token: string): Promise<void> {
  const reader = new Client(coffer.url, { authorization: `Bearer ${token}` });
  for (const names of batches()) {
    const answer = await reader.resolve(names.map((name) => `$SECRET/${name}`));
    must(200, answer);
    expect(answer.json?.["config"]).toEqual(names.map((name) => `value of ${name}`));
  }
}

test(
  "after each kill -9 while values are sealed anew every value opens, none is lost, and the work ends",
  { timeout: 3_600_000 },
  async () => {
    const { home, token } = await prepare();
    let cutOff = 0;
    let longestMs = 100;
    for (let kill = 0; kill < KILLS; kill++) {
      const coffer = await startProcess({ home, env });
      const admin = await asAdminOf(coffer);
      const since = performance.now();
      const { reseal } = await keysOf(admin);
      if (reseal.state === "idle") must(200, await admin.post("/api/v1/keys/rotate"));
      await wait(random() * longestMs);
      const { reseal: then } = await keysOf(admin);
      if (then.state === "idle") longestMs = Math.max(50, (performance.now() - since) * 0.8);
      else cutOff++;
      if (kill % 10 === 0) await expectAllOpen(coffer, token);
      await coffer.end("SIGKILL");
    }
    const coffer = await startProcess({ home, env });
    const admin = await asAdminOf(coffer);
    await expectAllOpen(coffer, token);
    let info = await keysOf(admin);
    for (; info.reseal.state !== "idle"; info = await keysOf(admin)) await wait(100);
    const [newest, ...older] = info.dataKeys;
    expect(newest).toMatchObject({ id: info.newestKeyId, values: VALUES });
    expect(older.every(({ values }) => values === 0)).toBe(true);
    expect(info.reseal).toMatchObject({ unreadable: 0, problem: null });
    await expectAllOpen(coffer, token);
    must(200, await admin.post("/api/v1/keys/rotate")); // nothing was left behind that hinders the next
    expect(await coffer.end("SIGTERM")).toBe(0);
    console.info(`${String(KILLS)} kills, ${String(cutOff)} of them while values were sealed anew`);
  },
);

test(
  "after each kill -9 while a new master key is taken the vault opens by it beside the old one, and all values open",
  { timeout: 3_600_000 },
  async () => {
    const { home, token } = await prepare();
    const keyOf = (n: number) => (n === 0 ? TEST_KEY : `master key number ${String(n)} of a test`);
    const withKey = (n: number) => ({
      ...{ ...env, TYK_AI_SECRET_KEY: keyOf(n) },
      ...(n > 0 && { TYK_AI_SECRET_KEY_PREVIOUS: keyOf(n - 1) }),
    });
    const timed = performance.now();
    const first = await startProcess({ home, env: withKey(0) });
    const startMs = performance.now() - timed;
    expect(await first.end("SIGTERM")).toBe(0);

    let taken = 0; // the newest key that is known to open the vault
    for (let kill = 0; kill < KILLS; kill++) {
      await killDuringStart({ home, env: withKey(taken + 1) }, random() * startMs);
      // Whether it came so far or not: the start goes on from there.
      if (kill % 3 !== 2) continue;
      const coffer = await startProcess({ home, env: withKey(taken + 1) });
      taken++;
      const admin = await asAdminOf(coffer);
      const { wraps, fingerprint } = await keysOf(admin);
      expect(wraps.every(({ isComplete }) => isComplete)).toBe(true);
      for (const wrap of wraps) {
        if (wrap.fingerprint === fingerprint || wrap.instances > 0) continue;
        must(200, await admin.delete(`/api/v1/keys/wraps/${wrap.fingerprint}`));
      }
      await expectAllOpen(coffer, token);
      await coffer.end("SIGKILL");
    }
    const coffer = await startProcess({ home, env: withKey(taken + 1) });
    await expectAllOpen(coffer, token);
    expect(await coffer.end("SIGTERM")).toBe(0);
    const alone = await startProcess({
      home,
      env: { ...env, TYK_AI_SECRET_KEY: keyOf(taken + 1) },
    });
    await expectAllOpen(alone, token);
    expect(await alone.end("SIGTERM")).toBe(0);
  },
);
