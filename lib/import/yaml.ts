import { getScalarValue } from "js-yaml";
import { invalidDocument } from "../reference/documents/invalid";
import { Lines } from "../reference/documents/lines";
import {
  ABSENT,
  type Event,
  EVENT_ID,
  eventsOf,
  SCALAR_STYLE,
} from "../reference/documents/yaml-events";
import type { Entry } from "./entry";
import { PLAIN_NUMBER } from "./json";

/**
 * The members of a YAML map as entries. It is read as a list of events and nothing is composed: what an alias
 * stands for costs nothing, and no tag makes anything.
 * @throws CofferError `invalid_document` with line and column; `limit_exceeded`
 */
export function readYaml(source: string): Entry[] {
  const events = eventsOf(source);
  const start = rootMap(source, events);
  if (start === null) return [];
  const lines = new Lines(source);
  const entries: Entry[] = [];
  for (let at = start; events[at] !== undefined && events[at]?.type !== EVENT_ID.POP;) {
    const key = events[at];
    const valueAt = endOf(events, at);
    const place = `line ${lines.placeOf(offsetOf(key)).split(":", 1)[0] ?? ""}`;
    const name = key?.type === EVENT_ID.SCALAR ? getScalarValue(source, key) : "";
    entries.push({ name, place, description: "", ...valueOf(source, name, events[valueAt]) });
    at = endOf(events, valueAt);
  }
  return entries;
}

/** Where the first key of the document's map is among the events; null if the document is empty. */
function rootMap(source: string, events: readonly Event[]): number | null {
  const documents = events.filter(({ type }) => type === EVENT_ID.DOCUMENT);
  const [first, root] = events;
  if (first === undefined || root === undefined || root.type === EVENT_ID.POP) return null;
  if (documents.length > 1) {
    throw invalidDocument("YAML map", source, 0, "or below it starts a second document");
  }
  if (root.type === EVENT_ID.SCALAR && root.valueStart === ABSENT) return null;
  if (root.type !== EVENT_ID.MAPPING) {
    throw invalidDocument("YAML map", source, offsetOf(root), "stands no `NAME: value`");
  }
  return 2;
}

/** The event after the node that starts at `at`. */
function endOf(events: readonly Event[], at: number): number {
  let depth = 0;
  for (let next = at; next < events.length; next++) {
    const type = events[next]?.type;
    if (type === EVENT_ID.POP) depth--;
    else if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    if (depth === 0) return next + 1;
  }
  return events.length;
}

function offsetOf(event: Event | undefined): number {
  if (event?.type === EVENT_ID.SCALAR) return Math.max(0, event.valueStart, event.tagStart);
  if (event?.type === EVENT_ID.ALIAS) return event.anchorStart;
  if (event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE) return event.start;
  return 0;
}

const none = (problem: string) => ({ value: null, problem });

function valueOf(
  source: string,
  name: string,
  event: Event | undefined,
): Pick<Entry, "value" | "problem"> {
  if (name === "<<") return none("Merge keys are not followed. Write the entries out.");
  if (event?.type === EVENT_ID.ALIAS) return none("It is an alias. Write the value out.");
  if (event?.type !== EVENT_ID.SCALAR) {
    return none("It is a map or a list. Write it as a string to keep it as one value.");
  }
  const tag = event.tagStart === ABSENT ? "" : source.slice(event.tagStart, event.tagEnd);
  if (tag !== "" && tag !== "!" && tag !== "!!str") {
    return none("It has a tag. Leave the tag out and write the value as a string.");
  }
  const text = getScalarValue(source, event);
  const isPlain = event.style === SCALAR_STYLE.PLAIN && tag === "";
  return isPlain ? plainValue(text) : { value: text };
}

/** What some reader, of YAML 1.1 or 1.2, takes for something else than its text. */
const OTHERWISE =
  /^(?:[yYnN]|yes|Yes|YES|no|No|NO|True|TRUE|False|FALSE|on|On|ON|off|Off|OFF|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?(?:0o[0-7]+|0b[01_]+|0x[0-9a-fA-F_]+)|[-+]?(?:[0-9][0-9_]*)?\.?[0-9_]*(?:[eE][-+]?[0-9]+)?)$/;

/** A number or a boolean is taken as it is written, where every reader takes it for the same. */
function plainValue(text: string): Pick<Entry, "value" | "problem"> {
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return none("It is null, which is no value.");
  if (PLAIN_NUMBER.test(text) || !OTHERWISE.test(text)) return { value: text };
  return none(
    "Programs read this differently, as a number, a boolean or a text. Put it in quotes as it should be kept.",
  );
}
