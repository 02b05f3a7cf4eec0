import type { Db } from "./store";

/** How many events were pruned: of every journal up to the number of its anchor. */
export async function prunedEvents(db: Db): Promise<number> {
  const { _sum } = await db.auditAnchor.aggregate({ _sum: { seq: true } });
  return _sum.seq ?? 0;
}

/** Notes where each journal ends that has grown since a run has seen it. For a transaction. */
export async function markEnds(tx: Db, run: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "AuditMark" ("journalId", "run", "seq")
    SELECT "id", CAST(${run} AS INTEGER), "end" FROM (
      SELECT j."id" AS "id",
        (SELECT max(e."seq") FROM "AuditEvent" e WHERE e."journalId" = j."id") AS "end",
        coalesce((SELECT max(m."seq") FROM "AuditMark" m WHERE m."journalId" = j."id"), 0) AS "seen"
      FROM "Journal" j
    ) AS ends WHERE "end" > "seen"
    ON CONFLICT DO NOTHING`;
}

/** Up to which event of each journal that run had seen it, or one before. */
export async function seenBy(db: Db, run: number): Promise<Map<string, number>> {
  const marks = await db.auditMark.groupBy({
    ...{ by: ["journalId"], where: { run: { lte: run } }, _max: { seq: true } },
  });
  return new Map(marks.map(({ journalId, _max }) => [journalId, _max.seq ?? 0]));
}

/** Drops marks that a later one says as much as, for whoever asks about that run or a later one. */
export async function dropMarks(tx: Db, run: number): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "AuditMark" WHERE EXISTS (
      SELECT 1 FROM "AuditMark" m WHERE m."journalId" = "AuditMark"."journalId"
        AND m."run" > "AuditMark"."run" AND m."run" <= ${run})`;
}

/** Deletes events of a journal, and has an anchor stand for them and all before. For a transaction. */
export async function prunePrefix(
  tx: Db,
  { journalId, after, seq, text }: { journalId: string; after: number; seq: number; text: string },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "AuditAnchor" ("journalId", "seq", "text") VALUES (${journalId}, ${seq}, ${text})
    ON CONFLICT ("journalId") DO UPDATE SET "seq" = excluded."seq", "text" = excluded."text"`;
  await tx.auditEvent.deleteMany({ where: { journalId, seq: { gt: after, lte: seq } } });
}
