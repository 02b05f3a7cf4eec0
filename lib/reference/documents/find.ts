import type { Mistake, Use } from "../expand";
import { exceeded, LIMITS } from "../limits";
import { parse } from "../parse";
import type { Reference, Segment } from "../segments";
import type { Change, Format, Reading, Scalar } from "./format";
import { Lines } from "./lines";

/** A reference of a scalar's text, or an escaped one, and what is put there. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: Reference | string;
}

/** What stands in a document, found without changing it and before anything is opened. */
export interface FoundInDocument {
  readonly text: string;
  /** The distinct references, in the order in which they first stand. A place is `line:column`, from 1. */
  readonly uses: readonly Use[];
  readonly mistakes: readonly Mistake[];
  /** By the scalar's position in the reading: what is to be put where. Scalars without references have none. */
  readonly edits: ReadonlyMap<number, readonly Edit[]>;
  /** Where each reference of a scalar stands, in the order of its edits. */
  placesOf(scalar: number): readonly { readonly reference: Reference; readonly path: string }[];
}

/**
 * Finds all references in the values of a document that was read.
 * @throws CofferError `limit_exceeded`
 */
export function findInDocument(format: Format, text: string, reading: Reading): FoundInDocument {
  const finder = new Finder(format, text);
  for (const { raw, at } of reading.unquoted) finder.takeUnquoted(raw, at);
  reading.scalars.forEach((scalar, index) => {
    const segments = parse(scalar.text);
    if (segments !== null) finder.read(index, scalar, segments);
  });
  const { uses, mistakes, edits } = finder;
  const placesOf: FoundInDocument["placesOf"] = (index) => {
    const scalar = reading.scalars[index];
    if (scalar === undefined) return [];
    return (edits.get(index) ?? []).flatMap(({ put, start }) =>
      typeof put === "string" ? [] : [{ reference: put, path: finder.placeOf(scalar, start) }],
    );
  };
  return { text, uses, mistakes, edits, placesOf };
}

class Finder {
  readonly uses: { reference: Reference; paths: string[]; count: number }[] = [];
  readonly mistakes: Mistake[] = [];
  readonly edits = new Map<number, readonly Edit[]>();
  private readonly usesByRaw = new Map<string, (typeof this.uses)[number]>();
  private readonly lines: Lines;
  private references = 0;

  constructor(
    private readonly format: Format,
    private readonly text: string,
  ) {
    this.lines = new Lines(text);
  }

  placeOf(scalar: Scalar, index: number): string {
    return this.lines.placeOf(this.format.offsetOf(this.text, scalar, index));
  }

  takeUnquoted(raw: string, at: number): void {
    this.count();
    this.mistakes.push({ canonical: raw, fault: "unquoted", path: this.lines.placeOf(at) });
  }

  read(index: number, scalar: Scalar, segments: readonly Segment[]): void {
    const edits: Edit[] = [];
    let at = 0;
    for (const segment of segments) {
      const start = at;
      at += segment.raw.length;
      if (segment.kind === "text") continue;
      if (segment.kind === "escape") {
        edits.push({ start, end: at, put: segment.text });
        continue;
      }
      this.count();
      const path = this.placeOf(scalar, start);
      if (segment.kind === "malformed") {
        this.mistakes.push({ canonical: segment.canonical, fault: segment.fault, path });
      } else {
        edits.push({ start, end: at, put: this.use(segment, path) });
      }
    }
    this.edits.set(index, edits);
  }

  private use(reference: Reference, path: string): Reference {
    let use = this.usesByRaw.get(reference.raw);
    if (use === undefined) {
      use = { reference, paths: [], count: 0 };
      this.usesByRaw.set(reference.raw, use);
      this.uses.push(use);
    }
    if (use.paths.at(-1) !== path) use.paths.push(path);
    use.count++;
    return use.reference;
  }

  private count(): void {
    if (++this.references > LIMITS.references) throw exceeded("references");
  }
}

/**
 * Refuses, before anything is opened, an output that can't fit: the kept text and the values are over
 * LIMITS.outputBytes even without any encoding. What would fit is never refused.
 * @throws CofferError `output_too_large`
 */
export function requireRoomInDocument(
  found: FoundInDocument,
  valueBytes: (reference: Reference) => number,
): void {
  let bytes = found.text.length;
  for (const { reference, count } of found.uses) {
    bytes += count * (valueBytes(reference) - reference.raw.length);
  }
  if (bytes > LIMITS.outputBytes) throw exceeded("outputBytes");
}

/**
 * What is to change in each scalar, by its position in the reading. `value` is asked once for each use, in
 * their order; an answer equal to the reference's `raw` leaves it as it stands. What is too large is refused as
 * soon as the values that are known make it so.
 * @throws CofferError `output_too_large`
 */
export function changesOf(
  found: FoundInDocument,
  value: (reference: Reference) => string,
): Map<number, Change[]> {
  const values = new Map<Reference, string>();
  let length = found.text.length;
  for (const { reference, count } of found.uses) length -= count * reference.raw.length;
  for (const { reference, count } of found.uses) {
    const text = value(reference);
    length += count * text.length;
    if (length > LIMITS.outputBytes) throw exceeded("outputBytes");
    values.set(reference, text);
  }
  const changes = new Map<number, Change[]>();
  for (const [index, edits] of found.edits) {
    const here = edits.flatMap(({ start, end, put }): Change[] => {
      if (typeof put === "string") return [{ start, end, put }];
      const text = values.get(put) ?? "";
      return text === put.raw ? [] : [{ start, end, put: text }];
    });
    if (here.length > 0) changes.set(index, here);
  }
  return changes;
}
