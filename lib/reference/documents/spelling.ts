import type { Range } from "../json-text";
import type { Change, Scalar } from "./format";

/** A scalar of which it is known where each character of its text stands in the source. */
export interface Spelled extends Scalar {
  /**
   * Pairs of an index of the text and the offset of the source that spells it, in order: from one pair to the
   * next, text and source are the same. Two pairs of one index enclose source that says nothing.
   */
  readonly marks: readonly number[];
}

/** Puts together what a spelling says, and where. It starts at the offset of the first character. */
export class Decoding {
  readonly marks: number[];
  private readonly pieces: string[] = [];
  private length = 0;

  constructor(
    private readonly source: string,
    start: number,
  ) {
    this.marks = [0, start];
  }

  /** The source from `start` to `end` stands for itself. */
  keep(start: number, end: number): void {
    if (start === end) return;
    this.pieces.push(this.source.slice(start, end));
    this.length += end - start;
  }

  /** The source from `start` to `end` says `text`, perhaps nothing. */
  put(text: string, start: number, end: number): void {
    if (text === "") this.marks.push(this.length, start);
    else this.pieces.push(text);
    this.length += text.length;
    this.marks.push(this.length, end);
  }

  text(): string {
    return this.pieces.join("");
  }
}

/** The offset at which the source spells the character at `index`. */
export function offsetIn(marks: readonly number[], index: number): number {
  const pair = pairBefore(marks, index + 1);
  return (marks[pair + 1] ?? 0) + index - (marks[pair] ?? 0);
}

/** The offset at which the spelling of the characters before `index` ends. */
function endIn(marks: readonly number[], index: number): number {
  const next = pairBefore(marks, index) + 2;
  return marks[next] === index ? (marks[next + 1] ?? 0) : offsetIn(marks, index);
}

/** Where the last pair stands whose index is less than `index`; -2 if there is none. */
function pairBefore(marks: readonly number[], index: number): number {
  let low = -1;
  let high = marks.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle * 2] ?? 0) < index) low = middle;
    else high = middle - 1;
  }
  return low * 2;
}

/** The scalar's source with each change put in as `encode` spells it; the rest stays as it is spelled. */
export function spliced(
  source: string,
  scalar: Spelled,
  changes: readonly Change[],
  encode: (put: string, change: Change) => string,
): string {
  const pieces: string[] = [];
  let at = scalar.start;
  for (const change of changes) {
    pieces.push(source.slice(at, offsetIn(scalar.marks, change.start)), encode(change.put, change));
    at = Math.max(at, endIn(scalar.marks, change.end));
  }
  pieces.push(source.slice(at, scalar.end));
  return pieces.join("");
}

/** All of the source but the scalars, each gap with its length before it, so that no two sources look alike. */
export function skeletonOf(source: string, scalars: readonly Range[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of [...scalars, { start: source.length, end: source.length }]) {
    pieces.push(`${String(start - at)}:`, source.slice(at, start));
    at = end;
  }
  return pieces.join("");
}

/** Where the first lone surrogate stands, which UTF-8 has no bytes for; -1 if there is none. */
export function loneSurrogateIn(text: string): number {
  return text.search(/\p{Surrogate}/u);
}
