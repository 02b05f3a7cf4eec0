import { EVENT_COLUMNS, type FoundEvent, type StoredEvent as Cells } from "../event-rows";
import type { LiveRecord, Place, RecordRows, StoredJournal, TimePlace } from "../journal-rows";
import type { JournalEnd, RecordReader } from "../sink-rows";
import type { Query } from "./query";

/** A time as SQLite has it, and as the MACs cover it. */
const text = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')`;

const CELLS = [...EVENT_COLUMNS, "mac"]
  .map((name) => (name === "at" ? `${text(`"at"`)} AS "at"` : `"${name}"`))
  .join(", ");
const JOURNALS = `SELECT "id", ${text(`"openedAt"`)} AS "openedAt", "link" FROM "Journal" ORDER BY 2, 1`;
const END = `SELECT "seq", "mac" FROM "AuditEvent" WHERE "journalId" = $1 AND "seq" >= 1 AND "mac" IS NOT NULL
  ORDER BY "seq" DESC LIMIT 1`;
const PAGE = `SELECT ${CELLS} FROM "AuditEvent" WHERE "journalId" = $1 AND "seq" > $2::bigint ORDER BY "seq" LIMIT $3`;
const ALL = `SELECT ${CELLS} FROM "AuditEvent" WHERE "journalId" = $1 ORDER BY "seq"`;
const FIRST_TIME = "-infinity";

/** The audit record, as `recordRows` of SQLite reads it. */
export function recordRows(query: Query): LiveRecord {
  const one = async <R extends object>(sql: string, ...values: unknown[]): Promise<R | null> =>
    (await query<R>(sql, values))[0] ?? null;
  return {
    journals: () => query<StoredJournal>(JOURNALS),
    nextId: async (after) =>
      (
        await one<{ id: string | null }>(
          `SELECT min("journalId") AS "id" FROM "AuditEvent" WHERE "journalId" > $1`,
          after ?? "",
        )
      )?.id ?? null,
    head: (id) =>
      one<Place>(
        `SELECT "seq", "mac" FROM "AuditEvent" WHERE "journalId" = $1 ORDER BY "seq" DESC LIMIT 1`,
        id,
      ),
    end: (id) => one<{ seq: number; mac: string }>(END, id),
    mac: async (id, seq) =>
      (
        await one<{ mac: string | null }>(
          `SELECT "mac" FROM "AuditEvent" WHERE "journalId" = $1 AND "seq" = $2::bigint`,
          ...[id, seq],
        )
      )?.mac,
    page: (id, after, limit) => query.arrays<[...Cells]>(PAGE, [id, after, limit]),
    withMac: (mac) =>
      query(`SELECT "journalId", "seq" FROM "AuditEvent" WHERE "mac" = $1 LIMIT 2`, [mac]),
    count: async () =>
      (await one<{ count: number }>(`SELECT count(*) AS "count" FROM "AuditEvent"`))?.count ?? 0,
    anchor: async (id) =>
      (await one<{ text: string }>(`SELECT "text" FROM "AuditAnchor" WHERE "journalId" = $1`, id))
        ?.text ?? null,
    later: ({ at, journalId, seq }, skip) =>
      one<TimePlace>(
        `SELECT ${text(`"at"`)} AS "at", "journalId", "seq" FROM "AuditEvent"
        WHERE ("at", "journalId", "seq") > ($1::timestamp, $2, $3)
        ORDER BY "AuditEvent"."at", "journalId", "seq" LIMIT 1 OFFSET $4`,
        ...[at === "" ? FIRST_TIME : at, journalId, seq, skip],
      ),
  };
}

/** The journals and where each ends: what a new one is linked to. */
export async function readHeads(query: Query): Promise<RecordRows> {
  const journals = await query<StoredJournal>(JOURNALS);
  const rows = await query<{ id: string; seq: number; mac: string }>(`
    SELECT j."id", e."seq", e."mac" FROM "Journal" j CROSS JOIN LATERAL (
      SELECT "seq", "mac" FROM "AuditEvent" WHERE "journalId" = j."id" AND "seq" >= 1 AND "mac" IS NOT NULL
      ORDER BY "seq" DESC LIMIT 1) e`);
  const ends = new Map(rows.map(({ id, seq, mac }) => [id, { seq, mac }]));
  // One from before the chain is bound as a whole by the first that has it: a vault has such only until it is first opened.
  const unchained = journals.every(({ link }) => link === null) ? journals : [];
  const events = new Map<string, Cells[]>();
  for (const { id } of unchained) events.set(id, await query.arrays<[...Cells]>(ALL, [id]));
  return {
    ...{ ...NOTHING, journals: () => journals, end: (id) => ends.get(id) ?? null },
    page: (id, after, limit) => pageOf(events.get(id) ?? unread(), after, limit),
  };
}

/** The events of a journal after one of them: what stands at its end. */
export async function readTail(
  query: Query,
  journalId: string,
  after: number,
): Promise<RecordRows> {
  const events = await query.arrays<[...Cells]>(PAGE, [journalId, after, null]);
  return {
    ...NOTHING,
    page: (id, from, limit) => (id === journalId ? pageOf(events, from, limit) : []),
  };
}

function pageOf(events: readonly Cells[], after: number, limit: number): Cells[] {
  return events.filter(([, seq]) => Number(seq) > after).slice(0, limit);
}

/** A record that has not been read. */
export const NOTHING: RecordRows = {
  ...{ journals: unread, nextId: unread, head: unread, end: unread, mac: unread, page: unread },
  ...{ withMac: unread, count: unread, anchor: unread, later: unread },
};

function unread(): never {
  throw new TypeError("This part of the audit record was not read.");
}

/** Reads the record from beginning to end, journal by journal. */
export function recordReader(query: Query): RecordReader {
  return {
    readJournalEnds: (after, limit) =>
      query<JournalEnd>(
        `SELECT j."id" AS "journalId",
          coalesce((SELECT max(e."seq") FROM "AuditEvent" e WHERE e."journalId" = j."id"), 0) AS "end"
        FROM "Journal" j WHERE j."id" > $1 ORDER BY j."id" LIMIT $2`,
        [after, limit],
      ),
    readEventsAfter: async (journalId, seq, limit) => {
      const rows = await query<Omit<FoundEvent, "at"> & { at: Date }>(
        `SELECT * FROM "AuditEvent" WHERE "journalId" = $1 AND "seq" > $2 ORDER BY "seq" LIMIT $3`,
        [journalId, seq, limit],
      );
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },
  };
}
