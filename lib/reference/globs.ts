import { CofferError } from "../errors";
import { exceeded, LIMITS } from "./limits";

const ONE = Symbol("one segment");
const ANY = Symbol("any number of segments");
const END = Symbol("end of a glob");

/** One step of a glob; a string is a segment as a JSON pointer escapes it. */
type Token = string | typeof ONE | typeof ANY | typeof END;

/**
 * The places that a list of JSON-pointer globs covers (GRAMMAR.md, P1 to P4). All globs are followed at
 * once, one segment after the other, and never back: a segment costs a look at each of at most LIMITS.globs
 * tokens. What two places in a row have in common is not looked at again.
 */
export class Globs {
  private readonly tokens: Token[] = [];
  private readonly last: string[] = [];
  /**
   * `reached[n][i]` is 1 when the first n segments of `last` lead up to token i, and that after the last
   * token when they lead to the end of any glob.
   */
  private readonly reached: Uint8Array[];

  /** @throws CofferError `invalid_request` for a text that is no glob, `limit_exceeded` for too many */
  constructor(globs: readonly string[]) {
    const starts: number[] = [];
    for (const glob of globs) {
      starts.push(this.tokens.length);
      for (const segment of segmentsOf(glob)) this.add(tokenOf(segment));
      this.add(END);
    }
    const first = new Uint8Array(this.tokens.length + 1);
    for (const start of starts) this.reach(first, start);
    this.reached = [first];
  }

  private add(token: Token): void {
    if (this.tokens.push(token) > LIMITS.globs) throw exceeded("globs");
  }

  /** Whether one of the globs covers the place with these segments, escaped, outermost first. */
  cover(segments: readonly string[]): boolean {
    let known = 0;
    while (known < this.last.length && this.last[known] === segments[known]) known++;
    this.last.length = known;
    this.reached.length = known + 1;
    for (const segment of segments.slice(known)) {
      this.last.push(segment);
      this.reached.push(this.step(segment));
    }
    return this.reached.at(-1)?.[this.tokens.length] === 1;
  }

  private step(segment: string): Uint8Array {
    const before = this.reached.at(-1);
    const after = new Uint8Array(this.tokens.length + 1);
    for (let i = 0; i < this.tokens.length; i++) {
      if (before?.[i] !== 1) continue;
      const token = this.tokens[i];
      if (token === ANY) this.reach(after, i);
      else if (token === ONE || token === segment) this.reach(after, i + 1);
    }
    return after;
  }

  /** Marks token `i`, and those after it that `**` leads to by standing for no segment. */
  private reach(states: Uint8Array, i: number): void {
    let at = i;
    states[at] = 1;
    while (this.tokens[at] === ANY) states[++at] = 1;
    if (this.tokens[at] === END) states[this.tokens.length] = 1;
  }
}

function segmentsOf(glob: string): string[] {
  if (glob === "") return [];
  if (!glob.startsWith("/")) throw invalid(glob);
  return glob.slice(1).split("/");
}

/** P3: `~0`, `~1` as in RFC 6901, and `~2` for an asterisk that is meant as one. */
function tokenOf(segment: string): Token {
  if (segment === "*") return ONE;
  if (segment === "**") return ANY;
  if (segment.includes("*") || /~(?![012])/.test(segment)) throw invalid(segment);
  return segment.replaceAll("~2", "*");
}

function invalid(text: string): CofferError {
  const shown = JSON.stringify(text.slice(0, 64));
  const rule =
    "a glob is /-separated segments, each * or ** or a member's name with ~0 for ~, ~1 for /, ~2 for *";
  return new CofferError("invalid_request", `\`paths\` holds ${shown}: ${rule}.`);
}
