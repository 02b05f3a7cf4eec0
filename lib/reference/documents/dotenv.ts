import { isBlank, runEnd } from "../characters";
import { exceeded, LIMITS } from "../limits";
import { bareReferences } from "./bare-references";
import { type DotenvValue, isBare, type Quote, readValue, writeValue } from "./dotenv-values";
import type { Format, Scalar, Unquoted } from "./format";
import { invalidDocument } from "./invalid";
import { offsetIn, skeletonOf } from "./spelling";

/**
 * The files that npm dotenv and Node's `parseEnv` read alike (GRAMMAR.md, D1 to D6). Where the two disagree about
 * what a line is, the file is refused; where they disagree about a value only, it stays and can't be changed.
 */
export const dotenv: Format<DotenvValue> = {
  read(source) {
    const reader = new Reader(source);
    reader.read();
    const { scalars, keys, unquoted } = reader;
    return { scalars, keys, unquoted, skeleton: skeletonOf(source, scalars) };
  },
  write: writeValue,
  offsetOf: (_source, { marks }, index) => offsetIn(marks, index),
};

/** What stands before a value. Blanks and an `export` belong to none of it. */
const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?([A-Za-z0-9_.-]+)[ \t]*=/y;
const NOTHING = /[ \t]*(?:#[^\n]*)?(?:\r?\n|(?![^]))/y;

class Reader {
  readonly scalars: DotenvValue[] = [];
  readonly keys: Scalar[] = [];
  readonly unquoted: Unquoted[] = [];
  private at = 0;

  constructor(private readonly source: string) {}

  read(): void {
    const { source } = this;
    const stray = source.search(/\r(?!\n)/);
    if (stray >= 0) this.fail(stray, "a carriage return stands without a line feed");
    if (source.startsWith("\ufeff")) this.at = 1;
    for (; this.at < source.length; this.at++) {
      const from = runEnd(source, this.at, isBlank);
      if (source[from] === "#" || from === this.lineEnd(from)) this.at = from;
      else this.readAssignment();
      this.at = this.lineEnd(this.at);
      if (source[this.at] === "\r") this.at++;
    }
  }

  private readAssignment(): void {
    const { source } = this;
    ASSIGNMENT.lastIndex = this.at;
    const [all = "", name = ""] = ASSIGNMENT.exec(source) ?? [];
    if (name === "") this.fail(this.at, "a line is neither empty, a comment, nor NAME=value");
    if (this.scalars.length >= LIMITS.nodes) throw exceeded("nodes");
    this.at += all.length;
    const nameEnd = this.at - 1 - blanksBefore(source, this.at - 1);
    this.keys.push({ start: nameEnd - name.length, end: nameEnd, text: name });
    const start = runEnd(source, this.at, isBlank);
    const quote = /^['"`]/.exec(source.charAt(start))?.[0] as Quote | undefined;
    const value = quote === undefined ? this.bare(start) : this.quoted(start, quote);
    // Only blanks that are spaces belong to no value for every reader.
    const around = [source.slice(this.at, start), source.slice(value.end, this.lineEnd(value.end))];
    const tabs = around[0]?.includes("\t") === true || /^ *\t/.test(around[1] ?? "");
    this.scalars.push(tabs ? { ...value, agreed: false } : value);
    this.at = value.end;
  }

  /** Up to the line's end or a comment, without the blanks there. */
  private bare(start: number): DotenvValue {
    const { source } = this;
    const line = this.lineEnd(start);
    const hash = source.slice(start, line).indexOf("#");
    let end = hash < 0 ? line : start + hash;
    // `a#b`: the readers take `#b` for a comment, people for a part of the value.
    if (hash > 0 && !isBlank(source.charCodeAt(end - 1))) {
      const lost = bareReferences(source.slice(end, line), end);
      this.unquoted.push(...lost.map(({ raw, at }) => ({ raw, at })));
    }
    end -= Math.min(end - start, blanksBefore(source, end));
    const value = readValue(source, start, end, "");
    return isBare(value.text) ? value : { ...value, agreed: false };
  }

  /** Up to the next quote of the kind, perhaps some lines on. */
  private quoted(start: number, quote: Quote): DotenvValue {
    const { source } = this;
    const close = source.indexOf(quote, start + 1);
    if (close < 0) this.fail(start, "a quote opens that has no end");
    if (source[close - 1] === "\\") {
      this.fail(close, "a backslash stands before a quote: programs differ about where it ends");
    }
    NOTHING.lastIndex = close + 1;
    if (!NOTHING.test(source)) this.fail(close + 1, "something follows the closing quote");
    return readValue(source, start, close + 1, quote);
  }

  /** Where the line ends that `from` stands on, before its line end. */
  private lineEnd(from: number): number {
    const found = this.source.indexOf("\n", from);
    if (found < 0) return this.source.length;
    return found > from && this.source[found - 1] === "\r" ? found - 1 : found;
  }

  private fail(at: number, what: string): never {
    throw invalidDocument("dotenv", this.source, at, what);
  }
}

function blanksBefore(source: string, end: number): number {
  let start = end;
  while (isBlank(source.charCodeAt(start - 1))) start--;
  return end - start;
}
