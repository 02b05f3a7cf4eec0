import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordIndex } from "./record-index";

const LATER = Infinity;
const BUCKET = Date.parse("2026-01-01T00:00:00Z") / 60_000;
const MINUTE_OF_ALL = { from: BUCKET, to: BUCKET + 1, step: 1 };

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

function indexOf(record: Database): RecordIndex {
  const index = new RecordIndex(join(home, "record.index"), record);
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
