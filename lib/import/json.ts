import { CofferError } from "../errors";
import { eachMember } from "../reference/json-text";
import {
  decode,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipBlanks,
  stringEnd,
} from "../reference/json-token";
import { Lines } from "../reference/documents/lines";
import type { Entry } from "./entry";

/** A number that every reader takes for the same, and whose text nobody would write otherwise. */
export const PLAIN_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/**
 * The members of a JSON object as entries. A number or a boolean is taken as it is written, so that
 * `12345678901234567890` and `1.0` survive. `__proto__` is a name like any other.
 * @throws CofferError `invalid_document`
 */
export function readJson(text: string): Entry[] {
  requireObject(text);
  const lines = new Lines(text);
  const entries: Entry[] = [];
  eachMember(text, (name, { start, end }) => {
    const place = `line ${lines.placeOf(start).split(":", 1)[0] ?? ""}`;
    entries.push({ name, place, description: "", ...valueOf(text, start, end) });
  });
  return entries;
}

function valueOf(text: string, start: number, end: number): Pick<Entry, "value" | "problem"> {
  switch (text.charCodeAt(start)) {
    case QUOTE:
      return { value: decode(text, start, stringEnd(text, start)) };
    case OPEN_OBJECT:
    case OPEN_ARRAY:
      return {
        value: null,
        problem: "It is an object or a list. Write it as a string to keep it as one value.",
      };
  }
  const scalar = text.slice(start, end);
  if (scalar === "null") return { value: null, problem: "It is null, which is no value." };
  if (scalar === "true" || scalar === "false" || PLAIN_NUMBER.test(scalar)) {
    return { value: scalar };
  }
  return {
    value: null,
    problem: "Programs write this number in several ways. Put it in quotes as it should be kept.",
  };
}

/** The parser's own message quotes the text, which has values, so none of it is told. */
function requireObject(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new CofferError(
      "invalid_document",
      "This is not valid JSON. Nothing was imported. Choose another format if it is not meant to be JSON.",
    );
  }
  if (text.charCodeAt(skipBlanks(text, 0)) !== OPEN_OBJECT) {
    throw new CofferError(
      "invalid_document",
      'The JSON is no map of names to values. Write it as {"NAME": "value"}.',
    );
  }
}
