import { parse as parseToml, TomlError } from "smol-toml";
import { LIMITS } from "../limits";
import type { Format } from "./format";
import { invalidDocument } from "./invalid";
import { loneSurrogateIn, offsetIn, skeletonOf } from "./spelling";
import { scanToml } from "./toml-scan";
import { type TomlString, writeString } from "./toml-strings";

/** TOML 1.0, and 1.1 where it is read (GRAMMAR.md, T1 to T6). */
export const toml: Format<TomlString> = {
  read(source) {
    const lone = loneSurrogateIn(source);
    if (lone >= 0)
      throw invalidDocument("TOML", source, lone, "half of a surrogate pair stands alone");
    const { scalars, keys, unquoted } = scanToml(source);
    // With a bare reference it is no TOML, and the report of that says more than a parser would.
    if (unquoted.length === 0) requireToml(source);
    return { scalars, keys, unquoted, skeleton: skeletonOf(source, scalars) };
  },
  write: writeString,
  offsetOf: (_source, { marks }, index) => offsetIn(marks, index),
};

/** What smol-toml finds wrong, by the first line of its message: the others quote the document. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/redefine/, "a key or a table is defined that was defined before"],
  [/date/, "there is a date or time that is none"],
  [/represented losslessly|numeric|leading zero|underscore/, "there is a number that is none"],
  [/followed by an end-of-line/, "something follows a value on its line"],
  [/control characters/, "a control character stands that must not"],
  [/key/, "there is a key that is none"],
  [/invalid value/, "there is a value that is none; a string needs quotes"],
];

/**
 * That the whole document is TOML, which the scan alone does not tell. Comes after the scan, which has seen to
 * its depth.
 */
function requireToml(source: string): void {
  try {
    parseToml(source, { integersAsBigInt: "asNeeded", maxDepth: LIMITS.depth });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ""] = error.message.split("\n", 1);
    const what =
      MISTAKES.find(([mistake]) => mistake.test(first))?.[1] ?? "it breaks a rule of TOML";
    throw invalidDocument("TOML", source, offsetOf(source, error.line, error.column), what);
  }
}

/** The offset of a line and column from 1, where only `\n` ends a line, as smol-toml counts. */
function offsetOf(source: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = source.indexOf("\n", start) + 1;
  return start + column - 1;
}
