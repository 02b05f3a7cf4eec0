import { timeText } from "./column";
import type { Prepare } from "./direct";
import { requireKept, runOf, type Found } from "./kept";
import type { Under } from "./moment";

/** A row of the audit table, before the journal has given it a place. */
export interface EventRow {
  at: Date;
  actorKind: string;
  actorId: string;
  actorName: string;
  action: string;
  environment: string;
  target: string;
  names: string;
  outcome: string;
  code: string;
  address: string;
  userAgent: string;
  requestId: string;
  /** Of the token that a service showed. */
  tokenId: string | null;
  /** Of the incident under which it was done. */
  incident: string | null;
  /** How many denials alike it stands for; null where it stands for itself. */
  repeats: number | null;
}

/** An event, and what it was decided under: it is written only if that holds. Null: always. */
export interface EventToWrite {
  row: EventRow;
  under: Under | null;
}

/** The columns that a MAC covers, in its order. Later ones stand at the end. */
export const EVENT_COLUMNS = [
  ...(["journalId", "seq", "at", "actorKind", "actorId", "actorName", "action"] as const),
  ...(["environment", "target", "names", "outcome", "code"] as const),
  ...(["address", "userAgent", "requestId", "tokenId", "incident", "repeats"] as const),
] as const;

/** The columns of an event with its MAC, in SQL. */
export const STORED_COLUMNS = [...EVENT_COLUMNS, "mac"].map((name) => `"${name}"`);

/** What a column of an event holds. A row that something other than Coffer wrote may hold anything. */
export type Cell = string | number | null;

/** An event as it is stored: `EVENT_COLUMNS` in their order, then its MAC; null in one from before the chain. */
export type StoredEvent = readonly Cell[];

/** What is in an event wherever its place is: its columns after the first two. */
export type Content = readonly Cell[];

/** What is in it, as it is stored. */
export function contentOf(row: EventRow): Content {
  const { at, actorKind, actorId, actorName, action, environment, target, names } = row;
  const { outcome, code, address, userAgent, requestId, tokenId, incident, repeats } = row;
  // prettier-ignore
  return [
    timeText(at), actorKind, actorId, actorName, action, environment, target, names,
    outcome, code, address, userAgent, requestId, tokenId, incident, repeats,
  ];
}

/** An event in its place, as it is stored, without its MAC. */
export function cellsOf(content: Content, journalId: string, seq: number): Cell[] {
  return [journalId, seq, ...content];
}

/** An event that was found, by the names of its columns, with its place. `at` is ISO 8601 in UTC. */
export interface FoundEvent extends Omit<EventRow, "at"> {
  journalId: string;
  seq: number;
  at: string;
  mac: string | null;
}

/**
 * Writes events of one journal that are in their places, for a transaction, and looks whether they are there. A statement for
 * each row costs half of what one for all rows does that takes them as JSON.
 * @throws NotKept
 */
export function eventWriter(prepare: Prepare): (events: readonly StoredEvent[]) => void {
  const insert = prepare(
    `INSERT INTO "AuditEvent" (${STORED_COLUMNS.join(", ")})
    VALUES (${STORED_COLUMNS.map(() => "?").join(", ")})`,
  );
  const find = prepare(
    `SELECT count(*) AS "count", max(CASE "seq" WHEN ? THEN "mac" END) AS "mac"
    FROM "AuditEvent" WHERE "journalId" = ? AND "seq" BETWEEN ? AND ?`,
  );
  return (events) => {
    for (const event of events) insert.run(event);
    const run = runOf(events);
    if (!run) return;
    const { journalId, first, last } = run;
    requireKept(events, find.get(last, journalId, first, last) as Found);
  };
}
