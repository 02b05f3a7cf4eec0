import { describe, expect, onTestFinished, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { openStore } from "../../lib/store/store";
import {
  asAdmin,
  asNobody,
  must,
  mustCreateSecret,
  mustHaveService,
  startCoffer,
  tamper,
  type Coffer,
} from "../support/coffer";
import { runCoffer } from "../support/command";
import { admit, ON_POSTGRES, swallow, type Swallowing } from "../support/database";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const WAYS: Swallowing[] = ON_POSTGRES ? ["before", "after", "deferred"] : ["before", "after"];
const VALUE = "value-that-must-not-leave";

async function world() {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  await mustCreateSecret(admin, "KEY", VALUE);
  const service = await mustHaveService(coffer, admin, ["*"]);
  must(200, await service.resolve("$SECRET/KEY")); // and so is in memory
  return { coffer, admin, service };
}

/** What there is, but for what is counted in the background. */
async function everything(coffer: Coffer): Promise<string> {
  const { db } = await coffer.database();
  const tables = [db.secret.findMany(), db.session.count(), db.revision.findMany()] as const;
  const record = [db.auditEvent.findMany(), db.journal.findMany()] as const;
  return JSON.stringify(await Promise.all([...tables, ...record]));
}

async function verified({ vault }: Coffer) {
  await vault.audit.verify(OPERATOR);
  await vault.audit.settled();
  return vault.audit.verified(OPERATOR);
}

const signIn = ({ vault }: Coffer) =>
  vault.people.signIn(
    { address: "", userAgent: "", requestId: "" },
    ...([TEST_ADMIN.email, TEST_ADMIN.password] as const),
  );

describe.each(WAYS)("where the database takes events and does not keep them (%s)", (how) => {
  test("no value leaves and nothing is done: 503, and ready says so; once it keeps them, all goes on", async () => {
    const { coffer, admin, service } = await world();
    const before = await everything(coffer);
    await tamper(coffer, (tx) => swallow(tx, { name: "evil", table: "AuditEvent", how }));
    const refused = [
      await service.resolve("$SECRET/KEY"),
      await service.post("/api/v1/render", ["$SECRET/KEY"]),
      await service.get("/api/v1/whoami"),
      await admin.post("/api/v1/secrets", { name: "NEW", value: VALUE }),
      await admin.get("/api/v1/secrets"),
      await asNobody(coffer).get("/api/v1/whoami"),
      await asNobody(coffer).get("/health/ready"),
    ];
    for (const answer of refused) {
      expectProblem(answer, 503, "unavailable");
      expect(answer.text).not.toContain(VALUE);
    }
    await expect(signIn(coffer)).rejects.toMatchObject({ code: "unavailable" });
    expect(await everything(coffer)).toBe(before);

    await tamper(coffer, (tx) => admit(tx, "evil"));
    expect((await asNobody(coffer).get("/health/ready")).status).toBe(200);
    must(200, await service.resolve("$SECRET/KEY"));
    await mustCreateSecret(admin, "NEW", VALUE);
    await signIn(coffer);
    expect(await verified(coffer)).toMatchObject({ state: "done", findings: 0 });
  });

  test("of one action, that one is not done, and no gap is left", async () => {
    const { coffer, admin, service } = await world();
    const when = `NEW."action" IN ('secrets.resolve', 'secrets.create')`;
    const { db } = await coffer.database();
    const actions = ["secrets.resolve", "secrets.create"];
    const count = () => db.auditEvent.count({ where: { action: { in: actions } } });
    const before = await count();
    await tamper(coffer, (tx) => swallow(tx, { name: "evil", table: "AuditEvent", how, when }));
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([
        service.resolve("$SECRET/KEY"),
        admin.post("/api/v1/secrets", { name: `NEW_${String(round)}`, value: VALUE }),
        admin.get("/api/v1/environments"), // may share a commit with it
      ]);
      for (const answer of answers.slice(0, 2)) {
        expectProblem(answer, 503, "unavailable");
        expect(answer.text).not.toContain(VALUE);
      }
      must(200, await admin.get("/api/v1/environments"));
    }
    expect([await count(), await db.secret.count()]).toEqual([before, 1]);
    await tamper(coffer, (tx) => admit(tx, "evil"));
    must(200, await service.resolve("$SECRET/KEY"));
    expect(await verified(coffer)).toMatchObject({ state: "done", findings: 0 });
  });

  test("neither a server nor a command begins, and neither leaves a journal", async () => {
    const { coffer } = await world();
    await coffer.stop();
    const databaseUrl = coffer.config.databaseUrl;
    const store = await openStore({ databaseUrl, prismaDirectory: "prisma" });
    onTestFinished(() => store.close());
    const journals = await store.db.journal.findMany();
    await store.write((tx) => swallow(tx, { name: "evil", table: "AuditEvent", how }));
    await expect(startCoffer({ home: coffer.home })).rejects.toThrow("keeps events from it");
    const { code, stderr } = await runCoffer(["audit", "verify"], coffer);
    expect(code).not.toBe(0);
    expect(stderr).toContain("such as a trigger or a rule on the table AuditEvent");
    expect(await store.db.journal.findMany()).toEqual(journals);
    await store.write((tx) => admit(tx, "evil"));
    const again = await startCoffer({ home: coffer.home });
    expect(await verified(again)).toMatchObject({ state: "done", findings: 0 });
  });
});
