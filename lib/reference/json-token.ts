import { CofferError } from "../errors";

/** The characters of JSON's structure, as UTF-16 code units (RFC 8259, section 2). */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const BACKSLASH = 0x5c;
const UNICODE_ESCAPE = 0x75;

/** The string that the token from `start` to `end`, its quotes included, stands for. */
export function decode(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end - 1);
  return inside.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : inside;
}

/** Where the source of `count` characters of a string ends, if it starts at `at`, inside the quotes. */
export function skipCharacters(text: string, at: number, count: number): number {
  let end = at;
  for (let left = count; left > 0; left--) {
    if (text.charCodeAt(end) !== BACKSLASH) end += 1;
    else end += text.charCodeAt(end + 1) === UNICODE_ESCAPE ? 6 : 2;
  }
  return end;
}

/** Whether `code` is white space to JSON. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The first offset at or after `from` where no white space stands. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/**
 * The offset after the closing quote of the string that opens at `start`.
 * @throws CofferError `invalid_json` if it has none, which JSON.parse would have refused
 */
export function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  if (quote < 0) throw new CofferError("invalid_json", "A string in the JSON has no end.");
  return quote + 1;
}

/** Whether an odd number of backslashes stands directly before `at`. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** Where the number, `true`, `false` or `null` that starts at `start` ends. */
export function scalarEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || isBlank(code)) return at;
  }
  return text.length;
}
