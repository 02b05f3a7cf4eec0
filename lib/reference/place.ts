import { exceeded, LIMITS } from "./limits";
import { decode } from "./json-token";

/** An open array or object, and the place in it that is being read. */
interface Level {
  readonly outer: Level | null;
  readonly depth: number;
  /** Position in an array; -1 in an object. */
  index: number;
  keyStart: number;
  keyEnd: number;
  /** The place as a segment of a JSON pointer, once it was asked for. */
  segment: string | null;
}

/** Where the string now visited stands. */
export class Place {
  private level: Level | null = null;

  constructor(private readonly text: string) {}

  /** The place's JSON pointer (RFC 6901). */
  pointer(): string {
    let pointer = "";
    for (let level = this.level; level !== null; level = level.outer) {
      pointer = `/${this.segmentOf(level)}${pointer}`;
    }
    return pointer;
  }

  /** The segments of the pointer, escaped, outermost first; none for the root. */
  segments(): string[] {
    const segments: string[] = [];
    for (let level = this.level; level !== null; level = level.outer) {
      segments.push(this.segmentOf(level));
    }
    return segments.reverse();
  }

  /** @throws CofferError `limit_exceeded` for one more level than LIMITS.depth */
  enter(isArray: boolean): void {
    const outer = this.level;
    const depth = outer === null ? 1 : outer.depth + 1;
    if (depth > LIMITS.depth) throw exceeded("depth");
    const index = isArray ? 0 : -1;
    this.level = { outer, depth, index, keyStart: 0, keyEnd: 0, segment: null };
  }

  /** The innermost array or object was closed. */
  leave(): void {
    this.level = this.level?.outer ?? null;
  }

  /** A comma was read. */
  next(): void {
    if (this.level === null || this.level.index < 0) return;
    this.level.index++;
    this.level.segment = null;
  }

  /** The key whose token runs from `start` to `end` was read. */
  key(start: number, end: number): void {
    if (this.level === null) return;
    this.level.keyStart = start;
    this.level.keyEnd = end;
    this.level.segment = null;
  }

  private segmentOf(level: Level): string {
    level.segment ??= level.index < 0 ? this.keyOf(level) : String(level.index);
    return level.segment;
  }

  private keyOf({ keyStart, keyEnd }: Level): string {
    const key = decode(this.text, keyStart, keyEnd);
    return /[~/]/.test(key) ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
  }
}
