/** From `start` up to `end` of the text stands what a finding, by its number, is about. */
export interface Spot {
  readonly start: number;
  readonly end: number;
  readonly finding: number;
}

/** A stretch of the text with all that was found there: a reference may also be warned of. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly findings: readonly number[];
}

/** The spots in the order of the text, those that overlap as one. */
export function merge(spots: readonly Spot[]): Mark[] {
  const marks: { start: number; end: number; findings: number[] }[] = [];
  for (const { start, end, finding } of [...spots].sort((a, b) => a.start - b.start)) {
    const last = marks.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      if (!last.findings.includes(finding)) last.findings.push(finding);
    } else if (end > start) {
      marks.push({ start, end, findings: [finding] });
    }
  }
  return marks;
}

/** A stretch of the text: marked, by the mark's number, or not. */
export interface Piece {
  readonly text: string;
  readonly mark: number | null;
}

/** The start of a text, cut into what is marked and what is not: at most so many characters and marks. */
export function piecesOf(
  text: string,
  marks: readonly Mark[],
  most: { characters: number; marks: number },
): { pieces: Piece[]; isCut: boolean } {
  const first = marks.slice(0, most.marks);
  let end = Math.min(text.length, most.characters, marks[most.marks]?.start ?? text.length);
  if (end < text.length) end = cutAt(text, end, first);
  const pieces: Piece[] = [];
  let at = 0;
  first.forEach((mark, index) => {
    if (mark.end > end) return;
    if (mark.start > at) pieces.push({ text: text.slice(at, mark.start), mark: null });
    pieces.push({ text: text.slice(mark.start, mark.end), mark: index });
    at = mark.end;
  });
  if (at < end) pieces.push({ text: text.slice(at, end), mark: null });
  return { pieces, isCut: end < text.length };
}

/** Where to cut at the latest: at the end of a line if there is one near, and within no mark. */
function cutAt(text: string, most: number, marks: readonly Mark[]): number {
  const line = text.lastIndexOf("\n", most - 1) + 1;
  let end = line > most / 2 ? line : most;
  const across = marks.find((mark) => mark.start < end && mark.end > end);
  if (across) end = across.start;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end; // half a character is none
}
