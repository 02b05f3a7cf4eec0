import { CofferError } from "../errors";
import { Globs } from "./globs";
import { eachString, type Range } from "./json-text";
import { decode, skipCharacters } from "./json-token";
import { exceeded, LIMITS } from "./limits";
import { parse } from "./parse";
import type { Place } from "./place";
import { Search } from "./search";
import type { Fault, Reference, Segment } from "./segments";

/** A distinct reference, and where it stands. References are the same when their `raw` is. */
export interface Use {
  readonly reference: Reference;
  /** JSON pointers (RFC 6901) of the strings that hold it, in the order of the text. */
  readonly paths: readonly string[];
  /** How often it stands in the text. */
  readonly count: number;
}

/** A malformed reference, and the JSON pointer of the string that holds it. */
export interface Mistake {
  readonly canonical: string;
  readonly fault: Fault;
  readonly path: string;
}

/** What stands in a JSON text, found without changing it and before anything is opened. */
export interface Found {
  readonly text: string;
  readonly range: Range;
  /** The distinct references, in the order in which they first stand in the text. */
  readonly uses: readonly Use[];
  readonly mistakes: readonly Mistake[];
  /** What splice is to replace, in the order of the text. */
  readonly edits: readonly Edit[];
}

/** From `start` to `end`, inside the quotes of a string: put the value of a reference, or this JSON source. */
interface Edit extends Range {
  readonly put: Reference | string;
}

/**
 * Finds all references in the strings of the JSON value in `range` of `text`, keys excepted. `text` must be
 * JSON that JSON.parse accepts; `range` is all of it unless given. Pointers start at the value, not at the
 * text. With `paths`, strings at places that none of these globs covers are not parsed.
 * @throws CofferError `limit_exceeded`, `invalid_request` for a text in `paths` that is no glob
 */
export function findReferences(
  text: string,
  range: Range = { start: 0, end: text.length },
  options: { readonly paths?: readonly string[] | undefined } = {},
): Found {
  const finder = new Finder(text, options.paths);
  eachString(text, range, (start, end, place) => {
    finder.read(start, end, place);
  });
  return { text, range, uses: finder.uses, mistakes: finder.mistakes, edits: finder.edits };
}

class Finder {
  readonly uses: { reference: Reference; paths: string[]; count: number }[] = [];
  readonly mistakes: Mistake[] = [];
  readonly edits: Edit[] = [];

  private readonly usesByRaw = new Map<string, (typeof this.uses)[number]>();
  private readonly globs: Globs | null;
  private readonly hints: readonly Search[];
  private references = 0;
  private placeCharacters = 0;

  constructor(
    private readonly text: string,
    paths: readonly string[] | undefined,
  ) {
    this.globs = paths === undefined ? null : new Globs(paths);
    this.hints = HINTS.map((hint) => new Search(text, hint));
  }

  /** Takes in the string whose token, quotes included, runs from `start` to `end`. */
  read(start: number, end: number, place: Place): void {
    if (this.hints.every((hint) => hint.from(start) >= end)) return;
    if (this.globs?.cover(place.segments()) === false) return;
    const string = decode(this.text, start, end);
    const segments = parse(string);
    if (segments === null) return;
    const path = this.pathOf(place);
    const hasEscapes = string.length < end - start - 2;
    let at = start + 1;
    for (const segment of segments) {
      const length = segment.raw.length;
      const next = hasEscapes ? skipCharacters(this.text, at, length) : at + length;
      this.take(segment, at, next, path);
      at = next;
    }
  }

  private take(segment: Segment, start: number, end: number, path: string): void {
    if (segment.kind === "text") return;
    if (segment.kind === "escape") {
      this.edits.push({ start, end, put: sourceOf(segment.text) });
      return;
    }
    if (++this.references > LIMITS.references) throw exceeded("references");
    if (segment.kind === "malformed") {
      this.mistakes.push({ canonical: segment.canonical, fault: segment.fault, path });
      return;
    }
    let use = this.usesByRaw.get(segment.raw);
    if (use === undefined) {
      use = { reference: segment, paths: [], count: 0 };
      this.usesByRaw.set(segment.raw, use);
      this.uses.push(use);
    }
    if (use.paths.at(-1) !== path) use.paths.push(path);
    use.count++;
    this.edits.push({ start, end, put: use.reference });
  }

  private pathOf(place: Place): string {
    const path = place.pointer();
    this.placeCharacters += path.length;
    if (this.placeCharacters > LIMITS.places) throw exceeded("places");
    return path;
  }
}

/** What the source of every string that holds a reference or an escaped one has at least one of. */
const HINTS = ["$", "{{", "<<", "\\u"];

/**
 * Refuses, before anything is opened, an output that can't fit: the kept text and the values are over
 * LIMITS.outputBytes even without JSON's escaping. What would fit is never refused; what passes is measured
 * exactly by `splice`. `valueBytes` is asked once for each use: the value's length in UTF-8 bytes, or 0
 * where it is not known before the value is open (a member).
 * @throws CofferError `output_too_large`
 */
export function requireRoom(found: Found, valueBytes: (reference: Reference) => number): void {
  let bytes = found.range.end - found.range.start;
  for (const edit of found.edits) bytes -= edit.end - edit.start;
  for (const use of found.uses) bytes += use.count * valueBytes(use.reference);
  if (bytes > LIMITS.outputBytes) throw exceeded("outputBytes");
}

/**
 * The JSON value in the found range with each reference replaced by its value. `value` is asked once for
 * each use, in their order. Its answer is encoded for a JSON string once, and never read as a reference; an
 * answer equal to the reference's `raw` leaves the source as it is. Every character outside of references
 * and escaped references is kept.
 * @throws CofferError `unresolved` if there are mistakes, `output_too_large`
 */
export function splice(found: Found, value: (reference: Reference) => string): string {
  if (found.mistakes.length > 0) {
    throw new CofferError("unresolved", "A document with malformed references is not expanded.");
  }
  const { text, range } = found;
  const sources = new Map<Reference, string | null>();
  const pieces: string[] = [];
  let length = 0;
  let at = range.start;
  for (const { start, end, put } of found.edits) {
    const source =
      (typeof put === "string" ? put : sourceOnce(sources, put, value)) ?? text.slice(start, end);
    pieces.push(text.slice(at, start), source);
    length += start - at + source.length;
    if (length > LIMITS.outputBytes) throw exceeded("outputBytes");
    at = end;
  }
  pieces.push(text.slice(at, range.end));
  const output = pieces.join("");
  // A UTF-16 code unit is at most three bytes, so nearly every output need not be measured.
  const bytes =
    output.length * 3 > LIMITS.outputBytes ? new TextEncoder().encode(output).length : 0;
  if (bytes > LIMITS.outputBytes) throw exceeded("outputBytes");
  return output;
}

/** The JSON source of a reference's value, asked for and encoded once; null where the source is to stay. */
function sourceOnce(
  sources: Map<Reference, string | null>,
  reference: Reference,
  value: (reference: Reference) => string,
): string | null {
  let source = sources.get(reference);
  if (source === undefined) {
    const string = value(reference);
    source = string === reference.raw ? null : sourceOf(string);
    sources.set(reference, source);
  }
  return source;
}

/** How `string` is written between the quotes of a JSON string. */
function sourceOf(string: string): string {
  return JSON.stringify(string).slice(1, -1);
}
