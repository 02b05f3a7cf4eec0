import { SCALAR_STYLE, type ScalarEvent } from "./yaml-events";

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;

/**
 * How the source spells a scalar's text: pieces that follow each other in both. A piece is copied (one
 * character of the source is one of the text) or else one thing, such as an escape or a folded line end.
 */
export class Spelling {
  /** Where each piece starts in the text, and in the source. The last is the end of both. */
  private readonly texts = [0];
  private readonly sources: number[];
  private readonly isCopied: boolean[] = [];

  constructor(start: number) {
    this.sources = [start];
  }

  /** What is copied from where the last piece ended up to `end`. */
  copy(end: number): void {
    const length = end - this.end;
    if (length > 0) this.add(length, end, true);
  }

  /** One thing that ends at `end` in the source and is so many characters of the text. */
  unit(characters: number, end: number): void {
    if (end > this.end) this.add(characters, end, false);
  }

  /** Where the last piece ends in the source. */
  get end(): number {
    return this.sources.at(-1) ?? 0;
  }

  /** The length of the text. */
  get length(): number {
    return this.texts.at(-1) ?? 0;
  }

  /** The offset in the source of the text's `index`, or of the piece that it is inside of. */
  near(index: number): number {
    const piece = this.pieceAt(index);
    const start = this.sources[piece] ?? this.end;
    return this.isCopied[piece] === true ? start + index - (this.texts[piece] ?? 0) : start;
  }

  /**
   * The range in the source of `start` to `end` of the text. What spells nothing, such as an escaped line end,
   * stays outside. Null if one of them is inside of a thing.
   */
  range(start: number, end: number): { readonly start: number; readonly end: number } | null {
    const first = this.pieceAt(start);
    const last = this.pieceAt(end - 1);
    const startsWhole = this.isCopied[first] === true || this.texts[first] === start;
    const endsWhole = this.isCopied[last] === true || this.texts[last + 1] === end;
    if (end <= start || !startsWhole || !endsWhole) return null;
    const to = this.isCopied[last] === true ? this.near(end - 1) + 1 : this.sources[last + 1];
    return to === undefined ? null : { start: this.near(start), end: to };
  }

  private add(characters: number, end: number, copied: boolean): void {
    this.texts.push(this.length + characters);
    this.sources.push(end);
    this.isCopied.push(copied);
  }

  /** The last piece that starts at or before `index` of the text, which is one that spells something. */
  private pieceAt(index: number): number {
    let low = 0;
    let high = this.texts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.texts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How the source spells this scalar. */
export function spellingOf(source: string, event: ScalarEvent): Spelling {
  switch (event.style) {
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return spellBlock(source, event);
    default:
      return spellFlow(source, event);
  }
}

/** Plain and quoted: line ends are folded, `''` is `'` in single quotes, and double quotes have escapes. */
function spellFlow(source: string, { valueStart, valueEnd, style }: ScalarEvent): Spelling {
  const spelling = new Spelling(valueStart);
  let at = valueStart;
  let ink = valueStart;
  while (at < valueEnd) {
    const code = source.charCodeAt(at);
    if (isBreak(code)) {
      const { end, breaks } = skipBreaks(source, at, valueEnd);
      spelling.copy(ink);
      spelling.unit(breaks === 1 ? 1 : breaks - 1, end);
      at = ink = end;
    } else if (code === BACKSLASH && style === SCALAR_STYLE.DOUBLE_QUOTED) {
      spelling.copy(at);
      at = ink = escapeEnd(source, at, valueEnd, spelling);
    } else if (code === SINGLE_QUOTE && style === SCALAR_STYLE.SINGLE_QUOTED) {
      spelling.copy(at);
      spelling.unit(1, at + 2);
      at = ink = at + 2;
    } else {
      at++;
      if (!isBlank(code)) ink = at;
    }
  }
  spelling.copy(valueEnd);
  return spelling;
}

function escapeEnd(source: string, at: number, valueEnd: number, spelling: Spelling): number {
  const kind = source[at + 1] ?? "";
  if (isBreak(kind.charCodeAt(0))) {
    spelling.unit(0, skipBreaks(source, at + 1, valueEnd).end);
    return spelling.end;
  }
  const digits = { x: 2, u: 4, U: 8 }[kind] ?? 0;
  const end = at + 2 + digits;
  spelling.unit(digits === 8 && parseInt(source.slice(at + 2, end), 16) > 0xffff ? 2 : 1, end);
  return end;
}

/** Blocks: lines without their indentation, joined as YAML 1.2, sections 8.1.1 and 8.1.3, say. */
function spellBlock(
  source: string,
  { valueStart, valueEnd, indent, style }: ScalarEvent,
): Spelling {
  const spelling = new Spelling(valueStart);
  const isFolded = style === SCALAR_STYLE.FOLDED_BLOCK;
  let hasContent = false;
  let wasMoreIndented = false;
  let empty = 0;
  for (let line = valueStart; line < valueEnd;) {
    let end = line;
    while (end < valueEnd && !isBreak(source.charCodeAt(end))) end++;
    let content = line;
    while (content - line < indent && source.charCodeAt(content) === SPACE) content++;
    if (content >= end) {
      empty++;
    } else {
      const isMoreIndented = isBlank(source.charCodeAt(content));
      const isKept = !isFolded || isMoreIndented || wasMoreIndented;
      const joint = hasContent ? 1 : 0;
      spelling.unit(isKept ? empty + joint : empty || joint, content);
      spelling.copy(end);
      hasContent = true;
      wasMoreIndented = isMoreIndented;
      empty = 0;
    }
    line = afterBreak(source, end);
  }
  return spelling;
}

function skipBreaks(source: string, from: number, most: number): { end: number; breaks: number } {
  let breaks = 0;
  let end = from;
  while (end < most) {
    const code = source.charCodeAt(end);
    if (isBreak(code)) {
      breaks++;
      end = afterBreak(source, end);
    } else if (isBlank(code)) {
      end++;
    } else break;
  }
  return { end, breaks };
}

function afterBreak(source: string, at: number): number {
  return at + (source.startsWith("\r\n", at) ? 2 : 1);
}

function isBreak(code: number): boolean {
  return code === LINE_FEED || code === RETURN;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
