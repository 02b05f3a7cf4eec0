import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import Database from "better-sqlite3";
import {
  classOf,
  isOfSecret,
  termsOfEvent,
  timesOf,
  type RecordClass,
  type SoughtEvent,
} from "./record-filter";

/** Of another shape than this one, an index is made anew. */
const VERSION = 5;
/** Events of about the same time are found together: those of one minute. */
export const BUCKET_MS = 60_000;
/** Events of one transaction: few while somebody waits, many where there is much to do, because each writes many pages. */
const AT_ONCE = { hurried: 1_000, patient: 20_000 };
const HASHES_KEPT = 50_000;
const LOCK_PATIENCE_MS = 2_000;
/** A pruning goes on in steps, each moments after the one before. */
const PRUNING_IS_OVER_AFTER_MS = 15_000;

/** How many events of a class there are. */
export type Counts = Record<RecordClass, number>;

/**
 * Where in the audit record which words are: for each word and each minute, how many events of each class have it;
 * and the ids of requests, which are words of one event each, as lists of hashes in the order of the record. A file of
 * its own beside the database, so that making it costs no commit that a resolve waits for. It is derived: it can be
 * deleted at any time, is in no backup, and only says where to look. What an event says is always read from the record
 * itself.
 */
export class RecordIndex {
  readonly #file: string;
  readonly #record: Database;
  #index: Database;
  #tally: ReturnType<typeof statements>;
  #hashes = new Map<string, number>();
  #stamp = -1;
  #complete = false;
  /** How much of the record was pruned, where the index counts some of it still, and since when it is that much. */
  #stale: { pruned: number; since: number } | null = null;

  /**
   * @param record the connection to the database, for reading
   * @param prunedAfterMs how long after the last step of a pruning it begins anew
   */
  constructor(
    file: string,
    record: Database,
    private readonly prunedAfterMs = PRUNING_IS_OVER_AFTER_MS,
  ) {
    this.#file = file;
    this.#record = record;
    this.#index = openIndex(file);
    this.#tally = statements(this.#index);
    if (!this.#isOfThisRecord()) this.#startOver();
  }

  /** Takes in what is new, until `deadline` on the clock of `performance.now()`. False where more is left. */
  catchUp(deadline: number, pace: keyof typeof AT_ONCE = "hurried"): boolean {
    const stamp = this.#record.prepare("PRAGMA data_version").pluck().get() as number;
    if (this.#complete && stamp === this.#stamp && !this.#stale) return true;
    this.#complete = false;
    this.#stamp = stamp; // what is written from here on is seen next time
    const pruned = this.#withoutPruned(pace);
    for (const { journalId, end } of this.#journals()) {
      for (let seq = this.#cursorOf(journalId); seq < end;) {
        if (performance.now() >= deadline) return false;
        seq = this.#takeIn(journalId, seq, AT_ONCE[pace], pruned);
      }
    }
    this.#complete = this.#tally.pruned.get() === pruned; // another process may have begun anew
    return this.#complete;
  }

  /** Whether `counts` has events that were pruned since. Where to look it says rightly all the same. */
  get isStale(): boolean {
    return this.#stale !== null;
  }

  /** How many events there are, and how many of them are taken in. */
  progress(): { done: number; total: number } {
    let [done, total] = [0, 0];
    for (const { journalId, end } of this.#journals()) {
      total += end;
      done += Math.min(end, this.#cursorOf(journalId));
    }
    return { done, total };
  }

  /** The last bucket up to `bucket` that has one of the words. */
  lastBucket(terms: readonly string[], bucket: number): number | undefined {
    let last: number | undefined;
    for (const term of terms) {
      const found = this.#tally.last.get(this.#hash(term), bucket) as number | null;
      if (found !== null && (last === undefined || found > last)) last = found;
    }
    return last;
  }

  /** Where the events of a request can be: in each journal, from and up to these numbers. */
  request(id: string): { journalId: string; from: number; to: number }[] {
    const sought = requestHash(id);
    const found: { journalId: string; from: number; to: number }[] = [];
    for (const list of this.#tally.lists.iterate() as IterableIterator<RequestList>) {
      const { journalId, block, hashes } = list;
      let at = hashes.indexOf(sought);
      while (at !== -1 && at % HASH_BYTES !== 0) at = hashes.indexOf(sought, at + 1);
      if (at === -1) continue;
      found.push({ journalId, from: block * LIST_LENGTH, to: (block + 1) * LIST_LENGTH - 1 });
    }
    return found;
  }

  /**
   * How many events have one of the words, from the bucket `from` to before `to`, in steps of so many buckets that
   * are numbered from the bucket `first` on.
   */
  counts(
    terms: readonly string[],
    { first, from, to, step }: { first: number; from: number; to: number; step: number },
  ): Map<number, Counts> {
    const sums = new Map<number, Counts>();
    for (const term of terms) {
      const rows = this.#tally.sums.all(first, step, this.#hash(term), from, to) as (Counts & {
        step: number;
      })[];
      for (const { step: at, ...counts } of rows) {
        const sum = sums.get(at);
        sums.set(at, sum ? sumOf(sum, counts) : counts);
      }
    }
    return sums;
  }

  close(): void {
    this.#index.close();
  }

  #journals(): { journalId: string; end: number }[] {
    return this.#record
      .prepare(
        `SELECT * FROM (SELECT j."id" AS "journalId",
          (SELECT max(e."seq") FROM "AuditEvent" e WHERE e."journalId" = j."id") AS "end" FROM "Journal" j)
        WHERE "end" IS NOT NULL`,
      )
      .all() as { journalId: string; end: number }[];
  }

  #cursorOf(journalId: string): number {
    return (this.#tally.cursor.get(journalId) as number | undefined) ?? 0;
  }

  /** Whether what it has taken in is still there: it is not once another database was put in this one's place. */
  #isOfThisRecord(): boolean {
    const ends = new Map(this.#journals().map(({ journalId, end }) => [journalId, end]));
    const taken = this.#index.prepare("SELECT journalId, seq FROM cursor").all() as {
      journalId: string;
      seq: number;
    }[];
    return taken.every(({ journalId, seq }) => (ends.get(journalId) ?? 0) >= seq);
  }

  /** How much of the record was pruned. */
  #prunedOfRecord(): number {
    return this.#record
      .prepare(`SELECT coalesce(sum("seq"), 0) FROM "AuditAnchor"`)
      .pluck()
      .get() as number;
  }

  /**
   * Has the index begin anew where it counts what was pruned since: once a pruning is over, not with each of its steps,
   * and while nobody waits. Returns how much had been pruned when it last began.
   */
  #withoutPruned(pace: keyof typeof AT_ONCE): number {
    const known = this.#tally.pruned.get() as number;
    const pruned = this.#prunedOfRecord();
    if (pruned === known) {
      this.#stale = null;
      return known;
    }
    const now = performance.now();
    if (this.#stale?.pruned !== pruned) this.#stale = { pruned, since: now };
    if (pace === "hurried" || now - this.#stale.since < this.prunedAfterMs) return known;
    this.#forget(pruned, known);
    this.#stale = null;
    return pruned;
  }

  /** In place, since other processes have the file open, too; and not where one of them has done so meanwhile. */
  #forget(pruned: number, known: number): void {
    this.#index.exec("BEGIN IMMEDIATE");
    try {
      if (this.#tally.pruned.get() === known) {
        this.#index.exec(
          `DELETE FROM tally; DELETE FROM cursor; DELETE FROM requests;
          UPDATE pruned SET total = ${String(pruned)};`,
        );
      }
      this.#index.exec("COMMIT");
    } catch (error) {
      if (this.#index.inTransaction) this.#index.exec("ROLLBACK");
      throw error;
    }
  }

  #startOver(): void {
    this.#index.close();
    this.#index = openIndex(this.#file, true);
    this.#tally = statements(this.#index);
  }

  /**
   * Takes in some events of a journal after `seq`. Returns where the index has come to, which is elsewhere where another
   * process was ahead; beyond every event where there are none, or that process has begun anew.
   */
  #takeIn(journalId: string, seq: number, atOnce: number, pruned: number): number {
    const rows = this.#record
      .prepare(
        `SELECT "seq", "at", "actorKind", "actorId", "actorName", "action", "environment", "target", "names",
          "outcome", "address", "requestId", "repeats"
        FROM "AuditEvent" WHERE "journalId" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?`,
      )
      .all(journalId, seq, atOnce) as (SoughtEvent & { seq: number; at: string })[];
    const tallies = this.#talliesOf(rows);
    const end = rows.at(-1)?.seq;
    if (end === undefined) return Infinity;
    let reached = Infinity;
    this.#index.exec("BEGIN IMMEDIATE");
    try {
      const isOfThisPass = this.#tally.pruned.get() === pruned;
      // Another process may have taken them in meanwhile: each is counted once.
      if (isOfThisPass && this.#cursorOf(journalId) === seq) {
        for (const { term, bucket, counts } of tallies) {
          const { reads, denied, failed, other } = counts;
          this.#tally.add.run(term, bucket, reads, denied, failed, other);
        }
        this.#keepRequests(journalId, rows);
        this.#tally.move.run(journalId, end);
      }
      if (isOfThisPass) reached = this.#cursorOf(journalId);
      this.#index.exec("COMMIT");
    } catch (error) {
      if (this.#index.inTransaction) this.#index.exec("ROLLBACK");
      throw error;
    }
    return reached;
  }

  #keepRequests(journalId: string, rows: readonly { seq: number; requestId: string }[]): void {
    const lists = new Map<number, Buffer[]>();
    for (const { seq, requestId } of rows) {
      const block = Math.floor(seq / LIST_LENGTH);
      const list = lists.get(block);
      if (list) list.push(requestHash(requestId));
      else lists.set(block, [requestHash(requestId)]);
    }
    for (const [block, list] of lists) {
      const hashes = Buffer.concat(list);
      const before = this.#tally.list.get(journalId, block) as Buffer | undefined;
      this.#tally.keep.run(journalId, block, before ? Buffer.concat([before, hashes]) : hashes);
    }
  }

  #talliesOf(rows: readonly (SoughtEvent & { at: string })[]): Tally[] {
    const tallies = new Map<string, Tally>();
    for (const row of rows) {
      const bucket = Math.floor(Date.parse(row.at) / BUCKET_MS);
      if (!Number.isFinite(bucket)) continue; // no time that Coffer writes
      const which = classOf(row);
      for (const word of termsOfEvent(row)) {
        const term = this.#hash(word);
        const key = `${String(term)} ${String(bucket)}`;
        let tally = tallies.get(key);
        if (!tally) tallies.set(key, (tally = { term, bucket, counts: nothing() }));
        tally.counts[which] += timesOf(row, isOfSecret(word));
      }
    }
    // In the order of the table, so that neighbours are written together.
    return [...tallies.values()].sort((a, b) => a.term - b.term || a.bucket - b.bucket);
  }

  /** 48 bits of SHA-256: a number that the driver gives back as it is, and that nobody can choose words for. */
  #hash(word: string): number {
    let hash = this.#hashes.get(word);
    if (hash === undefined) {
      hash = createHash("sha256").update(word).digest().readUIntBE(0, 6);
      if (this.#hashes.size >= HASHES_KEPT) this.#hashes = new Map();
      this.#hashes.set(word, hash);
    }
    return hash;
  }
}

/** Up to so many events share a list of the hashes of their requests. */
const LIST_LENGTH = 1_000;
const HASH_BYTES = 4;

interface RequestList {
  journalId: string;
  block: number;
  hashes: Buffer;
}

function requestHash(id: string): Buffer {
  return createHash("sha256").update(id).digest().subarray(0, HASH_BYTES);
}

interface Tally {
  term: number;
  bucket: number;
  counts: Counts;
}

/** No event of any class. */
export function nothing(): Counts {
  return { reads: 0, denied: 0, failed: 0, other: 0 };
}

/** Of both. */
export function sumOf(a: Counts, b: Counts): Counts {
  return {
    reads: a.reads + b.reads,
    denied: a.denied + b.denied,
    failed: a.failed + b.failed,
    other: a.other + b.other,
  };
}

/** Opens the file; one that is no index of this version is made anew. @throws where it can't be made */
function openIndex(file: string, anew = false): Database {
  if (anew) for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  let index: Database | undefined;
  try {
    index = new Database(file, { timeout: LOCK_PATIENCE_MS });
    index.exec(PRAGMAS);
    const version = index.pragma("user_version", { simple: true });
    if (version !== VERSION && !anew && version !== 0)
      throw new Error("an index of another version");
    if (version !== VERSION) index.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
    index.prepare("SELECT 1 FROM tally, cursor, requests, pruned LIMIT 1").get();
    return index;
  } catch (error) {
    index?.close();
    if (anew) throw error;
    return openIndex(file, true);
  }
}

/** A checkpoint syncs the file: fewer of them. What a power cut takes is taken in again, since `cursor` goes with it. */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -32768;
  PRAGMA wal_autocheckpoint = 8192;`;

const TABLES = `
  CREATE TABLE IF NOT EXISTS tally (term INTEGER, bucket INTEGER, reads INTEGER, denied INTEGER, failed INTEGER, other INTEGER,
    PRIMARY KEY (term, bucket)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS cursor (journalId TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS requests (journalId TEXT, block INTEGER, hashes BLOB, PRIMARY KEY (journalId, block));
  CREATE TABLE IF NOT EXISTS pruned (id INTEGER PRIMARY KEY CHECK (id = 1), total INTEGER);
  INSERT OR IGNORE INTO pruned VALUES (1, 0);
  PRAGMA user_version = ${String(VERSION)};`;

function statements(index: Database) {
  return {
    cursor: index.prepare("SELECT seq FROM cursor WHERE journalId = ?").pluck(),
    pruned: index.prepare("SELECT total FROM pruned").pluck(),
    move: index.prepare(
      "INSERT INTO cursor VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq",
    ),
    add: index.prepare(
      `INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET reads = reads + excluded.reads,
        denied = denied + excluded.denied, failed = failed + excluded.failed, other = other + excluded.other`,
    ),
    list: index.prepare("SELECT hashes FROM requests WHERE journalId = ? AND block = ?").pluck(),
    keep: index.prepare(
      "INSERT INTO requests VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
    ),
    lists: index.prepare("SELECT journalId, block, hashes FROM requests"),
    last: index.prepare("SELECT max(bucket) FROM tally WHERE term = ? AND bucket <= ?").pluck(),
    sums: index.prepare(
      // The driver binds every number as a fraction.
      `SELECT CAST((bucket - ?) / ? AS INTEGER) AS step, sum(reads) AS reads, sum(denied) AS denied, sum(failed) AS failed,
        sum(other) AS other
      FROM tally WHERE term = ? AND bucket >= ? AND bucket < ? GROUP BY 1`,
    ),
  };
}
