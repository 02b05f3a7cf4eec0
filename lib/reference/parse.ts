import { isName } from "../name";
import {
  isBackslash,
  isBlank,
  isDigit,
  isMemberCharacter,
  isWord,
  MOST,
  MOST_READ,
  runEnd,
} from "./characters";
import { exceeded, LIMITS } from "./limits";
import {
  type Fault,
  type Malformed,
  malformed,
  type Reference,
  reference,
  type Segment,
} from "./segments";
import { readEnv, readManager } from "./whole-string";

/**
 * Splits a text into references and what stands between them, by the rules of GRAMMAR.md (R1 to R12).
 * Null when the text has no reference, no escaped one and no malformed one, which is the common case.
 * Linear in the text's length whatever the text (R12).
 * @throws CofferError `limit_exceeded` for a text with more references than a document may have
 */
export function parse(text: string): Segment[] | null {
  return parseWhole(text) ?? parseAnywhere(text);
}

/** R2: a form that is all of a string. What precedes it can only be the backslashes that escape it. */
function parseWhole(text: string): Segment[] | null {
  const at = runEnd(text, 0, isBackslash);
  if (text[at] !== "$") return null;
  const found = readEnv(text, at) ?? readManager(text, at);
  if (found === null) return null;
  const segments: Segment[] = [];
  add(segments, text, at, at, found);
  return segments;
}

/** R1: the forms that may stand anywhere, from left to right, each read once. */
function parseAnywhere(text: string): Segment[] | null {
  const marks = new Marks(text);
  let at = marks.opener(0);
  if (at === text.length) return null;
  const segments: Segment[] = [];
  let from = 0;
  let count = 0;
  for (; at < text.length; at = marks.opener(from)) {
    const found = text[at] === "$" ? readDollar(text, at) : readMarked(text, at, marks);
    const slashes = backslashesBefore(text, at, from);
    if (at - slashes > from) segments.push({ kind: "text", raw: text.slice(from, at - slashes) });
    add(segments, text, at, slashes, found);
    if (++count > LIMITS.references) throw exceeded("references");
    from = at + found.raw.length;
  }
  if (from < text.length) segments.push({ kind: "text", raw: text.slice(from) });
  return segments;
}

/** R9: of n backslashes directly before a reference half remain, and an odd n makes it literal. */
function add(
  segments: Segment[],
  text: string,
  at: number,
  slashes: number,
  found: Reference | Malformed,
): void {
  const literal = slashes % 2 === 1;
  const end = literal ? at + found.raw.length : at;
  if (slashes > 0) {
    const kept = text.slice(at - Math.floor(slashes / 2), end);
    segments.push({ kind: "escape", raw: text.slice(at - slashes, end), text: kept });
  }
  if (!literal) segments.push(found);
}

function backslashesBefore(text: string, at: number, from: number): number {
  let first = at;
  while (first > from && isBackslash(text.charCodeAt(first - 1))) first--;
  return at - first;
}

interface Form {
  readonly syntax: "braces" | "angles";
  readonly open: string;
  readonly close: string;
}

const DOLLAR = "$SECRET/";
const BRACES: Form = { syntax: "braces", open: "{{", close: "}}" };
const ANGLES: Form = { syntax: "angles", open: "<<", close: ">>" };

/**
 * Where the next opener and the next closing mark stand, remembered. Asked for offsets that never go back,
 * so all searching together is one pass for each mark: a thousand openers without a closing mark do not
 * cost a thousand searches to the end (R12). A mark that does not come any more stands at the text's end.
 */
class Marks {
  private dollar = -1;
  private braces = -1;
  private angles = -1;
  private readonly closers = { braces: -1, angles: -1 };

  constructor(private readonly text: string) {}

  opener(from: number): number {
    if (this.dollar < from) this.dollar = this.orEnd(this.text.indexOf(DOLLAR, from));
    if (this.braces < from) this.braces = this.orEnd(findOpener(this.text, BRACES, from));
    if (this.angles < from) this.angles = this.orEnd(findOpener(this.text, ANGLES, from));
    return Math.min(this.dollar, this.braces, this.angles);
  }

  closer({ syntax, close }: Form, from: number): number {
    const known = this.closers[syntax];
    if (known >= from) return known;
    return (this.closers[syntax] = this.orEnd(this.text.indexOf(close, from)));
  }

  private orEnd(found: number): number {
    return found < 0 ? this.text.length : found;
  }
}

function findOpener(text: string, form: Form, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf(form.open, at);
    if (at < 0) return -1;
    // Of a longer run only the last two characters can be followed by the keyword.
    while (text.charCodeAt(at + 2) === text.charCodeAt(at)) at++;
    if (keywordEnd(text, at) >= 0) return at;
  }
}

/** R4: where `secrets.` ends, in any case, after the mark at `at` and blanks; -1 if it is not there. */
function keywordEnd(text: string, at: number): number {
  if (text[at] === "{" && text[at - 1] === "$") return -1;
  const start = runEnd(text, at + 2, isBlank);
  if (text[start] !== "s" && text[start] !== "S") return -1;
  const end = start + "secrets.".length;
  return text.slice(start, end).toLowerCase() === "secrets." ? end : -1;
}

/** R3: `$SECRET/Name`. */
function readDollar(text: string, at: number): Reference | Malformed {
  const start = at + DOLLAR.length;
  const end = runEnd(text, start, isWord, MOST_READ);
  const name = text.slice(start, end);
  const raw = text.slice(at, end);
  if (!isName(name)) return malformed("name", raw, raw);
  return reference("secret", "dollar", name, raw, raw);
}

/** R4 to R7: `{{Secrets.Name[.member][@version][:-default]}}`, and the same between `<<` and `>>`. */
function readMarked(text: string, at: number, marks: Marks): Reference | Malformed {
  const form = text[at] === "{" ? BRACES : ANGLES;
  const start = keywordEnd(text, at);
  let end = runEnd(text, start, isWord, MOST_READ);
  const readable = (): string => `${form.open}Secrets.${text.slice(start, end)}`;
  const broken = (fault: Fault): Malformed => malformed(fault, text.slice(at, end), readable());

  const name = text.slice(start, end);
  if (!isName(name)) return broken("name");

  let member: string | undefined;
  if (text[end] === ".") {
    const from = end + 1;
    end = runEnd(text, from, isMemberCharacter, MOST_READ);
    member = text.slice(from, end);
    if (member === "" || member.length > MOST) return broken("member");
  }

  let version: number | undefined;
  if (text[end] === "@") {
    const from = end + 1;
    end = runEnd(text, from, isDigit, 10);
    if (text[from] === "0" || end - from < 1 || end - from > 9) return broken("version");
    version = Number(text.slice(from, end));
  }

  const canonical = readable() + form.close;
  let fallback: string | undefined;
  let close = runEnd(text, end, isBlank);
  if (text.startsWith(":-", end)) {
    end += 2;
    close = marks.closer(form, end);
    if (close === text.length) return broken("closing");
    if (marks.opener(end) < close) return broken("nested");
    fallback = text.slice(end, close);
  } else if (!text.startsWith(form.close, close)) {
    return broken("closing");
  }
  const raw = text.slice(at, close + form.close.length);
  return reference("secret", form.syntax, name, raw, canonical, { member, version, fallback });
}
