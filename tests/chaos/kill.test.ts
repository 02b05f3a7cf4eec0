import { expect, test } from "vitest";
import { Client, temporaryHome } from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { startProcess } from "../support/process";
import { signIn } from "../support/sign-in";

const KILLS = 20;
const WRITERS = 4;

const env = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
  COFFER_LOG_LEVEL: "error",
};

test(
  `after ${String(KILLS)} kill -9 under writes, every acknowledged secret is there and opens, and none is half there`,
  { timeout: 1_200_000 },
  async () => {
    const home = temporaryHome();
    const acknowledged = new Map<string, string>();
    const attempted = new Map<string, string>();
    for (let round = 0; round < KILLS; round++) {
      const coffer = await startProcess({ home, env });
      const admin = new Client(coffer.url, {
        cookie: await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password),
        origin: coffer.url,
      });
      let killed = false;
      const before = acknowledged.size;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        for (let i = 0; !killed; i++) {
          const name = `R${String(round)}_W${String(writer)}_${String(i)}`;
          const value = `value of ${name} ${"x".repeat(i % 3_000)}`;
          attempted.set(name, value);
          const answer = await admin.post("/api/v1/secrets", { name, value }).catch(() => null);
          if (answer?.status === 201) acknowledged.set(name, value);
        }
      });
      // In the middle of writes, however slow the machine is: after some were acknowledged.
      while (acknowledged.size < before + 3) await aMoment(5);
      await aMoment(7 * (round % 5));
      await coffer.end("SIGKILL");
      killed = true;
      await Promise.all(writers);
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS);
    await expectAllWhole(home, acknowledged, attempted);
  },
);

const aMoment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function expectAllWhole(
  home: string,
  acknowledged: ReadonlyMap<string, string>,
  attempted: ReadonlyMap<string, string>,
): Promise<void> {
  const coffer = await startProcess({ home, env });
  const admin = new Client(coffer.url, {
    cookie: await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password),
    origin: coffer.url,
  });
  const stored: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const after = cursor === "" ? "" : `&cursor=${cursor}`;
    const { json } = await admin.get(`/api/v1/secrets?limit=500${after}`);
    stored.push(...(json?.["items"] as { name: string }[]).map(({ name }) => name));
    cursor = json?.["nextCursor"] as string | null;
  }
  for (const name of acknowledged.keys()) expect(stored).toContain(name);
  for (const name of stored) expect(attempted.has(name)).toBe(true);

  const rules = [{ actions: ["resolve"], names: ["*"] }];
  const service = await admin.post("/api/v1/services", { name: "reader", rules });
  const minted = await admin.post(`/api/v1/services/${String(service.json?.["id"])}/tokens`, {});
  const reader = new Client(coffer.url, {
    authorization: `Bearer ${String(minted.json?.["token"])}`,
  });
  for (let i = 0; i < stored.length; i += 200) {
    const names = stored.slice(i, i + 200);
    const answer = await reader.resolve(names.map((name) => `$SECRET/${name}`));
    expect(answer.status).toBe(200);
    expect(answer.json?.["config"]).toEqual(names.map((name) => attempted.get(name)));
  }
  expect(await coffer.end("SIGTERM")).toBe(0);
}
