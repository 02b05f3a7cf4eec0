import type { IncidentStory, StoryEvent } from "../shapes";
import type { Db } from "../store/store";
import { incidentInfo, markOf, type IncidentRow } from "./incident-row";

const MOST_EVENTS = 1_000;

/** What is on record under an incident, in order, with the texts that were written. */
export async function storyOf(db: Db, incident: IncidentRow): Promise<IncidentStory> {
  const rows = await db.auditEvent.findMany({
    where: { incident: incident.id },
    orderBy: [{ at: "asc" }, { journalId: "asc" }, { seq: "asc" }],
    take: MOST_EVENTS + 1,
  });
  const entries = await db.incidentEntry.findMany({ where: { incidentId: incident.id } });
  const texts = new Map(entries.map(({ text }) => [markOf(text), text]));
  return {
    ...incidentInfo(incident),
    events: rows.slice(0, MOST_EVENTS).map((row) => storyEvent(row, texts)),
    more: rows.length > MOST_EVENTS,
  };
}

interface Row {
  at: Date;
  actorName: string;
  address: string;
  action: string;
  target: string;
  names: string;
  outcome: string;
  code: string;
}

function storyEvent(row: Row, texts: ReadonlyMap<string, string>): StoryEvent {
  const isText = row.code.startsWith("sha256:");
  const text = texts.get(row.code) ?? null;
  const names = JSON.parse(row.names) as [name: string, version: number][];
  return {
    at: row.at.toISOString(),
    by: row.actorName,
    ...{ address: row.address, action: row.action, target: row.target },
    versions: names.map(([, version]) => version).filter((version) => version > 0),
    outcome: row.outcome as StoryEvent["outcome"],
    code: isText ? "" : row.code,
    ...{ text, isTextLost: isText && text === null },
  };
}
