import { isBlank, runEnd } from "../characters";
import { changed, type Change } from "./format";
import { Decoding, loneSurrogateIn, type Spelled, spliced } from "./spelling";

/** How TOML writes a string: `"…"`, `'…'`, `"""…"""`, `'''…'''` (TOML 1.0, section String). */
export type TomlStyle = "basic" | "literal" | "basic-lines" | "literal-lines";

export interface TomlString extends Spelled {
  readonly style: TomlStyle;
}

/** Why a text is no string, as the end of a sentence for people, and where. */
export interface Flaw {
  readonly flaw: string;
  readonly at: number;
}

const QUOTES: Record<TomlStyle, string> = {
  basic: '"',
  literal: "'",
  "basic-lines": '"""',
  "literal-lines": "'''",
};

/** What must be looked at in each style: its quote, its escape, and what may not stand there as it is. */
const SPECIAL: Record<TomlStyle, RegExp> = {
  basic: /["\\\u0000-\u0008\u000a-\u001f\u007f]/g,
  literal: /['\u0000-\u0008\u000a-\u001f\u007f]/g,
  "basic-lines": /["\\\u0000-\u0008\u000b-\u001f\u007f]/g,
  "literal-lines": /['\u0000-\u0008\u000b-\u001f\u007f]/g,
};

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
  '"': '"',
  "\\": "\\",
};

/** Digits of the escapes with a code point. `\x` and `\e` are TOML 1.1: read, never written. */
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Reads the string that opens at `start`. Line ends in it are `\n` in its text, however the file has them:
 * TOML leaves that open, and most readers (Python's, Go's, Rust's) do so.
 */
export function readString(source: string, start: number): TomlString | Flaw {
  const quote = source.charAt(start);
  const many = source.startsWith(quote.repeat(3), start);
  const style: TomlStyle = `${quote === '"' ? "basic" : "literal"}${many ? "-lines" : ""}`;
  let at = start + QUOTES[style].length;
  if (many && source.startsWith("\r\n", at)) at += 2;
  else if (many && source[at] === "\n") at += 1;
  const decoding = new Decoding(source, at);
  const special = SPECIAL[style];
  for (;;) {
    special.lastIndex = at;
    const found = special.exec(source)?.index;
    if (found === undefined) return { flaw: "a string opens that has no end", at: start };
    decoding.keep(at, found);
    const character = source.charAt(found);
    if (character === quote) {
      const run = many ? runOf(source, quote, found, 5) : 3;
      if (run >= 3) {
        const end = found + run - 3 + QUOTES[style].length;
        decoding.keep(found, found + run - 3);
        return { start, end, text: decoding.text(), style, marks: decoding.marks };
      }
      decoding.keep(found, found + run);
      at = found + run;
    } else if (character === "\\") {
      const escape = readEscape(source, found, many);
      if ("flaw" in escape) return escape;
      decoding.put(escape.text, found, escape.end);
      at = escape.end;
    } else if (many && source.startsWith("\r\n", found)) {
      decoding.put("\n", found, found + 2);
      at = found + 2;
    } else {
      const line = character === "\n" || character === "\r";
      return {
        flaw: line ? "a line ends inside a string" : "a control character stands in a string",
        at: found,
      };
    }
  }
}

function runOf(source: string, quote: string, from: number, most: number): number {
  let count = 0;
  while (count < most && source[from + count] === quote) count++;
  return count;
}

function readEscape(
  source: string,
  at: number,
  many: boolean,
): { text: string; end: number } | Flaw {
  const letter = source.charAt(at + 1);
  if (Object.hasOwn(ESCAPES, letter)) return { text: ESCAPES[letter] ?? "", end: at + 2 };
  if (Object.hasOwn(DIGITS, letter)) {
    const end = at + 2 + (DIGITS[letter] ?? 0);
    const digits = source.slice(at + 2, end);
    const code = /^[0-9a-fA-F]+$/.test(digits) ? parseInt(digits, 16) : -1;
    const good = at + 2 + digits.length === end && code >= 0 && code <= 0x10ffff;
    if (good && (code < 0xd800 || code > 0xdfff)) return { text: String.fromCodePoint(code), end };
  }
  const line = runEnd(source, at + 1, isBlank);
  if (many && /^\r?\n/.test(source.slice(line, line + 2))) {
    return { text: "", end: endOfBlankLines(source, line) };
  }
  return { flaw: "a backslash stands before something that TOML has no escape for", at };
}

function endOfBlankLines(source: string, from: number): number {
  let at = from;
  for (;;) {
    if (source[at] === "\n" || isBlank(source.charCodeAt(at))) at++;
    else if (source.startsWith("\r\n", at)) at += 2;
    else return at;
  }
}

/**
 * The source of `scalar` with `changes` made: spliced into what stands there, else written anew in its style,
 * else as a basic string. Of these, the first that reads back. Null for a lone surrogate, which TOML can't say.
 */
export function writeString(
  source: string,
  scalar: TomlString,
  changes: readonly Change[],
): string | null {
  const text = changed(scalar.text, changes);
  if (loneSurrogateIn(text) >= 0) return null;
  const { style } = scalar;
  // A line end that is put into a file with CRLF is escaped, so that it is no other for any reader.
  const breaks = !source.slice(scalar.start, scalar.end).includes("\r");
  const candidates = [
    () => spliced(source, scalar, changes, (put) => encode(style, put, breaks)),
    () => whole(style, text, breaks),
    () => whole("basic", text, false),
  ];
  for (const candidate of candidates) {
    const written = candidate();
    const read = readString(written, 0);
    if (!("flaw" in read) && read.end === written.length && read.text === text) return written;
  }
  return null;
}

function whole(style: TomlStyle, text: string, breaks: boolean): string {
  const open = style.endsWith("-lines") ? `${QUOTES[style]}\n` : QUOTES[style];
  return open + encode(style, text, breaks) + QUOTES[style];
}

/** How `text` is written in a string of this style; in a literal one as it is, whether or not it can be. */
function encode(style: TomlStyle, text: string, breaks: boolean): string {
  if (style.startsWith("literal")) return text;
  return text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => {
    if (character === "\n" && style === "basic-lines" && breaks) return character;
    return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};
