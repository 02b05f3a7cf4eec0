import { isCofferError } from "../../errors";
import { isBlank, runEnd } from "../characters";
import { exceeded, LIMITS } from "../limits";
import type { Scalar, Unquoted } from "./format";
import { invalidDocument } from "./invalid";
import { readString, type TomlString } from "./toml-strings";
import { TomlUnquoted } from "./toml-unquoted";

/** The strings of a TOML document, and the references that stand where only a string may. */
export interface TomlTokens {
  readonly scalars: readonly TomlString[];
  readonly keys: readonly Scalar[];
  readonly unquoted: readonly Unquoted[];
}

/**
 * Tells the strings, keys and comments of a document apart; whether it is TOML is for a parser to say. Has a
 * stack of its own and needs no other. Behind a bare reference it looks as far as it finds its way.
 * @throws CofferError `invalid_document`, `limit_exceeded`
 */
export function scanToml(source: string): TomlTokens {
  const scanner = new Scanner(source);
  try {
    scanner.scan();
  } catch (error) {
    if (!isCofferError(error) || scanner.unquoted.found.length === 0) throw error;
  }
  const { scalars, keys, unquoted } = scanner;
  return { scalars, keys, unquoted: unquoted.found };
}

const isVoid = (code: number): boolean => isBlank(code) || code === 0x0a || code === 0x0d;
const KEY_ENDS = /[\s.=[\]{},#"']/g;
/** A blank does not end a value: it may stand between a date and a time. */
const VALUE_ENDS = /[\r\n,\]}#]/g;
/** Characters of a number, a date or a boolean, far more than any has. Reading a longer number takes too long. */
const MOST_BARE = 1_024;

class Scanner {
  readonly scalars: TomlString[] = [];
  readonly keys: Scalar[] = [];
  readonly unquoted: TomlUnquoted;
  /** The arrays and inline tables that are open, each with the depth inside it. */
  private readonly open: { readonly close: "]" | "}"; readonly depth: number }[] = [];
  /** Whether an open container is to go on with an item: it has just been opened, or a comma was read. */
  private due = false;
  private depth = 1;
  /** Inside the table that the last header names. */
  private tableDepth = 1;
  private nodes = 0;
  private at: number;

  constructor(private readonly source: string) {
    this.unquoted = new TomlUnquoted(source, VALUE_ENDS);
    this.at = source.startsWith("\ufeff") ? 1 : 0;
  }

  scan(): void {
    this.skipVoid();
    while (this.at < this.source.length) {
      if (this.source[this.at] === "[") this.readHeader();
      else this.readEntry();
      this.skipVoid();
    }
  }

  /** `[a.b]`, or `[[a.b]]` for one more table of an array. */
  private readHeader(): void {
    this.count();
    const brackets = this.source[this.at + 1] === "[" ? 2 : 1;
    this.at += brackets;
    this.depth = brackets;
    this.enter();
    this.readKey();
    this.tableDepth = this.depth;
    for (let i = 0; i < brackets; i++) this.expect("]", "] is missing after a table's name");
  }

  /** A key and its value, with all that is nested in it. */
  private readEntry(): void {
    this.depth = this.tableDepth;
    this.readPair();
    for (let inner = this.open.at(-1); inner; inner = this.open.at(-1)) {
      this.depth = inner.depth;
      this.skipVoid();
      if (this.source[this.at] === inner.close) {
        this.open.pop();
        this.due = false;
        this.at++;
      } else if (!this.due) {
        this.expect(",", `a comma or ${inner.close} is missing`);
        this.due = true;
      } else if (inner.close === "}") {
        this.readPair();
      } else {
        this.readValue();
      }
    }
  }

  private readPair(): void {
    this.readKey();
    this.expect("=", "= and a value are missing after a key");
    this.at = runEnd(this.source, this.at, isBlank);
    this.readValue();
  }

  private readKey(): void {
    for (;;) {
      this.at = runEnd(this.source, this.at, isBlank);
      const start = this.at;
      if (this.opensString()) {
        this.keys.push(this.readString());
      } else {
        this.at = endOf(KEY_ENDS, this.source, start);
        if (this.at === start) this.fail(start, "a key is missing, or needs quotes");
        this.keys.push({ start, end: this.at, text: this.source.slice(start, this.at) });
      }
      this.at = runEnd(this.source, this.at, isBlank);
      if (this.source[this.at] !== ".") return;
      this.at++;
      this.enter();
    }
  }

  private readValue(): void {
    this.count();
    this.due = false;
    const { source, at } = this;
    if (this.opensString()) {
      this.scalars.push(this.readString());
    } else if (source[at] === "[" || (source[at] === "{" && source[at + 1] !== "{")) {
      this.enter();
      this.open.push({ close: source[at] === "[" ? "]" : "}", depth: this.depth });
      this.due = true;
      this.at++;
    } else {
      const end = endOf(VALUE_ENDS, source, at);
      this.at = this.unquoted.take(at, end);
      if (this.at === at) this.fail(at, "a value is missing");
      if (end - at > MOST_BARE) this.fail(at, "there is a value that is none");
    }
  }

  private opensString(): boolean {
    return this.source[this.at] === '"' || this.source[this.at] === "'";
  }

  private readString(): TomlString {
    const string = readString(this.source, this.at);
    if ("flaw" in string) return this.fail(string.at, string.flaw);
    this.at = string.end;
    return string;
  }

  private enter(): void {
    if (++this.depth > LIMITS.depth) throw exceeded("depth");
  }

  private count(): void {
    if (++this.nodes > LIMITS.nodes) throw exceeded("nodes");
  }

  /** Blanks, line ends and comments. */
  private skipVoid(): void {
    this.at = runEnd(this.source, this.at, isVoid);
    while (this.source[this.at] === "#") {
      const end = this.source.indexOf("\n", this.at);
      this.at = end < 0 ? this.source.length : runEnd(this.source, end, isVoid);
    }
  }

  private expect(character: string, what: string): void {
    if (this.source[this.at] !== character) this.fail(this.at, what);
    this.at++;
  }

  private fail(at: number, what: string): never {
    throw invalidDocument("TOML", this.source, at, what);
  }
}

/** Where the first of the characters of `ends` stands, from `from` on; the source's end if none does. */
export function endOf(ends: RegExp, source: string, from: number): number {
  ends.lastIndex = from;
  return ends.exec(source)?.index ?? source.length;
}
