import {
  type Event,
  EVENT_ID,
  parseEvents,
  type ScalarEvent,
  type ScalarStyle,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import type { CofferError } from "../../errors";
import { exceeded, LIMITS } from "../limits";
import { invalidDocument } from "./invalid";
import { indentClosers } from "./yaml-closers";

export { type Event, EVENT_ID, type ScalarEvent, SCALAR_STYLE, type ScalarStyle };

/** The offset of what an event does not have: an anchor, a tag, or the text of an empty value. */
export const ABSENT = -1;

/**
 * What a YAML text says, as a list with offsets into it. Nothing is composed: an alias stays a name, so what
 * it stands for costs nothing.
 * @throws CofferError `invalid_document`; `limit_exceeded` for more depth than LIMITS allow
 */
export function eventsOf(source: string): readonly Event[] {
  try {
    return parsed(source);
  } catch (error) {
    const failure = failureOf(error);
    const events = failure.reason === DEFICIENT ? eventsOfIndented(source) : null;
    if (events !== null) return events;
    throw invalid(source, failure);
  }
}

function parsed(source: string): Event[] {
  // A scalar is one level deeper than what it stands in, and another while it may turn out to be a key. This
  // bounds the recursion; what is too deep is counted by those who read the events.
  return parseEvents(source, { maxDepth: LIMITS.depth + 2 });
}

/**
 * Y8: `key: [`, and the `]` in the key's own column. The specification wants it deeper, and so does js-yaml;
 * other readers don't, and half of the world writes it so. Null if that was not what is wrong.
 */
function eventsOfIndented(source: string): readonly Event[] | null {
  const indented = indentClosers(source, () => true);
  if (indented === null) return null;
  try {
    let events = parsed(indented.text);
    const wrong = indented.insideScalars(events);
    if (wrong.size > 0) {
      // Those lines are text: only the others may be moved.
      const others = indentClosers(source, (line) => !wrong.has(line));
      if (others === null) return null;
      events = parsed(others.text);
      return others.insideScalars(events).size > 0 ? null : others.backToSource(events);
    }
    return indented.backToSource(events);
  } catch (error) {
    failureOf(error);
    return null;
  }
}

const DEFICIENT = "deficient indentation";

/** The ends of sentences, by the start of js-yaml's reason. Its own words may quote the document. */
const SENTENCES: readonly (readonly [string, string])[] = [
  [DEFICIENT, "a line of a quoted string, or of what stands in [ ] or { }, is not indented enough"],
  ["null byte", "stands a NUL character"],
  ["the stream contains non-printable", "stands a character that must be escaped in double quotes"],
  ["expected valid JSON character", "stands a character that must be escaped in double quotes"],
  ["tab characters", "a tab stands where only spaces can indent"],
  [
    "bad indentation",
    "the indentation fits nothing above it, or text here or before it needs quotes",
  ],
  ["expected ':'", "a key has no colon"],
  ["can not read a block mapping entry", "a key stands on more than one line"],
  ["missed comma", "a comma is missing in [ ] or { }, or text here or before it needs quotes"],
  ["unexpected end of the stream within a flow", "[ or { has no end"],
  ["unexpected end of the", "a quoted string has no end"],
  ["unknown escape", "a backslash in double quotes does not stand before an escape"],
  ["expected hexadecimal", "an escape in double quotes lacks digits"],
  ["undeclared tag handle", "a tag has a handle that no %TAG line declares"],
  ["duplication of", "an anchor, a tag or %YAML is given twice"],
];

function invalid(source: string, { reason, at }: Failure): CofferError {
  if (reason.startsWith("nesting exceeded")) return exceeded("depth");
  const what = SENTENCES.find(([start]) => reason.startsWith(start))?.[1];
  return invalidDocument("YAML", source, at, what ?? "stands what can't stand there");
}

interface Failure {
  readonly reason: string;
  readonly at: number;
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof YAMLException)) throw error;
  return { reason: error.reason, at: error.mark?.position ?? 0 };
}
