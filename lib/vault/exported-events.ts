import { z } from "zod";
import { CofferError } from "../errors";
import type { RecordEvent } from "../shapes";
import type { StoredEvent } from "../store/event-rows";

/** Events in memory at once. */
const AT_ONCE = 1_000;
/** Of an export no line is nearly as long. */
const MAX_LINE_LENGTH = 1024 * 1024;

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
 * The events of an export or a stream in JSON Lines, some at a time, each as the database had it.
 * @param text in pieces of any size
 * @throws CofferError `invalid_request` for a line that is none
 */
export async function* eventsIn(text: AsyncIterable<string>): AsyncGenerator<StoredEvent[]> {
  let number = 0;
  let some: StoredEvent[] = [];
  for await (const line of linesOf(text)) {
    number += 1;
    if (line.trim() === "") continue;
    some.push(eventOf(line, number));
    if (some.length < AT_ONCE) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** `eventInfo` backwards. */
function eventOf(line: string, number: number): StoredEvent {
  const read = exportedEvent.safeParse(parsed(line));
  if (!read.success) throw noEvent(number);
  const { journal, seq, at, actor, action, environment, target, names, ...event } = read.data;
  const { outcome, code, address, userAgent, requestId, tokenId, incident, repeats, mac } = event;
  const asStored = JSON.stringify(names.map(({ name, version }) => [name, version]));
  // prettier-ignore
  return [
    journal, seq, at, actor.kind, actor.id, actor.name, action, environment, target, asStored,
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
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    number += lines.length;
    if (rest.length > MAX_LINE_LENGTH) throw noEvent(number);
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function noEvent(line: number): CofferError {
  return new CofferError(
    "invalid_request",
    `Line ${String(line)} is not an event as Coffer exports it: give a whole file in JSON Lines. Nothing was verified.`,
  );
}
