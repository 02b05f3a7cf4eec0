import { EVENT_COLUMNS, type StoredEvent } from "../event-rows";
import type { Query } from "./query";

const COLUMNS = [...EVENT_COLUMNS, "mac"] as const;
const TYPES: Partial<Record<(typeof COLUMNS)[number], string>> = {
  ...{ seq: "integer", at: "timestamp(3)", repeats: "integer" },
};
const LIST = COLUMNS.map((name) => `"${name}"`).join(", ");
const TYPED = COLUMNS.map((name) => `"${name}" ${TYPES[name] ?? "text"}`).join(", ");

/**
 * All rows in one statement, which is a transaction of its own, and only if the Revision is the one given (null: any).
 * Says what it is.
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
  WITH "now" AS (SELECT coalesce((SELECT "counter" FROM "Revision" WHERE "id" = 1), 0) AS "counter"),
  "put" AS (
    INSERT INTO "AuditEvent" (${LIST})
    SELECT ${LIST} FROM json_to_recordset($1::json) AS e(${TYPED})
    WHERE $2::integer IS NULL OR $2::integer = (SELECT "counter" FROM "now")
    RETURNING 1
  )
  SELECT (SELECT "counter" FROM "now") AS "counter", (SELECT count(*) FROM "put") AS "written"`;

/** Writes events that are in their place. False, and nothing is written, if the Revision is another than `under`. */
export async function insertEvents(
  query: Query,
  events: readonly StoredEvent[],
  under: number | null,
): Promise<{ isWritten: boolean; counter: number }> {
  const rows = events.map((event) =>
    Object.fromEntries(COLUMNS.map((name, index) => [name, event[index] ?? null])),
  );
  const [said] = await query<{ counter: number; written: number }>(APPEND, [
    ...[JSON.stringify(rows), under],
  ]);
  return { isWritten: said?.written === events.length, counter: said?.counter ?? 0 };
}
