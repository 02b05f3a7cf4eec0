import { z } from "zod";
import type { Findings } from "../audit/findings";
import { CofferError } from "../errors";
import type { AuditFinding, RecordEvent } from "../shapes";
import type { StoredEvent } from "../store/event-rows";

/** Events in memory at once, and characters of their lines, but for one line more. */
const AT_ONCE = 1_000;
const CHARACTERS_AT_ONCE = 8 * 1024 * 1024;
/**
 * No line is as long. An event of an older version names up to 10,000 things, as many as a document has references: they stand in a
 * body of 1 MiB, each of whose characters may be a quote, which takes two, and a line has 33 more for each of them.
 */
const MAX_LINE_LENGTH = 3 * 1024 * 1024;
/** Lines that are named one by one. */
const MOST_CHANGED = 1_000;

/** A line that names something else, or leaves something out, is none. */
const exportedEvent: z.ZodType<RecordEvent> = z.strictObject({
  journal: z.string(),
  seq: z.number(),
  at: z.string(),
  actor: z.strictObject({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  environment: z.string(),
  target: z.string(),
  names: z.array(z.strictObject({ name: z.string(), version: z.number() })),
  outcome: z.string(),
  code: z.string(),
  address: z.string(),
  userAgent: z.string(),
  requestId: z.string(),
  tokenId: z.string().nullable(),
  incident: z.string().nullable(),
  repeats: z.number().nullable(),
  mac: z.string().nullable(),
});

/**
 * The events of an export or a stream in JSON Lines, some at a time, each as the database had it. A line is held against
 * the one that Coffer writes of its event: who reads the file may take another of two fields of one name, or one that is no event's.
 * @param text in pieces of any size
 * @param findings is told of lines that are not as Coffer writes them
 * @throws CofferError `invalid_request` for a line that is none, very many that are not as Coffer writes them, or no event at all
 */
export async function* eventsIn(
  text: AsyncIterable<string>,
  findings: Findings,
): AsyncGenerator<StoredEvent[]> {
  let number = 0;
  let isEmpty = true;
  let some: StoredEvent[] = [];
  let characters = 0;
  for await (const line of linesOf(text)) {
    number += 1;
    if (line.trim() === "") continue;
    const event = eventIn(line, number);
    if (!isAsWritten(line, event)) {
      findings.add(changedLine(event, number));
      if (findings.total > MOST_CHANGED) throw writtenAnew();
    }
    some.push(asStored(event));
    isEmpty = false;
    characters += line.length;
    if (some.length < AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield some;
    some = [];
    characters = 0;
  }
  if (isEmpty) throw nothing();
  if (some.length > 0) yield some;
}

function eventIn(line: string, number: number): RecordEvent {
  const read = exportedEvent.safeParse(parsed(line));
  if (!read.success) throw noEvent(number);
  return read.data;
}

/** Whether it is byte for byte what an export has of the event, which `eventInfo` has made; some tools put a CR at the end. */
function isAsWritten(line: string, event: RecordEvent): boolean {
  const { journal, seq, at, actor, action, environment, target, names, ...rest } = event;
  const { outcome, code, address, userAgent, requestId, tokenId, incident, repeats, mac } = rest;
  const written = JSON.stringify({
    ...{ journal, seq, at, actor: { kind: actor.kind, id: actor.id, name: actor.name } },
    ...{ action, environment, target },
    names: names.map(({ name, version }) => ({ name, version })),
    ...{ outcome, code, address, userAgent, requestId, tokenId, incident, repeats, mac },
  });
  return line === written || line === `${written}\r`;
}

/** `eventInfo` backwards. */
function asStored(read: RecordEvent): StoredEvent {
  const { journal, seq, at, actor, action, environment, target, names, ...event } = read;
  const { outcome, code, address, userAgent, requestId, tokenId, incident, repeats, mac } = event;
  const namesText = JSON.stringify(names.map(({ name, version }) => [name, version]));
  // prettier-ignore
  return [
    journal, seq, at, actor.kind, actor.id, actor.name, action, environment, target, namesText,
    outcome, code, address, userAgent, requestId, tokenId, incident, repeats, mac,
  ];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  let number = 1;
  for await (const piece of text) {
    const lines = piece.split("\n");
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    number += lines.length;
    if (rest.length > MAX_LINE_LENGTH) throw noEvent(number);
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function changedLine({ journal, seq, at }: RecordEvent, line: number): AuditFinding {
  const message = `Line ${String(line)} of the file is not what Coffer writes of this event: it was edited, or written anew by another program.`;
  return { kind: "changed", journal, seq, at: at.slice(0, 32), message };
}

function writtenAnew(): CofferError {
  return new CofferError(
    "invalid_request",
    "More than 1,000 lines are not as Coffer writes them: another program has written the file anew. Export the record again. Nothing was verified.",
  );
}

function nothing(): CofferError {
  return new CofferError(
    "invalid_request",
    "There is no event in the file: give a whole export in JSON Lines. Nothing was verified.",
  );
}

function noEvent(line: number): CofferError {
  return new CofferError(
    "invalid_request",
    `Line ${String(line)} is not an event as Coffer exports it: give a whole file in JSON Lines. Nothing was verified.`,
  );
}
