import { createHash } from "node:crypto";
import { STORED_COLUMNS, type StoredEvent } from "./event-rows";
import { recordRows, type OpenRecord } from "./journal-rows";
import { openReadOnly } from "./sqlite";

/** A record whose events come from elsewhere, and all else from the database. */
export interface ExportedRecord extends OpenRecord {
  /** Takes events in, in any order. One that is there as it is already is not taken twice. */
  add(events: readonly StoredEvent[]): void;
}

/**
 * Opens one without events. They are kept in a temporary file that is gone with the connection, under the name of the table
 * that it stands before: so each reader of a record reads them, and memory does not grow with them. Journals are those
 * that an event names: when the others were opened, this record was not of their time.
 */
export function openExportedRecord(databaseUrl: string): ExportedRecord {
  const database = openReadOnly(databaseUrl);
  const typed = STORED_COLUMNS.map((name) => (name === `"seq"` ? `${name} INTEGER` : name)); // else a number is no integer
  database.exec(`
    PRAGMA temp_store = FILE;
    CREATE TEMP TABLE "AuditEvent" (${typed.join(", ")}, "digest");
    CREATE UNIQUE INDEX temp."AuditEvent_place" ON "AuditEvent" ("journalId", "seq", "digest");
    CREATE INDEX temp."AuditEvent_mac" ON "AuditEvent" ("mac");`);
  const insert = database.prepare(
    `INSERT OR IGNORE INTO temp."AuditEvent" VALUES (${STORED_COLUMNS.map(() => "?").join(", ")}, ?)`,
  );
  const rows = recordRows((sql) => database.prepare(sql));
  /** One counts only where the file has none of the events that it stands for: they may have been exported before. */
  const anchor = database
    .prepare(
      `SELECT "text" FROM "AuditAnchor" a WHERE a."journalId" = ? AND NOT EXISTS (
        SELECT 1 FROM temp."AuditEvent" e WHERE e."journalId" = a."journalId" AND e."seq" <= a."seq")`,
    )
    .pluck();
  return {
    ...rows,
    anchor: (id) => (anchor.get(id) as string | undefined) ?? null,
    journals: () => rows.journals().filter(({ id }) => rows.head(id) !== null),
    add: (events) => {
      database.exec("BEGIN");
      for (const event of events) insert.run(...event, digestOf(event));
      database.exec("COMMIT");
    },
    close: () => database.close(),
  };
}

function digestOf(event: StoredEvent): Buffer {
  return createHash("sha256").update(JSON.stringify(event)).digest();
}
