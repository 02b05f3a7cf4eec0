import { changed, type Change } from "./format";
import { Decoding, loneSurrogateIn, type Spelled, spliced } from "./spelling";

/** What stands around a value; bare values have nothing. */
export type Quote = "" | "'" | '"' | "`";

export interface DotenvValue extends Spelled {
  readonly quote: Quote;
  /** Whether npm dotenv and Node's `parseEnv` read this value alike. One that they don't is not changed. */
  readonly agreed: boolean;
}

/** The value between `start` and `end`, its quotes included. Only double quotes have an escape: `\n`. */
export function readValue(source: string, start: number, end: number, quote: Quote): DotenvValue {
  const from = start + quote.length;
  const to = end - quote.length;
  const decoding = new Decoding(source, from);
  let agreed = true;
  let at = from;
  // Outside double quotes a backslash is a character, but a line end is one character everywhere.
  const special = quote === '"' ? /\\[nr]|\r\n/g : /\r\n/g;
  for (const { 0: found, index } of source.slice(from, to).matchAll(special)) {
    if (found === "\\r") {
      agreed = false;
      continue;
    }
    decoding.keep(at, from + index);
    at = from + index + 2;
    decoding.put("\n", at - 2, at);
  }
  decoding.keep(at, to);
  const text = decoding.text();
  return { start, end, text, marks: decoding.marks, quote, agreed };
}

/**
 * The source of `value` with `changes` made: in the quotes that it has if they hold the new text, else in the
 * first that do. Null where none hold it so that npm dotenv and Node's `parseEnv` both read it back: a carriage
 * return, NUL, a lone surrogate, some texts with several kinds of quotes.
 */
export function writeValue(
  source: string,
  value: DotenvValue,
  changes: readonly Change[],
): string | null {
  const text = changed(value.text, changes);
  if (!value.agreed || loneSurrogateIn(text) >= 0) return null;
  const kept = spliced(source, value, changes, (put) => encode(value.quote, put));
  if (says(kept, value.quote, text)) {
    // Node takes what stands on the next line for a value that is nothing but blanks.
    const alone = kept !== "" || (source[value.start - 1] === "=" && endsLine(source, value.end));
    if (alone) return kept;
  }
  // One line wherever there is a choice: a reader that knows no values of many lines takes the second for another.
  const quotes: Quote[] = text.includes("\n") ? ['"', "'", "`"] : ["'", '"', "`", ""];
  for (const quote of quotes) {
    const written = quote + encode(quote, text) + quote;
    if (says(written, quote, text)) return written;
  }
  return null;
}

function encode(quote: Quote, text: string): string {
  return quote === '"' ? text.replaceAll("\n", "\\n") : text;
}

/** Whether both readers take `written` for a value in these quotes that says `text`. */
function says(written: string, quote: Quote, text: string): boolean {
  if (/[\r\0]/.test(text)) return false;
  const inside = written.slice(quote.length, written.length - quote.length);
  if (quote === "") return inside === text && isBare(text);
  // npm dotenv takes a quote after a backslash for a part of the value, if another quote follows.
  if (inside.includes(quote) || inside.endsWith("\\")) return false;
  const read = readValue(written, 0, written.length, quote);
  return read.agreed && read.text === text;
}

/** Whether both readers take a bare value as it stands. The two separators are line ends to npm dotenv, in parts. */
export function isBare(text: string): boolean {
  return !/[#\n\u2028\u2029]|^['"`]/.test(text) && text.trim() === text;
}

function endsLine(source: string, at: number): boolean {
  return at === source.length || source[at] === "\n" || source[at] === "\r";
}
