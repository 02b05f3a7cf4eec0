import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { KeyringInfo } from "../../lib/shapes";
import { openStore } from "../../lib/store/store";
import { asAdmin, must, mustHaveService, startCoffer, temporaryHome } from "../support/coffer";
import { ranTo, runCoffer, startCommand } from "../support/command";
import { TEST_ADMIN } from "../support/keys";
import { mulberry32 } from "../support/seeded-random";

// Kills `coffer keys reset` at random moments. COFFER_TEST_KILLS says how often, COFFER_TEST_VALUES with how many values,
// COFFER_TEST_SEED repeats a run's moments.

const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 4);
const VALUES = Number(process.env["COFFER_TEST_VALUES"] ?? 400);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
/** Values imported in one request. */
const BATCH = 5_000;
const ENV = { TYK_AI_SECRET_KEY: "the-key-after-the-one-that-is-lost" };

const random = mulberry32(SEED);

/** A folder with a vault that no process works on, and the arguments that reset it. */
async function prepare(): Promise<{ home: string; args: string[] }> {
  const home = temporaryHome();
  const coffer = await startCoffer({ home });
  const admin = await asAdmin(coffer);
  for (let from = 0; from < VALUES; from += BATCH) {
    const count = Math.min(BATCH, VALUES - from);
    const lines = Array.from({ length: count }, (_, n) => `KEY_${String(from + n)}=value`);
    must(200, await admin.post("/api/v1/import", { source: { text: lines.join("\n") } }));
  }
  await mustHaveService(coffer, admin, ["*"]);
  const { fingerprint } = (await admin.get("/api/v1/keys")).json as unknown as KeyringInfo;
  await coffer.stop();
  const consent = ["--yes", "--phrase", `lose every value under ${fingerprint}`];
  return { home, args: ["keys", "reset", "--admin", TEST_ADMIN.email, ...consent] };
}

/** What is there of the old state, and what of the new. */
async function lookAt(home: string) {
  const databaseUrl = `file:${join(home, "data/coffer.db")}`;
  const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
  const { db } = store;
  const open = { endedAt: null };
  const seen = {
    keyring: (await db.keyring.findMany()).map(({ id }) => id).join(),
    wraps: await db.wrappedKey.count(),
    lost: await db.secretVersion.count({ where: { sealed: "lost" } }),
    passwords: await db.user.count({ where: { passwordHash: { not: null } } }),
    tokens: await db.serviceToken.count({ where: { revokedAt: null } }),
    services: await db.service.count({ where: { disabledAt: null } }),
    sessions: await db.session.count({ where: open }),
    resets: await db.auditEvent.count({ where: { action: "keys.reset", code: "" } }),
  };
  await store.close();
  return seen;
}

test(
  "a reset that is killed leaves the vault as it was, or as it is after, and nothing between",
  { timeout: 3_600_000 },
  async () => {
    console.info(`seed ${String(SEED)}`);
    const { home: original, args } = await prepare();
    const before = await lookAt(original);
    const after = { wraps: 2, lost: VALUES, passwords: 0, tokens: 0, services: 0, sessions: 0 };
    const outcomes = { before: 0, after: 0 };
    let workMs = 1_500;
    for (let n = 0; n < KILLS; n++) {
      const home = temporaryHome();
      cpSync(original, home, { recursive: true });
      const child = await startCommand(args, { home, env: ENV });
      const ran = ranTo(child);
      // The copy is the last thing before the transaction.
      const isCopied = () => readdirSync(join(home, "data")).some((name) => /\dZ$/.test(name));
      while (child.exitCode === null && !isCopied()) await wait(1);
      const from = performance.now();
      await Promise.race([wait(random() * workMs), ran]);
      child.kill("SIGKILL");
      const { code, stderr } = await ran;
      if (code === 0) workMs = Math.min(workMs, performance.now() - from);
      expect([0, null], stderr).toContain(code);
      const seen = await lookAt(home);
      const isAfter = seen.keyring !== before.keyring;
      outcomes[isAfter ? "after" : "before"] += 1;
      if (isAfter) expect(seen).toMatchObject({ ...after, resets: 1 });
      else expect(seen).toEqual(before);
      const again = await runCoffer([...args, "--json"], { home, env: ENV });
      if (isAfter) expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "not_lost" } });
      else expect(again.code, again.stderr).toBe(0);
      expect(await lookAt(home)).toMatchObject({ ...after, resets: 1 });
    }
    console.info(`killed ${String(KILLS)} times: ${JSON.stringify(outcomes)}`);
  },
);
