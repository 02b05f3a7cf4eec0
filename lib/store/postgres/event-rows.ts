import { EVENT_COLUMNS, type StoredEvent } from "../event-rows";
import { NotKept, requireKept, runOf, type Found } from "../kept";
import { SEEN, seenIn, type Seen } from "./latest";
import type { Query } from "./query";

const COLUMNS = [...EVENT_COLUMNS, "mac"] as const;
const TYPES: Partial<Record<(typeof COLUMNS)[number], string>> = {
  ...{ seq: "integer", at: "timestamp(3)", repeats: "integer" },
};
const LIST = COLUMNS.map((name) => `"${name}"`).join(", ");
const TYPED = COLUMNS.map((name) => `"${name}" ${TYPES[name] ?? "text"}`).join(", ");

/**
 * Whether the database can do nothing with events but to take them: AuditEvent is a table without rules or triggers, but for the one
 * that looks whether there is such a journal.
 */
const PLAIN = `
  SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = '"AuditEvent"'::regclass AND relkind = 'r' AND NOT relhasrules)
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = '"AuditEvent"'::regclass
      AND tgfoid NOT IN ('pg_catalog."RI_FKey_check_ins"'::regproc, 'pg_catalog."RI_FKey_check_upd"'::regproc)) AS "isPlain"`;

/**
 * All rows in one statement, which is a transaction of its own, and only if the Revision is the one given (null: any), on
 * the server's timeline that was given; and only if it is told that somebody looks whether they are there afterwards, or nobody has
 * to. Says what all of these are.
 *
 * Why that is enough, and no lock is needed: a statement sees what was committed before it began. It begins after all
 * events came in that it writes, so after each request arrived that they are of. A change that was acknowledged
 * before a request arrived was committed before that, and has raised Revision in its transaction; so this statement sees the
 * risen one, and writes no event that was decided under the one before. No event, no answer: the request is decided
 * again, from rows that are read after the risen Revision was (`Store.latest`), so from rows that are at least as new.
 * A change that is committed while this statement runs was not acknowledged when the request arrived, and may come
 * before or after it. Nothing of this asks for a notification, or for one clock.
 */
const APPEND = `
  WITH "now" AS (${SEEN}), "table" AS (${PLAIN}),
  "put" AS (
    INSERT INTO "AuditEvent" (${LIST})
    SELECT ${LIST} FROM json_to_recordset($1::json) AS e(${TYPED})
    WHERE ($2::integer IS NULL
      OR EXISTS (SELECT 1 FROM "now" WHERE "counter" = $2::integer AND "timeline" = $3::text))
      AND ($4::boolean OR (SELECT "isPlain" FROM "table"))
    RETURNING 1
  )
  SELECT "counter", "timeline", "isPlain", (SELECT count(*) FROM "put") AS "written" FROM "now", "table"`;

const FIND = `
  SELECT count(*) AS "count", max("mac") FILTER (WHERE "seq" = $3) AS "mac"
  FROM "AuditEvent" WHERE "journalId" = $1 AND "seq" BETWEEN $2 AND $3`;

/** What came of an attempt to write events. */
interface Inserted {
  /** False where what was seen is another than they were decided under. */
  isWritten: boolean;
  seen: Seen;
}

/**
 * Writes events that are in their place. Not, and none of them, if what the statement sees is another than `under`. For a transaction
 * (`transaction`), in which it looks whether they are there.
 * @throws NotKept
 */
export async function insertEvents(
  query: Query,
  events: readonly StoredEvent[],
  under: Seen | null,
): Promise<Inserted> {
  const { seen } = await insert(query, events, under, true);
  if (!holds(under, seen)) return { isWritten: false, seen };
  const { journalId = "", first = 0, last = 0 } = runOf(events) ?? {};
  const [found] = await query<Found>(FIND, [journalId, first, last]);
  requireKept(events, found ?? { count: 0, mac: null });
  return { isWritten: true, seen };
}

/**
 * The same in one statement, which is a transaction of its own, and needs no look afterwards. Null, and nothing is written, where one
 * is needed: something in the database has a hand in it.
 * @throws NotKept
 */
export async function appendAtOnce(
  query: Query,
  events: readonly StoredEvent[],
  under: Seen | null,
): Promise<Inserted | null> {
  const { seen, isPlain, written } = await insert(query, events, under, false);
  if (!isPlain) return null;
  const isWritten = holds(under, seen);
  if (isWritten && written !== events.length) throw new NotKept();
  return { isWritten, seen };
}

function holds(under: Seen | null, { counter, timeline }: Seen): boolean {
  return under === null || (under.counter === counter && under.timeline === timeline);
}

async function insert(
  query: Query,
  events: readonly StoredEvent[],
  under: Seen | null,
  isLookedFor: boolean,
): Promise<{ seen: Seen; isPlain: boolean; written: number }> {
  const rows = events.map((event) =>
    Object.fromEntries(COLUMNS.map((name, index) => [name, event[index] ?? null])),
  );
  const said = await query<Seen & { isPlain: boolean; written: number }>(APPEND, [
    ...[JSON.stringify(rows), under?.counter ?? null, under?.timeline ?? null, isLookedFor],
  ]);
  const { written, isPlain, ...seen } = seenIn(said);
  return { seen, isPlain, written };
}
