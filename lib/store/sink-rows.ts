import { timeOf } from "./column";
import type { Prepare } from "./direct";
import { listed } from "./dialect";
import { Prisma } from "./generated/sqlite/client";
import type { FoundEvent } from "./event-rows";
import type { Soon } from "./soon";
import type { Db } from "./store";

/** Where a journal ends: the number of its last event. */
export interface JournalEnd {
  journalId: string;
  end: number;
}

/** Up to which event of a journal a sink has been given all. */
export interface CursorRow {
  sinkId: string;
  journalId: string;
  seq: number;
  mac: string;
}

/** Reads the audit record from beginning to end, journal by journal. */
export interface RecordReader {
  /** Where up to `limit` journals end, in the order of their ids, from the one after `after` on. */
  readJournalEnds(after: string, limit: number): Soon<JournalEnd[]>;
  /** Up to `limit` events of a journal, in their order, from the one after `seq` on. */
  readEventsAfter(journalId: string, seq: number, limit: number): Soon<FoundEvent[]>;
}

/** Both take a few microseconds a row, and nothing else has a turn meanwhile: ask for few. */
export function recordReader(prepare: Prepare): RecordReader {
  const ends = prepare(`
    SELECT j."id" AS "journalId",
      coalesce((SELECT max(e."seq") FROM "AuditEvent" e WHERE e."journalId" = j."id"), 0) AS "end"
    FROM "Journal" j WHERE j."id" > ? ORDER BY j."id" LIMIT ?`);
  const events = prepare(
    `SELECT * FROM "AuditEvent" WHERE "journalId" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?`,
  );
  return {
    readJournalEnds: (...wanted) => ends.all(...wanted) as JournalEnd[],
    readEventsAfter: (...wanted) =>
      (events.all(...wanted) as FoundEvent[]).map((row) => ({
        ...row,
        at: timeOf(row.at).toISOString(),
      })),
  };
}

const CURSOR_COLUMNS = { sinkId: "text", journalId: "text", seq: "int", mac: "text" } as const;

/** Moves a sink's cursors. For a transaction. */
export async function writeCursors(tx: Db, cursors: readonly CursorRow[]): Promise<void> {
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO "AuditCursor" ("sinkId", "journalId", "seq", "mac")
    SELECT c."sinkId", c."journalId", c."seq", c."mac"
    FROM ${listed(tx, "c", CURSOR_COLUMNS, JSON.stringify(cursors))}
    WHERE true
    ON CONFLICT ("sinkId", "journalId") DO UPDATE SET "seq" = excluded."seq", "mac" = excluded."mac"`);
}
