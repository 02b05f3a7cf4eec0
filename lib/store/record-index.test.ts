import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordIndex } from "./record-index";

const LATER = Infinity;
const BUCKET = Date.parse("2026-01-01T00:00:00Z") / 60_000;
const MINUTE_OF_ALL = { first: BUCKET, from: BUCKET, to: BUCKET + 1, step: 1 };

let home: string;
let open: { close: () => void }[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "coffer-index-"));
  recordFile().exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE "Journal" ("id" TEXT PRIMARY KEY);
    CREATE TABLE "AuditAnchor" ("journalId" TEXT PRIMARY KEY, "seq" INTEGER);
    CREATE TABLE "AuditEvent" ("journalId" TEXT, "seq" INTEGER, "at" TEXT, "actorKind" TEXT, "actorId" TEXT,
      "actorName" TEXT, "action" TEXT, "environment" TEXT, "target" TEXT, "names" TEXT, "outcome" TEXT, "address" TEXT,
      "requestId" TEXT, "repeats" INTEGER, PRIMARY KEY ("journalId", "seq"));
    INSERT INTO "Journal" VALUES ('a');`);
});

afterEach(() => {
  for (const each of open) each.close();
  open = [];
  rmSync(home, { recursive: true, force: true });
});

function recordFile(): Database {
  const database = new Database(join(home, "record.db"), {});
  open.push(database);
  return database;
}

function indexOf(record: Database, prunedAfterMs?: number): RecordIndex {
  const index = new RecordIndex(join(home, "record.index"), record, prunedAfterMs);
  open.unshift(index);
  return index;
}

/** Writes events of one journal and one minute. */
function write(from: number, to: number, outcome: string): void {
  const insert = recordFile().prepare(`
    INSERT INTO "AuditEvent" VALUES ('a', ?, '2026-01-01T00:00:00.000+00:00', 'user', 'u', 'u', 'secrets.list', '',
      '', '[]', ?, '', ?, NULL)`);
  for (let seq = from; seq <= to; seq++) insert.run(seq, outcome, `request ${String(seq)}`);
}

/** Prunes the events up to that one. */
function prune(upTo: number): void {
  recordFile().exec(`
    DELETE FROM "AuditEvent" WHERE "seq" <= ${String(upTo)};
    INSERT INTO "AuditAnchor" VALUES ('a', ${String(upTo)}) ON CONFLICT DO UPDATE SET "seq" = excluded."seq";`);
}

const denied = (index: RecordIndex) => index.counts(["all"], MINUTE_OF_ALL).get(0)?.denied ?? 0;

describe("two processes on one index", () => {
  it("leave no event out, whichever of them takes in less than the other has read", () => {
    write(1, 500, "ok");
    const behind = recordFile();
    behind.exec("BEGIN");
    behind.prepare(`SELECT count(*) FROM "AuditEvent"`).get(); // sees 500 from here on
    const other = indexOf(behind);
    write(501, 700, "denied");

    const record = recordFile();
    const prepare = record.prepare.bind(record);
    let isOthersTurn = true;
    record.prepare = (sql) => {
      const statement = prepare(sql);
      if (!sql.includes(`"requestId"`)) return statement;
      const all = statement.all.bind(statement);
      statement.all = (...values) => {
        const rows = all(...values);
        if (isOthersTurn) other.catchUp(LATER);
        isOthersTurn = false;
        return rows;
      };
      return statement;
    };
    const index = indexOf(record);
    expect(index.catchUp(LATER)).toBe(true);
    expect(isOthersTurn).toBe(false);
    expect(index.lastBucket(["outcome denied"], BUCKET)).toBe(BUCKET);
    expect(denied(index)).toBe(200);
    expect(index.request("request 700")).toHaveLength(1);
  });
});

describe("a pruning", () => {
  it("in steps leaves the index as it is, which says where to look and that it counts too many", () => {
    write(1, 700, "denied");
    const index = indexOf(recordFile(), Infinity);
    expect(index.catchUp(LATER, "patient")).toBe(true);
    expect(index.isStale).toBe(false);
    for (const upTo of [100, 200, 300]) {
      prune(upTo);
      write(700 + upTo, 700 + upTo, "failed");
      expect(index.catchUp(LATER, "patient")).toBe(true);
      expect([index.isStale, denied(index)]).toEqual([true, 700]);
      expect(index.request(`request ${String(700 + upTo)}`)).toHaveLength(1);
    }
    expect(index.lastBucket(["outcome failed"], BUCKET)).toBe(BUCKET);
  });

  it("that is over has it begin anew, once, while nobody waits", () => {
    write(1, 700, "denied");
    const index = indexOf(recordFile(), 0);
    index.catchUp(LATER, "patient");
    prune(300);
    expect(index.catchUp(LATER)).toBe(true);
    expect([index.isStale, denied(index)]).toEqual([true, 700]);
    expect(index.catchUp(LATER, "patient")).toBe(true);
    expect([index.isStale, denied(index)]).toEqual([false, 400]);
    const other = indexOf(recordFile(), 0);
    expect(other.catchUp(LATER)).toBe(true);
    expect([other.isStale, denied(other), denied(index)]).toEqual([false, 400, 400]);
  });
});
