import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { PASSPHRASE, restoreInto } from "../support/backup";
import { asAdmin, mustCreateSecret, startCoffer, temporaryHome } from "../support/coffer";
import { ranTo, startCommand } from "../support/command";
import { mulberry32 } from "../support/seeded-random";

// Kills `coffer backup` and `coffer restore` at random moments of their work on files: before that, a killed process has
// done nothing. COFFER_TEST_KILLS says how often each, COFFER_TEST_SEED repeats a run's moments.

const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 4);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);
const LOOK_EVERY_MS = 2;

const random = mulberry32(SEED);

/** Whether a folder has a file that something is made in, before it moves to its place. */
const isAtWork = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => /\.partial$|\.restoring-/.test(name));

/** Runs a command, and once it works on files in `folder`, waits for `until` or its end. Returns how long that was. */
async function atWork(
  args: readonly string[],
  { home, folder, until }: { home: string; folder: string; until?: () => Promise<unknown> },
): Promise<number> {
  const child = await startCommand([...args, "--passphrase-stdin"], { home });
  const ended = ranTo(child);
  child.stdin.end(PASSPHRASE);
  while (!isAtWork(folder) && child.exitCode === null) await wait(LOOK_EVERY_MS);
  const from = performance.now();
  await Promise.race([until?.() ?? ended, ended]);
  if (until) child.kill("SIGKILL");
  const ran = await ended;
  if (!until) expect(ran.code, ran.stderr).toBe(0);
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
    const backupMs = await atWork(["backup", file], { home: coffer.home, folder: coffer.home });
    const size = statSync(file).size;
    let home = temporaryHome();
    const restoreMs = await atWork(["restore", file], { home, folder: join(home, "data") });

    for (let n = 0; n < KILLS; n++) {
      const killed = join(coffer.home, "killed.backup");
      const inBackup = { home: coffer.home, folder: coffer.home };
      await atWork(["backup", killed], { ...inBackup, until: () => wait(random() * backupMs) });
      // Each run adds events of its own: a whole file is no smaller than the first one.
      if (existsSync(killed)) expect(statSync(killed).size).toBeGreaterThanOrEqual(size);
      for (const name of readdirSync(coffer.home)) {
        if (name.includes("killed.backup")) rmSync(join(coffer.home, name));
      }

      home = temporaryHome();
      const inRestore = { home, folder: join(home, "data") };
      await atWork(["restore", file], { ...inRestore, until: () => wait(random() * restoreMs) });
      const isThere = existsSync(join(home, "data/coffer.db"));
      const again = await restoreInto(home, file).then(
        () => "restored",
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(again, `seed ${String(SEED)}`).toBe(isThere ? "not_empty" : "restored");
      expect(readdirSync(join(home, "data"))).toEqual(["coffer.db"]);
    }

    const restored = await startCoffer({ home, admin: false });
    const { db } = await restored.database();
    expect(await db.secret.count()).toBe(20);
    expect(await db.auditEvent.count({ where: { action: "backup.restore" } })).toBe(1);
  },
);
