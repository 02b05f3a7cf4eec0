import { expect, test } from "vitest";
import type { AuditVerification } from "../../lib/shapes";
import { openStore } from "../../lib/store/store";
import { Client, must, temporaryHome } from "../support/coffer";
import { runCoffer } from "../support/command";
import { databaseUrlOf } from "../support/database";
import { TEST_ADMIN } from "../support/keys";
import { startProcess } from "../support/process";
import { signIn } from "../support/sign-in";

// COFFER_TEST_KILLS says how often. No kill comes at a random time: each some milliseconds later after 50 answers.
const KILLS = Number(process.env["COFFER_TEST_KILLS"] ?? 8);
const CALLERS = 8;

const env = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
  COFFER_LOG_LEVEL: "error",
};

test(
  `after ${String(KILLS)} kill -9 under load, every answer that a client got has its event, and the record verifies each time`,
  { timeout: 120_000 + KILLS * 60_000 },
  async () => {
    const home = temporaryHome();
    const answered = new Map<string, string>();
    let token: string | undefined;
    for (let round = 0; round < KILLS; round++) {
      const coffer = await startProcess({ home, env });
      const admin = new Client(coffer.url, {
        cookie: await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password),
        origin: coffer.url,
      });
      token ??= await makeService(admin);
      const service = new Client(coffer.url, { authorization: `Bearer ${token}` });
      let killed = false;
      const before = answered.size;
      const callers = Array.from({ length: CALLERS }, async (_, caller) => {
        for (let i = 0; !killed; i++) {
          const answer = await call(caller, i, { admin, service }).catch(() => null);
          const id = answer?.headers.get("x-request-id");
          if (answer && id)
            answered.set(id, `${String(answer.status)} ${answer.text.slice(0, 80)}`);
        }
      });
      // In the middle of it, however slow the machine is.
      while (answered.size < before + 50) await aMoment(5);
      await aMoment(7 * (round % 5));
      await coffer.end("SIGKILL");
      killed = true;
      await Promise.all(callers);
      const verified = await runCoffer(["audit", "verify", "--json"], { home });
      expect([verified.code, verified.stdout]).toEqual([
        0,
        expect.stringContaining('"findings":0'),
      ]);
    }
    expect(await withoutEvent(home, answered)).toEqual([]);
    await expectVerifiedByServer(home);
  },
);

const aMoment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function makeService(admin: Client): Promise<string> {
  await admin.post("/api/v1/secrets", { name: "KEY", value: "value" });
  const rules = [{ actions: ["resolve"], names: ["KEY"] }];
  const service = await admin.post("/api/v1/services", { name: "gateway", rules });
  const { id } = must(201, service) as { id: string };
  const minted = must(201, await admin.post(`/api/v1/services/${id}/tokens`, {}));
  return (minted as { token: string }).token;
}

/** Reads, failures and changes, mixed. Denials that are alike are counted, so there are none. */
function call(caller: number, i: number, by: { admin: Client; service: Client }) {
  if (caller === 0) return by.admin.patch("/api/v1/secrets/KEY", { description: String(i) });
  if (caller === 1) return by.admin.get("/api/v1/secrets/NONE");
  return by.service.resolve("$SECRET/KEY");
}

/** The same asked of the server, which has a thread of its own for it. */
async function expectVerifiedByServer(home: string): Promise<void> {
  const coffer = await startProcess({ home, env });
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  const admin = new Client(coffer.url, { cookie, origin: coffer.url });
  must(200, await admin.post("/api/v1/audit/verify", {}));
  for (;;) {
    const { verification } = must(200, await admin.get("/api/v1/audit/verify")) as {
      verification: AuditVerification;
    };
    if (verification.state === "running") {
      await aMoment(50);
      continue;
    }
    expect(verification).toMatchObject({ state: "done", findings: 0, journals: 2 * KILLS + 1 });
    break;
  }
  expect(await coffer.end("SIGTERM")).toBe(0);
}

async function withoutEvent(home: string, answered: ReadonlyMap<string, string>) {
  const databaseUrl = await databaseUrlOf(home);
  const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
  try {
    const rows = await store.db.auditEvent.findMany({ select: { requestId: true } });
    const onRecord = new Set(rows.map(({ requestId }) => requestId));
    return [...answered].filter(([id]) => !onRecord.has(id));
  } finally {
    await store.close();
  }
}
