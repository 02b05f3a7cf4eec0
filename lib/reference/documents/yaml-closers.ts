import { type Event, EVENT_ID } from "js-yaml";

/** Most spaces that are put into a copy of the source altogether, so that the copy is no attack. */
const MOST_SPACES = 1_048_576;

/** A copy of a source in which lines that open with a closing bracket are indented deeper. */
export interface Indented {
  readonly text: string;
  /** The lines, by their offset in the source, that turned out to be the text of a scalar. */
  insideScalars(events: readonly Event[]): ReadonlySet<number>;
  /** The events with the offsets that the source has. */
  backToSource(events: readonly Event[]): readonly Event[];
}

/**
 * Indents each line that opens with `]` or `}` and that `is` allows, deeper than any key of the document. Where
 * such a line closes something, that means nothing. Null if it would take too many spaces.
 */
export function indentClosers(source: string, is: (line: number) => boolean): Indented | null {
  const lines = [...source.matchAll(/(?:^|\r\n?|\n)(?=[ \t]*[\]}])/g)]
    .map(({ 0: lineEnd, index }) => index + lineEnd.length)
    .filter(is);
  const width = deepest(source) + 1;
  if (lines.length === 0 || lines.length * width > MOST_SPACES) return null;
  const spaces = " ".repeat(width);
  const pieces: string[] = [];
  let at = 0;
  for (const line of lines) {
    pieces.push(source.slice(at, line), spaces);
    at = line;
  }
  pieces.push(source.slice(at));
  return {
    text: pieces.join(""),
    insideScalars: (events) => insideScalars(events, lines, width),
    backToSource: (events) => events.map((event) => moved(event, lines, width)),
  };
}

/** The deepest column in which a key or an entry can start: after blanks, and the indicators of others. */
function deepest(source: string): number {
  let most = 0;
  for (const { 0: run } of source.matchAll(/(?:^|[\r\n])(?: |[?:-] )*/g)) {
    most = Math.max(most, run.length);
  }
  return most;
}

/** How many of `lines` start, in the copy, before `offset`. */
function linesBefore(lines: readonly number[], width: number, offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) + middle * width < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insideScalars(
  events: readonly Event[],
  lines: readonly number[],
  width: number,
): Set<number> {
  const inside = new Set<number>();
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) continue;
    const end = linesBefore(lines, width, event.valueEnd);
    for (let i = linesBefore(lines, width, event.valueStart); i < end; i++) {
      inside.add(lines[i] ?? 0);
    }
  }
  return inside;
}

function moved(event: Event, lines: readonly number[], width: number): Event {
  const back = (offset: number): number =>
    offset < 0 ? offset : offset - width * linesBefore(lines, width, offset);
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return {
        ...event,
        valueStart: back(event.valueStart),
        valueEnd: back(event.valueEnd),
        ...properties(event, back),
      };
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return { ...event, start: back(event.start), ...properties(event, back) };
    case EVENT_ID.ALIAS:
      return {
        ...event,
        anchorStart: back(event.anchorStart),
        anchorEnd: back(event.anchorEnd),
      };
    default:
      return event;
  }
}

type Properties = Record<"anchorStart" | "anchorEnd" | "tagStart" | "tagEnd", number>;

function properties(event: Properties, back: (offset: number) => number): Properties {
  return {
    anchorStart: back(event.anchorStart),
    anchorEnd: back(event.anchorEnd),
    tagStart: back(event.tagStart),
    tagEnd: back(event.tagEnd),
  };
}
