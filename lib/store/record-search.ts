import { existsSync } from "node:fs";
import type Database from "better-sqlite3";
import { timeOf, timeText } from "./column";
import { STORED_COLUMNS, type FoundEvent } from "./event-rows";
import {
  ALL_TERM,
  classOf,
  conditionOf,
  inBlock,
  isByWords,
  termsOfFilter,
  termsOfOutcome,
  timesOf,
  type RecordFilter,
  type SoughtEvent,
} from "./record-filter";
import { BUCKET_MS, nothing, RecordIndex, sumOf, type Counts } from "./record-index";
import { newerEvents, type NewerTask } from "./record-newer";
import { readSeenEnds, seenOf, type Seen } from "./record-seen";
import { openReadOnly, sqlitePath } from "./sqlite";

/** A place between events, in order of time. */
export type RecordPlace = Pick<FoundEvent, "at" | "journalId" | "seq">;

export interface PageTask {
  do: "page";
  filter: RecordFilter;
  /** Only events before this place, or else only what was written since then. */
  before?: RecordPlace | undefined;
  after?: Seen | undefined;
  limit: number;
}

export interface RecordPage {
  /** Newest first. */
  events: FoundEvent[];
  /** Where to go on: null once there is nothing more. Less than a whole page may come before it. */
  next: RecordPlace | null;
  /** What of the record is older than the page or on it; null on pages further on, and where what is new can't be told. */
  seen: Seen | null;
}

export interface CountTask {
  do: "count";
  /** Its times are not looked at: `from` and `to` are in their place. */
  filter: RecordFilter;
  from: number;
  to: number;
  /** Whole minutes. Steps begin at multiples of it, so `from` may be inside the first. */
  stepMs: number;
}

export interface RecordCounts {
  /** By the number of the step, 0 for the one that `from` is in; those without an event are left out. */
  steps: [number, Counts][];
  /** From when on everything is counted: later than `from` where counting took too long. */
  countedFrom: number;
}

export interface SpanTask {
  do: "span";
}

export type RecordTask = PageTask | CountTask | SpanTask;

/** What comes of each task. Of `span`: the time of the first event, and how far the index is. */
export interface RecordResults {
  page: RecordPage;
  count: RecordCounts;
  span: { first: number | null; indexed: { done: number; total: number } };
}

/** How long a task may take: what is not found by then is looked for by the next one. */
const LONGEST_MS = 150;
const LOOKED_BETWEEN_CLOCKS = 500;
/** Characters of the names of one page, but for one event more: in one of an older version they may be a million. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/**
 * Looks through the audit record, newest first, by an index of its own (`RecordIndex`). Everything here keeps its
 * thread: with a server, it is one that answers no requests.
 */
export class RecordSearch {
  readonly #record: Database;
  readonly #event: Database.Statement;
  readonly #index: RecordIndex | null;
  readonly #longestMs: number;

  /** @param longestMs how long a task may take; a test gives less */
  constructor(databaseUrl: string, longestMs = LONGEST_MS) {
    this.#record = openReadOnly(databaseUrl);
    this.#record.function("in_block", { deterministic: true }, inBlock());
    this.#event = this.#record.prepare(
      `SELECT ${COLUMNS} FROM "AuditEvent" WHERE "journalId" = ? AND "seq" = ?`,
    );
    this.#index = openIndex(sqlitePath(databaseUrl), this.#record);
    this.#longestMs = longestMs;
  }

  run(task: RecordTask): RecordResults[RecordTask["do"]] {
    if (task.do === "page") return this.#atOneMoment(() => this.#page(task));
    return task.do === "count" ? this.#count(task) : this.#span();
  }

  /** Takes new events into the index for a while. False where more are left. */
  catchUp(): boolean {
    return this.#index?.catchUp(performance.now() + this.#longestMs, "patient") ?? true;
  }

  close(): void {
    this.#index?.close();
    this.#record.close();
  }

  /** What is written meanwhile is not seen, so that it is either on the page or told as newer. */
  #atOneMoment<T>(work: () => T): T {
    this.#record.exec("BEGIN");
    try {
      return work();
    } finally {
      this.#record.exec("ROLLBACK"); // nothing was written
    }
  }

  #page(task: PageTask): RecordPage {
    const { filter, before, after, limit } = task;
    const deadline = performance.now() + this.#longestMs;
    if (after) return this.#newer({ filter, after, limit, deadline });
    const seen = before ? null : seenOf(readSeenEnds(this.#record));
    const ofRequest = this.#ofRequest(filter);
    return ofRequest
      ? { ...pageOf(ofRequest, task), seen }
      : { ...this.#older(task, deadline), seen };
  }

  #newer(task: NewerTask): RecordPage {
    const newer = newerEvents(this.#record, task);
    if (!newer) return { events: [], next: null, seen: null };
    const events = newer.places.flatMap((place) => this.#read(place) ?? []);
    events.sort((a, b) => (isBefore(a, b) ? 1 : -1));
    return { events, next: null, seen: newer.seen };
  }

  #older({ filter, before, limit }: PageTask, deadline: number): Omit<RecordPage, "seen"> {
    const condition = conditionOf(filter);
    const look = this.#record.prepare(`
      SELECT e."at", e."journalId", e."seq", ${condition.sql} AS "hit" FROM "AuditEvent" e
      WHERE e."at" >= ? AND e."at" < ?
        ${before ? PLACE_BEFORE : ""}
      ORDER BY e."at" DESC, e."journalId" DESC, e."seq" DESC`);
    const places = before ? placeValues(before) : [];
    const found: RecordPlace[] = [];
    let next: RecordPlace | null = null;
    const range = rangeOf(filter, before);
    outer: for (const { from, to, empty } of this.#candidates(filter, range)) {
      // One range at least is looked into, so that every page gets somewhere.
      if (empty) {
        if (performance.now() < deadline) continue;
        next = endOfTime(from);
        break;
      }
      let looked = 0;
      const rows = look.iterate(
        ...condition.values,
        timeText(new Date(from)),
        timeText(new Date(to)),
        ...places,
      );
      for (const row of rows as IterableIterator<RecordPlace & { hit: number }>) {
        if (row.hit !== 0) found.push(row);
        const isLate = ++looked % LOOKED_BETWEEN_CLOCKS === 0 && performance.now() >= deadline;
        if (found.length < limit && !isLate) continue;
        next = row;
        break outer;
      }
      if (performance.now() >= deadline && from > range.from) {
        next = endOfTime(from);
        break;
      }
    }
    return this.#readThem(found, next);
  }

  /** The times to look into, newest first: all of it, or where the index knows of events that may pass. */
  *#candidates(
    filter: RecordFilter,
    { from, to }: { from: number; to: number },
  ): Generator<{ from: number; to: number; empty: boolean }> {
    const groups = [...termsOfFilter(filter), ...termsOfOutcome(filter.outcome)];
    const index = this.#index;
    if (groups.length === 0 || index?.catchUp(this.#soon()) !== true) {
      yield { from, to, empty: false };
      return;
    }
    for (let bucket = Math.floor((to - 1) / BUCKET_MS); ; bucket--) {
      let last = bucket;
      for (const terms of groups) {
        const found = index.lastBucket(terms, last);
        if (found === undefined) return;
        last = found;
      }
      bucket = last;
      if ((bucket + 1) * BUCKET_MS <= from) return;
      const empty = groups.some((terms) => index.lastBucket(terms, last) !== last);
      const start = Math.max(from, bucket * BUCKET_MS);
      yield { from: start, to: Math.min(to, (bucket + 1) * BUCKET_MS), empty };
      if (empty) bucket++; // the others may have one of their own here
    }
  }

  /** The events that pass, newest first, where a request is looked for and the index knows of every event. */
  #ofRequest(filter: RecordFilter): FoundEvent[] | null {
    const { requestId, from = 0, to = END_OF_TIME } = filter;
    if (requestId === undefined || this.#index?.catchUp(this.#soon()) !== true) return null;
    const { sql, values } = conditionOf(filter);
    const select = this.#record.prepare(`
      SELECT ${COLUMNS} FROM "AuditEvent" e WHERE "journalId" = ? AND "seq" BETWEEN ? AND ? AND ${sql}
        AND "at" >= ? AND "at" < ?`);
    const times = [from, to].map((time) => timeText(new Date(time)));
    return this.#index
      .request(requestId)
      .flatMap(
        (at) => select.all(at.journalId, at.from, at.to, ...values, ...times) as FoundEvent[],
      )
      .map((row) => ({ ...row, at: isoOf(row.at) }))
      .sort((a, b) => (isBefore(a, b) ? 1 : -1));
  }

  /** Until when new events may be taken in while somebody waits. */
  #soon(): number {
    return performance.now() + this.#longestMs / 2;
  }

  /** Those of a page, or as many as are not too large together. */
  #readThem(found: readonly RecordPlace[], rest: RecordPlace | null): Omit<RecordPage, "seen"> {
    const events: FoundEvent[] = [];
    let next = rest;
    let characters = 0;
    for (const [index, place] of found.entries()) {
      const event = this.#read(place);
      if (event) events.push(event);
      characters += event?.names.length ?? 0;
      if (characters < MOST_CHARACTERS || index === found.length - 1) continue;
      next = place;
      break;
    }
    return {
      events,
      next: next && { at: isoOf(next.at), journalId: next.journalId, seq: next.seq },
    };
  }

  /** Undefined where it was pruned since it was found. */
  #read({ journalId, seq }: Omit<RecordPlace, "at">): FoundEvent | undefined {
    const row = this.#event.get(journalId, seq) as FoundEvent | undefined;
    return row && { ...row, at: isoOf(row.at) };
  }

  #count(task: CountTask): RecordCounts {
    const { filter, from, to } = task;
    const steps = new Map<number, Counts>();
    const countedFrom = this.#countInto(steps, { ...task, filter: { ...filter, from, to } });
    return { steps: ofOutcome(steps, filter.outcome), countedFrom: countedFrom ?? from };
  }

  /** Whole minutes by the index where it can count them, and all else event by event. As `#lookInto`. */
  #countInto(steps: Map<number, Counts>, task: CountTask): number | null {
    const { filter, from, to, stepMs } = task;
    const ofRequest = this.#ofRequest(filter);
    for (const event of ofRequest ?? []) note(steps, task, Date.parse(event.at), event);
    if (ofRequest) return null;
    const deadline = performance.now() + this.#longestMs;
    const groups = termsOfFilter(filter);
    const whole = { from: Math.ceil(from / BUCKET_MS), to: Math.floor(to / BUCKET_MS) };
    const index = isByWords(filter) && whole.from < whole.to ? this.#index : null;
    if (index?.catchUp(this.#soon()) !== true || index.isStale) {
      return this.#lookInto(steps, task, deadline);
    }
    const late = this.#lookInto(steps, { ...task, from: whole.to * BUCKET_MS }, deadline);
    if (late !== null) return late;
    const step = stepMs / BUCKET_MS;
    const first = Math.floor(from / stepMs) * step;
    for (const [at, counts] of index.counts(groups[0] ?? [ALL_TERM], { ...whole, first, step })) {
      add(steps, at, counts);
    }
    return this.#lookInto(steps, { ...task, to: whole.from * BUCKET_MS }, deadline);
  }

  /** Counts event by event, newest first. Returns how far it has come where it took too long. */
  #lookInto(steps: Map<number, Counts>, task: CountTask, deadline: number): number | null {
    const { from, to } = task;
    if (from >= to) return null;
    const filter = { ...task.filter, outcome: undefined };
    const condition = conditionOf(filter);
    const look = this.#record.prepare(`
      SELECT e."at", e."action", e."outcome", e."repeats", e."names", ${condition.sql} AS "hit" FROM "AuditEvent" e
      WHERE e."at" >= ? AND e."at" < ? ORDER BY e."at" DESC`);
    for (const range of this.#candidates(filter, { from, to })) {
      let looked = 0;
      const times = [range.from, range.to].map((time) => timeText(new Date(time)));
      const rows = range.empty ? [] : look.iterate(...condition.values, ...times);
      for (const row of rows as Iterable<SoughtEvent & { at: string; hit: number }>) {
        const at = timeOf(row.at).getTime();
        if (row.hit !== 0) note(steps, task, at, row);
        if (++looked % LOOKED_BETWEEN_CLOCKS === 0 && performance.now() >= deadline) return at;
      }
      if (performance.now() >= deadline && range.from > from) return range.from;
    }
    return null;
  }

  #span(): RecordResults["span"] {
    const first = this.#record.prepare(`SELECT min("at") FROM "AuditEvent"`).pluck().get();
    return {
      first: first === null ? null : timeOf(first).getTime(),
      indexed: this.#index?.progress() ?? { done: 0, total: 0 },
    };
  }
}

function stepOf({ filter, stepMs }: CountTask, at: number): number {
  return Math.floor(at / stepMs) - Math.floor((filter.from ?? 0) / stepMs);
}

function note(
  steps: Map<number, Counts>,
  task: CountTask,
  at: number,
  event: Pick<SoughtEvent, "action" | "outcome" | "repeats" | "names">,
): void {
  const times = timesOf(event, task.filter.secret !== undefined);
  add(steps, stepOf(task, at), { ...nothing(), [classOf(event)]: times });
}

function add(steps: Map<number, Counts>, step: number, counts: Counts): void {
  const before = steps.get(step);
  steps.set(step, before ? sumOf(before, counts) : counts);
}

/** One page of events that are all known. */
function pageOf(
  all: readonly FoundEvent[],
  { before, limit }: Pick<PageTask, "before" | "limit">,
): Omit<RecordPage, "seen"> {
  const rest = all.filter((event) => !before || isBefore(event, before));
  const events = rest.slice(0, limit);
  const last = events.at(-1);
  if (!last || rest.length <= limit) return { events, next: null };
  return { events, next: { at: last.at, journalId: last.journalId, seq: last.seq } };
}

function isBefore(a: RecordPlace, b: RecordPlace): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.journalId === b.journalId ? a.seq < b.seq : a.journalId < b.journalId;
}

/** The counts of what has that outcome only. */
function ofOutcome(
  steps: ReadonlyMap<number, Counts>,
  outcome: string | undefined,
): [number, Counts][] {
  if (outcome === undefined) return [...steps];
  return Array.from(steps, ([step, { reads, denied, failed, other }]): [number, Counts] => {
    if (outcome === "denied") return [step, { ...nothing(), denied }];
    return [step, outcome === "failed" ? { ...nothing(), failed } : { ...nothing(), reads, other }];
  });
}

const COLUMNS = STORED_COLUMNS.join(", ");

const PLACE_BEFORE = `AND e."at" <= ? AND (e."at", e."journalId", e."seq") < (?, ?, ?)`;

function placeValues({ at, journalId, seq }: RecordPlace): (string | number)[] {
  const text = timeText(new Date(at));
  return [text, text, journalId, seq];
}

/** The place before every event of that time and later. */
function endOfTime(time: number): RecordPlace {
  return { at: new Date(time).toISOString(), journalId: "", seq: 0 };
}

const isoOf = (at: string): string => timeOf(at).toISOString();

/** Later than any time that is written. */
const END_OF_TIME = Date.UTC(10_000, 0) - 1;

/** The times that can have an event of the page. */
function rangeOf(
  { from = 0, to = END_OF_TIME }: RecordFilter,
  before: RecordPlace | undefined,
): { from: number; to: number } {
  return {
    from,
    to: Math.min(to, before ? Date.parse(before.at) + 1 : END_OF_TIME),
  };
}

/** Where the folder takes no file, the record is looked through without an index. */
function openIndex(path: string, record: Database): RecordIndex | null {
  if (!existsSync(path)) return null;
  try {
    return new RecordIndex(`${path}.record-index`, record);
  } catch {
    return null;
  }
}
