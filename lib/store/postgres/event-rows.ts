import { EVENT_COLUMNS, type StoredEvent } from "../event-rows";
import { SEEN, seenIn, type Seen } from "./latest";
import type { Query } from "./query";

const COLUMNS = [...EVENT_COLUMNS, "mac"] as const;
const TYPES: Partial<Record<(typeof COLUMNS)[number], string>> = {
  ...{ seq: "integer", at: "timestamp(3)", repeats: "integer" },
};
const LIST = COLUMNS.map((name) => `"${name}"`).join(", ");
const TYPED = COLUMNS.map((name) => `"${name}" ${TYPES[name] ?? "text"}`).join(", ");

/**
 * All rows in one statement, which is a transaction of its own, and only if the Revision is the one given (null: any), on
 * the server's timeline that was given. Says what both are.
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
  WITH "now" AS (${SEEN}),
  "put" AS (
    INSERT INTO "AuditEvent" (${LIST})
    SELECT ${LIST} FROM json_to_recordset($1::json) AS e(${TYPED})
    WHERE $2::integer IS NULL
      OR EXISTS (SELECT 1 FROM "now" WHERE "counter" = $2::integer AND "timeline" = $3::text)
    RETURNING 1
  )
  SELECT "counter", "timeline", (SELECT count(*) FROM "put") AS "written" FROM "now"`;

/** Writes events that are in their place. Not, and none of them, if what the statement sees is another than `under`. */
export async function insertEvents(
  query: Query,
  events: readonly StoredEvent[],
  under: Seen | null,
): Promise<{ isWritten: boolean; seen: Seen }> {
  const rows = events.map((event) =>
    Object.fromEntries(COLUMNS.map((name, index) => [name, event[index] ?? null])),
  );
  const said = await query<Seen & { written: number }>(APPEND, [
    ...[JSON.stringify(rows), under?.counter ?? null, under?.timeline ?? null],
  ]);
  const { written, ...seen } = seenIn(said);
  return { isWritten: written === events.length, seen };
}
