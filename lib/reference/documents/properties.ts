import { exceeded, LIMITS } from "../limits";
import type { Format, Scalar } from "./format";
import { invalidDocument } from "./invalid";
import { isSpace, joinedTo, type Piece, readKey, readValue, writeValue } from "./properties-text";
import { offsetIn, skeletonOf, type Spelled } from "./spelling";

/** Java's properties files, as `java.util.Properties` loads them (GRAMMAR.md, V1 to V4). */
export const properties: Format<Spelled> = {
  read(source) {
    const scalars: Spelled[] = [];
    const keys: Scalar[] = [];
    for (let at = lineStart(source, 0); at < source.length; at = lineStart(source, at)) {
      if (keys.length >= LIMITS.nodes) throw exceeded("nodes");
      const key = whole(source, readKey(source, at));
      const value = whole(source, readValue(source, valueStart(source, key.end)));
      at = value.end;
      keys.push(key);
      scalars.push(value);
    }
    return { scalars, keys, unquoted: [], skeleton: skeletonOf(source, scalars) };
  },
  write: writeValue,
  offsetOf: (_source, { marks }, index) => offsetIn(marks, index),
};

const LINE_END = /[\r\n]/g;

function whole(source: string, piece: Piece): Spelled {
  if (!("flawAt" in piece)) return piece;
  const what = "four hexadecimal digits are missing after \\u";
  throw invalidDocument("Java properties", source, piece.flawAt, what);
}

/** Where the next line with a key starts, past empty lines and comments. */
function lineStart(source: string, from: number): number {
  let at = from;
  for (; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x0a || code === 0x0d || isSpace(code)) continue;
    if (source[at] !== "#" && source[at] !== "!") return at;
    LINE_END.lastIndex = at;
    at = LINE_END.exec(source)?.index ?? source.length;
  }
  return at;
}

/** Past blanks, at most one `=` or `:`, and blanks; a joined line's start and blanks are none of the value. */
function valueStart(source: string, from: number): number {
  const at = skipSpace(source, from);
  return source[at] === "=" || source[at] === ":" ? skipSpace(source, at + 1) : at;
}

function skipSpace(source: string, from: number): number {
  let at = from;
  for (;;) {
    const joined = joinedTo(source, at);
    if (joined !== null && joined > at) at = joined;
    else if (isSpace(source.charCodeAt(at))) at++;
    else return at;
  }
}
