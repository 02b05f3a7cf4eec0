import { CofferError } from "../errors";
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  decode,
  isBlank,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  scalarEnd,
  skipBlanks,
  stringEnd,
} from "./json-token";
import { exceeded, LIMITS } from "./limits";
import { Place } from "./place";

/**
 * Reads JSON as text, because only the text keeps `12345678901234567890`, `1.0` and duplicate keys. All
 * functions here take JSON that JSON.parse has accepted (RFC 8259); given other text they still end, in
 * linear time, with an answer that means nothing or with `invalid_json`. None recurses.
 */

/** From `start` up to and not including `end`, in UTF-16 code units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The members of the object that `body` is, and where the value of each stands, without blanks around it.
 * Keys are decoded; `__proto__` is a key like any other.
 * @throws CofferError `invalid_request` if `body` is not an object, `invalid_json` if a member stands twice
 */
export function topLevelMembers(body: string): ReadonlyMap<string, Range> {
  const members = new Map<string, Range>();
  eachMember(body, (key, range) => {
    if (members.has(key)) throw repeated(key);
    members.set(key, range);
  });
  return members;
}

/**
 * The same for each member in turn, also for one that stands more than once.
 * @throws CofferError `invalid_request` if `body` is not an object
 */
export function eachMember(body: string, visit: (key: string, value: Range) => void): void {
  let at = skipBlanks(body, 0);
  if (body.charCodeAt(at) !== OPEN_OBJECT) {
    throw new CofferError("invalid_request", "The body must be a JSON object.");
  }
  at = skipBlanks(body, at + 1);
  while (body.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(body, at);
    const key = decode(body, at, keyEnd);
    const start = skipBlanks(body, skipBlanks(body, keyEnd) + 1);
    const end = valueEnd(body, start);
    visit(key, { start, end });
    at = skipBlanks(body, end);
    if (body.charCodeAt(at) === COMMA) at = skipBlanks(body, at + 1);
  }
}

/**
 * Refuses a member that stands twice in one object, at any depth: readers disagree about which of them counts.
 * @throws CofferError `invalid_json`
 */
export function requireDistinctKeys(text: string): void {
  const open: Set<string>[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      const after = skipBlanks(text, end);
      const keys = open[open.length - 1];
      if (text.charCodeAt(after) === COLON && keys) {
        const key = decode(text, at, end);
        if (keys.has(key)) throw repeated(key);
        keys.add(key);
      }
      at = after;
      continue;
    }
    if (code === OPEN_OBJECT) open.push(new Set());
    if (code === CLOSE_OBJECT) open.pop();
    at++;
  }
}

function repeated(key: string): CofferError {
  const shown = JSON.stringify(key.slice(0, 64));
  return new CofferError("invalid_json", `The body has the member ${shown} more than once.`);
}

/**
 * Visits every string of the value in `range` that is not a key, and keys too if they are asked for, in the
 * order of the text: `start` is the offset of its opening quote, `end` that after its closing quote. `place`
 * is good during the visit only; a key's is that of its value.
 * @throws CofferError `limit_exceeded` for more depth or values than LIMITS allow
 */
export function eachString(
  text: string,
  range: Range,
  visit: (start: number, end: number, place: Place, isKey: boolean) => void,
  keys: "with keys" | "without keys" = "without keys",
): void {
  const place = new Place(text);
  let nodes = 0;
  const count = (): void => {
    if (++nodes > LIMITS.nodes) throw exceeded("nodes");
  };
  let at = range.start;
  while (at < range.end) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE: {
        const end = stringEnd(text, at);
        const after = skipBlanks(text, end);
        if (text.charCodeAt(after) === COLON) {
          place.key(at, end);
          if (keys === "with keys") visit(at, end, place, true);
          at = after + 1;
        } else {
          count();
          visit(at, end, place, false);
          at = after;
        }
        break;
      }
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        count();
        place.enter(code === OPEN_ARRAY);
        at++;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        place.leave();
        at++;
        break;
      case COMMA:
        place.next();
        at++;
        break;
      default:
        if (isBlank(code)) {
          at++;
        } else {
          count();
          at = scalarEnd(text, at);
        }
    }
  }
}

/** The offset after the value that starts at `start`. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth++;
        at++;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        at++;
        break;
      default:
        at = depth > 0 ? at + 1 : scalarEnd(text, at);
    }
  } while (depth > 0 && at < text.length);
  return at;
}
