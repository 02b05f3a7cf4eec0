import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import { peekKeyring } from "../../lib/store/keyring-rows";
import { asAdmin, must, startCoffer, temporaryHome } from "../support/coffer";
import { ranTo, runCoffer, startCommand } from "../support/command";
import { administer, dropDatabase, makeDatabase } from "../support/postgres";
import { mulberry32 } from "../support/seeded-random";

// Kills `coffer migrate-to` at random moments. COFFER_TEST_KILLS says how often, COFFER_TEST_VALUES with how many values,
// COFFER_TEST_SEED repeats a run's moments.

const server = inject("postgresUrl");
const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 4);
const VALUES = Number(process.env["COFFER_TEST_VALUES"] ?? 400);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 2 ** 31);

const random = mulberry32(SEED);

/** A vault in a file that nobody works on. */
async function prepare() {
  const home = temporaryHome();
  const databaseUrl = `file:${join(home, "data/coffer.db")}`;
  const coffer = await startCoffer({ home, databaseUrl });
  const lines = Array.from({ length: VALUES }, (_, n) => `KEY_${String(n)}=value`);
  const admin = await asAdmin(coffer);
  must(200, await admin.post("/api/v1/import", { source: { text: lines.join("\n") } }));
  await coffer.stop();
  return { home, env: { DATABASE_URL: databaseUrl } };
}

/** What a start would find. */
async function lookAt(databaseUrl: string): Promise<"empty" | "unfinished" | "there"> {
  try {
    return (await peekKeyring(databaseUrl)) === null ? "empty" : "there";
  } catch (error) {
    expect(String(error)).toContain("has not come to its end");
    return "unfinished";
  }
}

test(
  "a move that is killed has moved nothing that can be started on, or all, and the same command does the rest",
  { timeout: 3_600_000 },
  async () => {
    console.info(`seed ${String(SEED)}`);
    const { home, env } = await prepare();
    const args = ["migrate-to", "--url-file", "url"];
    const outcomes = { empty: 0, unfinished: 0, there: 0 };
    let wholeMs = 0;
    for (let n = 0; n <= KILLS; n++) {
      const databaseUrl = await makeDatabase(server, "nothing");
      onTestFinished(() => dropDatabase(server, databaseUrl));
      writeFileSync(join(home, "url"), databaseUrl);
      const from = performance.now();
      const child = await startCommand(args, { home, env });
      const ran = ranTo(child);
      if (n > 0) {
        await Promise.race([wait(wholeMs * (0.1 + 0.9 * random())), ran]);
        child.kill("SIGKILL");
      }
      const { code, stderr } = await ran;
      expect([0, null], stderr).toContain(code);
      if (n === 0) wholeMs = performance.now() - from;
      const seen = await lookAt(databaseUrl);
      outcomes[seen] += 1;
      const again = await runCoffer([...args, "--json"], { home, env });
      // Of one that was killed while its last statement was under way, that may have been done since.
      if (again.code !== 0) {
        expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "not_empty" } });
      } else expect(seen, `seed ${String(SEED)}`).not.toBe("there");
      expect(await lookAt(databaseUrl)).toBe("there");
      const values = await administer(
        databaseUrl,
        `SELECT count(*)::int AS n FROM "SecretVersion"`,
      );
      expect(values).toEqual([{ n: VALUES }]);
      const ends = await administer(
        databaseUrl,
        `SELECT count(*)::int AS n FROM "AuditEvent" WHERE "action" = 'vault.move' AND "target" LIKE 'from %'`,
      );
      expect(ends).toEqual([{ n: 1 }]);
    }
    console.info(`killed ${String(KILLS)} times: ${JSON.stringify(outcomes)}`);
  },
);
