import { timeText } from "./column";
import type { Prepare } from "./direct";

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
}

/** An event, and the Revision that it was decided under: it is written only if that is still the one. Null: always. */
export interface EventToWrite {
  row: EventRow;
  under: number | null;
}

type EventWriter = (
  journalId: string,
  seq: number,
  events: readonly EventToWrite[],
  revision: () => number,
) => boolean[];

/**
 * Writes those events that may be written under the `revision` of their transaction, numbered from `seq` without gaps; true for each
 * that was. A statement a row costs half of what one for all rows does that takes them as JSON.
 */
export function eventWriter(prepare: Prepare): EventWriter {
  const insert = prepare(`
    INSERT INTO "AuditEvent" ("journalId", "seq", "at", "actorKind", "actorId", "actorName", "action", "environment",
      "target", "names", "outcome", "code", "address", "userAgent", "requestId", "tokenId",
      "incident")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (journalId, seq, events, revision) => {
    let next = seq;
    let found: number | undefined;
    const isPast = (under: number) => under !== (found ??= revision());
    return events.map(({ row, under }) => {
      if (under !== null && isPast(under)) return false;
      insert.run(
        ...[journalId, next++, timeText(row.at), row.actorKind, row.actorId, row.actorName],
        ...[row.action, row.environment, row.target, row.names, row.outcome, row.code],
        ...[row.address, row.userAgent, row.requestId, row.tokenId, row.incident],
      );
      return true;
    });
  };
}
