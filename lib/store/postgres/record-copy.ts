import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { transactions } from "../direct";
import { STORED_COLUMNS } from "../event-rows";
import type { OpenRecord, StoredJournal } from "../journal-rows";
import type { JournalEnd } from "../sink-rows";
import { makeCopyFolder } from "../record-copies";
import { openPool } from "./pool";
import type { Query } from "./query";
import { recordRows } from "./record-rows";
import { transaction } from "./transaction";

/** Events taken at once. */
const PAGE = 5_000;

/** Below each number that the column takes: one that Coffer has not given is copied too, for a verification to find it. */
const BEFORE_ALL = -(2 ** 31) - 1;

/** Every journal that an event names, whether or not there is such a journal, by one look into the index for each. */
const ENDS = `
  WITH RECURSIVE "ids" ("id") AS (
    SELECT min("journalId") FROM "AuditEvent"
    UNION ALL
    SELECT (SELECT min(e."journalId") FROM "AuditEvent" e WHERE e."journalId" > i."id") FROM "ids" i WHERE i."id" IS NOT NULL)
  SELECT i."id" AS "journalId", (SELECT max(e."seq") FROM "AuditEvent" e WHERE e."journalId" = i."id") AS "end"
  FROM "ids" i WHERE i."id" IS NOT NULL`;

/** As SQLite's migrations make them, as far as the record is read. */
const TABLES = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
  CREATE TABLE "Journal" ("id" TEXT NOT NULL PRIMARY KEY, "openedAt" DATETIME NOT NULL, "link" TEXT);
  CREATE TABLE "AuditAnchor" ("journalId" TEXT NOT NULL PRIMARY KEY, "seq" INTEGER NOT NULL, "text" TEXT NOT NULL);
  CREATE TABLE "AuditEvent" (${STORED_COLUMNS.map(
    (name) => `${name} ${name === '"seq"' || name === '"repeats"' ? "INTEGER" : "TEXT"}`,
  ).join(", ")}, PRIMARY KEY ("journalId", "seq"));
  CREATE INDEX "AuditEvent_at_idx" ON "AuditEvent" ("at");`;

/** A file with the audit record in it, for what reads all of it or searches it: these work on SQLite. */
export interface RecordCopy {
  /** `file:` and its path. */
  readonly databaseUrl: string;
  /**
   * Takes in what is new, and drops what was pruned, until `deadline` on the clock of `performance.now()`. False where more is
   * left.
   */
  catchUp(query: Query, deadline: number): Promise<boolean>;
  /** Also removes it. */
  close(): void;
}

/** Opens a copy that has nothing yet, in a folder of its own. */
export function openCopy(): RecordCopy {
  const folder = makeCopyFolder();
  const file = join(folder, "record.db");
  const database = new Database(file, {});
  database.exec(TABLES);
  const inTransaction = transactions(database);
  const marks = STORED_COLUMNS.map(() => "?").join(", ");
  const addEvent = database.prepare(`INSERT OR IGNORE INTO "AuditEvent" VALUES (${marks})`);
  const addJournal = database.prepare(`INSERT OR REPLACE INTO "Journal" VALUES (?, ?, ?)`);
  const addAnchor = database.prepare(`INSERT OR REPLACE INTO "AuditAnchor" VALUES (?, ?, ?)`);
  const prune = database.prepare(`DELETE FROM "AuditEvent" WHERE "journalId" = ? AND "seq" <= ?`);
  const endOf = database
    .prepare(`SELECT coalesce(max("seq"), ?) FROM "AuditEvent" WHERE "journalId" = ?`)
    .pluck();

  function takeRest(journals: readonly StoredJournal[], anchors: readonly Anchor[]): void {
    inTransaction(() => {
      for (const { id, openedAt, link } of journals) addJournal.run(id, openedAt, link);
      for (const { journalId, seq, text } of anchors) {
        addAnchor.run(journalId, seq, text);
        prune.run(journalId, seq);
      }
    });
  }

  return {
    databaseUrl: `file:${file}`,
    async catchUp(query, deadline) {
      const record = recordRows(query);
      // In this order: what a journal is linked to was written before the journal was, and so is taken after it.
      takeRest(
        await record.journals(),
        await query<Anchor>(`SELECT "journalId", "seq", "text" FROM "AuditAnchor"`),
      );
      for (const { journalId, end } of await query<JournalEnd>(ENDS)) {
        for (let seq = endOf.get(BEFORE_ALL, journalId) as number; seq < end;) {
          if (performance.now() >= deadline) return false;
          const events = await record.page(journalId, seq, PAGE);
          inTransaction(() => {
            for (const event of events) addEvent.run(...event);
          });
          seq = Number(events.at(-1)?.[1] ?? end);
        }
      }
      return true;
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Anchor {
  journalId: string;
  seq: number;
  text: string;
}

/**
 * The whole record as it is at one moment, for who reads all of it. Its file is removed when it is closed.
 * @param open opens the file
 */
export async function openWholeRecord<R extends OpenRecord>(
  databaseUrl: string,
  open: (databaseUrl: string) => R,
): Promise<R> {
  const pool = openPool(databaseUrl, { max: 1, isPatient: true });
  const copy = openCopy();
  try {
    const atOnce = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    await transaction(pool, atOnce, (query) => copy.catchUp(query, Infinity));
    const record = open(copy.databaseUrl);
    return {
      ...record,
      close: () => {
        record.close();
        copy.close();
      },
    };
  } catch (error) {
    copy.close();
    throw error;
  } finally {
    await pool.end();
  }
}

/** Events of these places as they are in the record now. */
export async function readPlaces(
  query: Query,
  places: readonly { journalId: string; seq: number }[],
): Promise<Map<string, Record<string, unknown>>> {
  const rows = await query<Record<string, unknown> & { journalId: string; seq: number }>(
    `SELECT e.* FROM json_to_recordset($1::json) AS p("journalId" text, "seq" integer)
    JOIN "AuditEvent" e ON e."journalId" = p."journalId" AND e."seq" = p."seq"`,
    [JSON.stringify(places.map(({ journalId, seq }) => ({ journalId, seq })))],
  );
  return new Map(rows.map((row) => [`${row.journalId} ${String(row.seq)}`, row]));
}
