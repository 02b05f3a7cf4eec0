import type { Range } from "../json-text";

/** A string of a document that is a value: what it says, and the source that says it. */
export interface Scalar extends Range {
  /** The string as every reader of the format understands it. References are looked for in this. */
  readonly text: string;
}

/** From `start` up to `end` of a scalar's text: what is to stand there instead. */
export interface Change extends Range {
  readonly put: string;
}

/** A reference that the format does not read as a string, as written, and the offset where it stands. */
export interface Unquoted {
  readonly raw: string;
  readonly at: number;
}

/** What a document says. */
export interface Reading<S extends Scalar = Scalar> {
  /** Every value that is a string, in the order of the source. */
  readonly scalars: readonly S[];
  /** Every key that is a string. Keys are never expanded. */
  readonly keys: readonly Scalar[];
  /** References that stand bare where the format takes them for something else, such as a YAML map. */
  readonly unquoted: readonly Unquoted[];
  /**
   * All that the document says beside the text of its scalars: keys, structure, types, the text of values
   * that are no strings. Expanding changes none of it, so two readings with one skeleton differ in strings only.
   */
  readonly skeleton: string;
}

/** A format of documents. Everything here is linear in its input, and nothing recurses. */
export interface Format<S extends Scalar = Scalar> {
  /**
   * Reads a whole document. Ranges do not overlap.
   * @throws CofferError `invalid_document` with its line and column and without its text; `limit_exceeded`
   */
  read(source: string): Reading<S>;
  /**
   * The source that is to replace the scalar's range, so that the scalar says its text with `changes` made
   * (at least one, in order, not overlapping). What stands outside the changes keeps its spelling where the
   * style allows. Null where the format has no way to say that text in that place.
   */
  write(source: string, scalar: S, changes: readonly Change[]): string | null;
  /** The offset in the source of what `scalar.text` has at `index`: exact where it can be told, else near before it. */
  offsetOf(source: string, scalar: S, index: number): number;
}

/** `text` with `changes` made. */
export function changed(text: string, changes: readonly Change[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, put } of changes) {
    pieces.push(text.slice(at, start), put);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join("");
}
