import { expect, test } from "vitest";
import type { AuditVerification } from "../../lib/shapes";
import { asAdmin, must, startCoffer, tamper } from "../support/coffer";

test.each([
  ["before the first of its journal", "$id", 0],
  ["with the lowest number that there is", "$id", -(2 ** 31)],
  ["of a journal that is not on record", "nobody's", 1],
  ["of a journal without a name", "", 1],
])("an event that somebody has put in is found: one %s", async (_what, id, seq) => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const verified = async () => {
    must(200, await admin.post("/api/v1/audit/verify", {}));
    await coffer.vault.audit.settled();
    const answer = must(200, await admin.get("/api/v1/audit/verify"));
    return (answer as { verification: AuditVerification }).verification;
  };
  expect(await verified()).toMatchObject({ state: "done", findings: 0 });
  const journal = await tamper(coffer, async (tx) => {
    await tx.$executeRaw`ALTER TABLE "AuditEvent" DROP CONSTRAINT "AuditEvent_journalId_fkey"`;
    const event = await tx.auditEvent.findFirstOrThrow({ orderBy: { seq: "desc" } });
    const journalId = id.replace("$id", event.journalId);
    await tx.auditEvent.create({ data: { ...event, journalId, seq } });
    return journalId;
  });
  const found = await verified();
  expect(found).toMatchObject({ state: "done" });
  expect(found.items).toContainEqual(expect.objectContaining({ journal, seq }));
});
