import { runEnd } from "../characters";
import { changed, type Change } from "./format";
import { Decoding, type Spelled, spliced } from "./spelling";

/** Blanks of a properties file: space, tab and form feed (java.util.Properties, `load`). */
export const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0c;

/** A key or a value; or the offset of a backslash that begins no escape. */
export type Piece = Spelled | { readonly flawAt: number };

const VALUE = /[\\\r\n]/g;
const LINE_END = /\r\n?|\n/y;
const KEY = /[\\\r\n =:\t\f]/g;

/** The key that starts at `start`, which ends at a separator that is not escaped, or with the line. */
export function readKey(source: string, start: number): Piece {
  return readPiece(source, start, KEY);
}

/** The value that starts at `start`, which ends with the line: the last one, if backslashes join several. */
export function readValue(source: string, start: number): Piece {
  return readPiece(source, start, VALUE);
}

function readPiece(source: string, start: number, special: RegExp): Piece {
  const decoding = new Decoding(source, start);
  let at = start;
  for (;;) {
    special.lastIndex = at;
    const end = special.exec(source)?.index ?? source.length;
    decoding.keep(at, end);
    if (source[end] !== "\\") return { start, end, text: decoding.text(), marks: decoding.marks };
    const joined = joinedTo(source, end);
    const code = readEscape(source, end);
    if (joined !== null) decoding.put("", end, (at = joined));
    else if (code === null) return { flawAt: end };
    else decoding.put(code.text, end, (at = code.end));
  }
}

/** Where the text goes on if the backslash at `at` joins its line to the next; null if it doesn't. */
export function joinedTo(source: string, at: number): number | null {
  if (source[at] !== "\\") return null;
  if (at + 1 === source.length) return source.length;
  LINE_END.lastIndex = at + 1;
  return LINE_END.test(source) ? runEnd(source, LINE_END.lastIndex, isSpace) : null;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", f: "\f", r: "\r" };

function readEscape(source: string, at: number): { text: string; end: number } | null {
  const letter = source.charAt(at + 1);
  if (letter !== "u") return { text: ESCAPES[letter] ?? letter, end: at + 2 };
  const digits = source.slice(at + 2, at + 6);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) return null;
  return { text: String.fromCharCode(parseInt(digits, 16)), end: at + 6 };
}

/**
 * The source of a value with `changes` made: spliced into what stands there, else written anew. What is put in
 * is ASCII, because older readers take a file for ISO-8859-1. There is no text that has no such spelling.
 */
export function writeValue(source: string, value: Spelled, changes: readonly Change[]): string {
  const text = changed(value.text, changes);
  for (const lead of [false, true]) {
    const written = spliced(source, value, changes, (put) => encode(put, lead));
    if (says(written, text)) return written;
  }
  return encode(text, true);
}

/** Whether `written` says `text` behind a separator that is a blank, which is where most can go wrong. */
function says(written: string, text: string): boolean {
  if (/^[ \t\f=:]/.test(written) || joinedTo(written, 0) !== null) return false;
  const read = readValue(written, 0);
  return !("flawAt" in read) && read.end === written.length && read.text === text;
}

const SHORT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

/** `text` in ASCII. With `lead` its first character can't be taken for a part of what stands before it. */
function encode(text: string, lead: boolean): string {
  const written = text.replace(
    /[\\\u0000-\u001f\u007f-\uffff]/g,
    (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return lead && /^[ =:]/.test(written) ? `\\${written}` : written;
}
