import { timeOf, timeText } from "./column";
import type { Prepare } from "./direct";
import type { FoundEvent } from "./event-rows";
import type { RecordWriter } from "./record-writer";
import type { Soon } from "./soon";

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

/** What a sink has been given, by a process that had its lease. */
export interface Delivered {
  sinkId: string;
  holder: string;
  at: Date;
  /** The lease lasts for so long from then on: on PostgreSQL from when it is written, by the database's clock. */
  leaseMs: number;
  cursors: readonly CursorRow[];
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

/** Moves a sink's cursors, while the lease is the holder's. For a transaction that begins with it. */
export function deliveryWriter(prepare: Prepare): Pick<RecordWriter, "writeDelivered"> {
  const claim = prepare(`
    UPDATE "AuditSink" SET "heldUntil" = ?, "deliveredAt" = ?, "failingSince" = NULL, "problem" = NULL
    WHERE "id" = ? AND "holder" = ?`);
  const move = prepare(`
    INSERT INTO "AuditCursor" ("sinkId", "journalId", "seq", "mac")
    SELECT c.value ->> 'sinkId', c.value ->> 'journalId', c.value ->> 'seq', c.value ->> 'mac'
    FROM json_each(?) c WHERE true
    ON CONFLICT ("sinkId", "journalId") DO UPDATE SET "seq" = excluded."seq", "mac" = excluded."mac"`);
  return {
    writeDelivered({ sinkId, holder, at, leaseMs, cursors }) {
      const heldUntil = new Date(at.getTime() + leaseMs);
      const { changes } = claim.run(timeText(heldUntil), timeText(at), sinkId, holder);
      if (changes === 0) return false;
      move.run(JSON.stringify(cursors));
      return true;
    },
  };
}
