import { expect, test } from "vitest";
import { Client, must, temporaryHome } from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { startProcess, type CofferProcess } from "../support/process";
import { mulberry32 } from "../support/seeded-random";
import { signIn } from "../support/sign-in";

/** How often the process is killed: a few in every run of the tests, many by hand. */
const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 3);
const SEED = Number(process.env["COFFER_TEST_SEED"] ?? Date.now() % 1_000_000);
const NAMES = 2_000;

const env = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
  COFFER_LOG_LEVEL: "error",
};

const asAdminOf = async (coffer: CofferProcess) =>
  new Client(coffer.url, {
    cookie: await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: coffer.url,
  });

test(
  `after each of ${String(KILLS)} kill -9 during an import it is there as a whole or not at all, and all that is there opens (seed ${String(SEED)})`,
  { timeout: KILLS * 60_000 + 120_000 },
  async () => {
    const home = temporaryHome();
    const random = mulberry32(SEED);
    const whole: number[] = [];
    let longestMs = 400;
    for (let round = 0; round < KILLS; round++) {
      const coffer = await startProcess({ home, env });
      const admin = await asAdminOf(coffer);
      const text = namesOf(round)
        .map((name) => `${name}='value of ${name}'`)
        .join("\n");
      const from = performance.now();
      const importing = { hasEnded: false };
      const answer = admin
        .post("/api/v1/import", { source: { text } })
        .catch(() => null)
        .finally(() => {
          importing.hasEnded = true;
        });
      const killAt = from + random() * longestMs;
      while (!importing.hasEnded && performance.now() < killAt)
        await new Promise((r) => setTimeout(r, 2));
      if (importing.hasEnded) longestMs = Math.max(longestMs, performance.now() - from);
      await coffer.end("SIGKILL");
      if ((await answer)?.status === 200) whole.push(round);
    }

    const coffer = await startProcess({ home, env });
    const admin = await asAdminOf(coffer);
    const rules = [{ actions: ["resolve"], names: ["*"] }];
    const service = await admin.post("/api/v1/services", { name: "reader", rules });
    const path = `/api/v1/services/${String(service.json?.["id"])}/tokens`;
    const minted = must(201, await admin.post(path, {})) as { token: string };
    const reader = new Client(coffer.url, { authorization: `Bearer ${minted.token}` });
    for (let round = 0; round < KILLS; round++) {
      const names = namesOf(round);
      const first = await admin.get(`/api/v1/secrets/${names[0] ?? ""}`);
      const answer = await reader.resolve(names.map((name) => `$SECRET/${name}`));
      if (whole.includes(round)) expect(first.status).toBe(200);
      if (first.status === 200) {
        const { config } = must(200, answer) as { config: string[] };
        expect(config).toEqual(names.map((name) => `value of ${name}`));
      } else {
        const failures = answer.json?.["failures"] as { reason: string }[];
        expect(failures.filter(({ reason }) => reason === "missing")).toHaveLength(NAMES);
      }
    }
    expect(await coffer.end("SIGTERM")).toBe(0);
  },
);

function namesOf(round: number): string[] {
  return Array.from({ length: NAMES }, (_, i) => `R${String(round)}_${String(i)}`);
}
