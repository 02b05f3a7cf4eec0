import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { asAdmin, mustCreateSecret, startCoffer, temporaryHome } from "../support/coffer";
import { ranTo, runCoffer, startCommand } from "../support/command";
import { mulberry32 } from "../support/seeded-random";

// Kills `coffer backup` and `coffer restore` at random moments. COFFER_TEST_KILLS says how often each, COFFER_TEST_SEED
// repeats a run's moments.

const PASSPHRASE = "a passphrase for tests";
const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 4);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);

const random = mulberry32(SEED);

/** Runs a command and kills it somewhere between its start and the time that a whole run takes. */
async function kill(args: readonly string[], home: string, wholeMs: number): Promise<void> {
  const child = startCommand([...args, "--passphrase-stdin"], { home });
  const ran = ranTo(child);
  child.stdin.end(PASSPHRASE);
  await Promise.race([wait(random() * wholeMs), ran]);
  child.kill("SIGKILL");
  await ran;
}

async function timed(args: readonly string[], home: string): Promise<number> {
  const from = performance.now();
  const ran = await runCoffer([...args, "--passphrase-stdin"], { home, input: PASSPHRASE });
  expect(ran.code, ran.stderr).toBe(0);
  return performance.now() - from;
}

test(
  "a backup or restore that is killed leaves a whole one or none, and the next one works",
  { timeout: 3_600_000 },
  async () => {
    console.info(`seed ${String(SEED)}`);
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (let n = 0; n < 20; n++) await mustCreateSecret(admin, `S_${String(n)}`, "x".repeat(9_999));
    const file = join(coffer.home, "whole.backup");
    const backupMs = await timed(["backup", file], coffer.home);
    const size = statSync(file).size;
    let home = temporaryHome();
    const restoreMs = await timed(["restore", file], home);

    for (let n = 0; n < KILLS; n++) {
      const killed = join(coffer.home, "killed.backup");
      await kill(["backup", killed], coffer.home, backupMs);
      // Each run adds events of its own: a whole file is no smaller than the first one.
      if (existsSync(killed)) expect(statSync(killed).size).toBeGreaterThanOrEqual(size);
      rmSync(killed, { force: true });

      home = temporaryHome();
      await kill(["restore", file], home, restoreMs);
      const isThere = existsSync(join(home, "data/coffer.db"));
      const again = await runCoffer(["restore", file, "--passphrase-stdin"], {
        ...{ home, input: PASSPHRASE },
      });
      expect(again.code, `seed ${String(SEED)}: ${again.stderr}`).toBe(isThere ? 1 : 0);
      if (isThere) expect(again.stderr).toContain("has a vault in it");
      expect(readdirSync(join(home, "data"))).toEqual(["coffer.db"]);
    }

    const restored = await startCoffer({ home, admin: false });
    const { db } = await restored.database();
    expect(await db.secret.count()).toBe(20);
    expect(await db.auditEvent.count({ where: { action: "backup.restore" } })).toBe(1);
  },
);
