import type { RecordEvent } from "../shapes";
import type { FoundEvent } from "../store/event-rows";

/** An event as it is told. */
export function eventInfo(event: FoundEvent): RecordEvent {
  return {
    journal: event.journalId,
    seq: event.seq,
    at: event.at,
    actor: { kind: event.actorKind, id: event.actorId, name: event.actorName },
    action: event.action,
    environment: event.environment,
    target: event.target,
    names: namesOf(event.names),
    outcome: event.outcome,
    code: event.code,
    address: event.address,
    userAgent: event.userAgent,
    requestId: event.requestId,
    tokenId: event.tokenId,
    incident: event.incident,
    repeats: event.repeats,
    mac: event.mac,
  };
}

/** What is no list of names was not written by Coffer: verifying the record says so, and reading it goes on. */
function namesOf(text: string): RecordEvent["names"] {
  try {
    const names = JSON.parse(text) as [name: string, version: number][];
    return names.map(([name, version]) => ({ name, version }));
  } catch {
    return [];
  }
}
