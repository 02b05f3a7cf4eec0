import { type BareReference, bareReferences } from "./bare-references";
import type { Unquoted } from "./format";

/**
 * References that stand where TOML has no string: `a = $SECRET/X`. That is no TOML, and a parser's error for it
 * would not say what to do. Parses a line at most once, so that all of them together are linear.
 */
export class TomlUnquoted {
  readonly found: Unquoted[] = [];
  private line: { readonly end: number; readonly references: readonly BareReference[] } | undefined;
  private next = 0;

  constructor(
    private readonly source: string,
    private readonly ends: RegExp,
  ) {}

  /**
   * Takes in the bare value from `start` to `end`, the first character that could end it.
   * @returns where it ends if the references that start in it are read to their own ends
   */
  take(start: number, end: number): number {
    const { source } = this;
    const value = source.slice(start, end).trimEnd();
    if (!/[$<{]/.test(value)) return end;
    if (value.startsWith("$") && !value.startsWith("$SECRET/")) {
      this.found.push(...bareReferences(value, start));
      return end;
    }
    let to = end;
    const references = this.referencesFrom(start);
    for (let one = references[this.next]; one && one.at < to; one = references[++this.next]) {
      if (one.at < start) continue;
      this.found.push({ raw: one.raw, at: one.at });
      this.ends.lastIndex = one.end;
      to = Math.max(to, this.ends.exec(source)?.index ?? source.length);
    }
    return to;
  }

  /** Those that stand on the line of `start`, from there on or from further left. */
  private referencesFrom(start: number): readonly BareReference[] {
    if (this.line === undefined || this.line.end < start) {
      const found = this.source.indexOf("\n", start);
      const end = found < 0 ? this.source.length : found;
      this.line = { end, references: bareReferences(this.source.slice(start, end), start) };
      this.next = 0;
    }
    return this.line.references;
  }
}
