import { CHOMPING_MODE, getScalarValue } from "js-yaml";
import { type Change, changed } from "./format";
import { SCALAR_STYLE, type ScalarEvent } from "./yaml-events";
import { literalBlock, quotedTail } from "./yaml-block";
import { escapeDouble, isPrintableLine, isSafePlain } from "./yaml-quote";
import type { YamlScalar } from "./yaml-reading";
import type { Spelling } from "./yaml-spelling";

/**
 * Y4 to Y6: the scalar's source with `changes` made, in its own style if that can say it, else in double
 * quotes. Null only for half of a surrogate pair, which YAML can't say.
 */
export function writeScalar(
  source: string,
  scalar: YamlScalar,
  spelling: Spelling,
  changes: readonly Change[],
): string | null {
  if (!changes.every(({ put }) => put.isWellFormed())) return null;
  const text = changed(scalar.text, changes);
  const same = inItsStyle(source, scalar, spelling, changes, text);
  if (same !== null) return same;
  return text.isWellFormed() ? `"${escapeDouble(text)}"${quotedTail(source, scalar)}` : null;
}

function inItsStyle(
  source: string,
  scalar: YamlScalar,
  spelling: Spelling,
  changes: readonly Change[],
  text: string,
): string | null {
  const { event, flow } = scalar;
  const splice = (encode: Encode): string | null =>
    spliced(source, event, spelling, changes, encode, text);
  switch (event.style) {
    case SCALAR_STYLE.PLAIN:
      return isSafePlain(text, flow) && !/[\r\n]/.test(source.slice(scalar.start, scalar.end))
        ? text
        : null;
    case SCALAR_STYLE.SINGLE_QUOTED:
      return between("'", splice(doubledQuotes));
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return between('"', splice(escapeDouble));
    case SCALAR_STYLE.LITERAL_BLOCK:
      return literalBlock(source, scalar, text);
    default: {
      const block = splice(foldedLine);
      return block === null || !startsWithInk(scalar, text)
        ? null
        : source.slice(scalar.start, event.valueStart) + block;
    }
  }
}

/** How a text stands in a style, or null if it can't. */
type Encode = (put: string) => string | null;

const doubledQuotes: Encode = (put) => (isPrintableLine(put) ? put.replaceAll("'", "''") : null);

const foldedLine: Encode = (put) => (isPrintableLine(put) ? put : null);

function between(quote: string, inside: string | null): string | null {
  return inside === null ? null : quote + inside + quote;
}

/**
 * The source of the value with only the changes made, so that the rest keeps its spelling. Null if it would not
 * say `text`: a blank beside a folded line end is lost, for one.
 */
function spliced(
  source: string,
  event: ScalarEvent,
  spelling: Spelling,
  changes: readonly Change[],
  encode: Encode,
  text: string,
): string | null {
  const pieces: string[] = [];
  let at = event.valueStart;
  for (const { start, end, put } of changes) {
    const range = spelling.range(start, end);
    const encoded = encode(put);
    if (range === null || encoded === null) return null;
    pieces.push(source.slice(at, range.start), encoded);
    at = range.end;
  }
  pieces.push(source.slice(at, event.valueEnd));
  const value = pieces.join("");
  // A line of more may now start like the end of a document, or be nothing but blanks.
  if (!event.fast && /[\r\n](?:---|\.\.\.)/.test(value)) return null;
  if (event.style === SCALAR_STYLE.FOLDED_BLOCK && /[\r\n][ \t]+(?:[\r\n]|$)/.test(value))
    return null;
  const read = { ...event, valueStart: 0, valueEnd: value.length, fast: false };
  return getScalarValue(value, read) === text ? value : null;
}

/** Whether a reader finds the indentation of a block that says `text` by its first line. */
function startsWithInk({ event }: YamlScalar, text: string): boolean {
  return event.indent > 0 && event.chomping !== CHOMPING_MODE.KEEP && /^\n*[^\s]/.test(text);
}
