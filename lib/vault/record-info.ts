import { NAMES_IN_EVENT } from "../audit/event";
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

/** Stands between two names of an event, and inside of none: there a quote has a backslash before it. */
const BETWEEN = '],["';

/** The same as a search tells it: of thousands of names, which events of older versions have, the first ones. */
export function foundInfo(event: FoundEvent): RecordEvent {
  const names = event.names.split(BETWEEN);
  const moreNames = names.length - NAMES_IN_EVENT;
  if (moreNames <= 0) return eventInfo(event);
  const first = `${names.slice(0, NAMES_IN_EVENT).join(BETWEEN)}]]`;
  return { ...eventInfo({ ...event, names: first }), moreNames };
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
