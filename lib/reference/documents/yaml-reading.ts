import { COLLECTION_STYLE, getScalarValue, type MappingEvent, type SequenceEvent } from "js-yaml";
import { exceeded, LIMITS } from "../limits";
import type { Reading, Scalar } from "./format";
import { ABSENT, type Event, EVENT_ID, SCALAR_STYLE, type ScalarEvent } from "./yaml-events";
import { unquotedMaps } from "./yaml-unquoted";

/** A string of a YAML document. A block scalar's range is from its header to the end of its last line. */
export interface YamlScalar extends Scalar {
  readonly event: ScalarEvent;
  /** Whether it stands in `[ ]` or `{ }`, where a plain scalar may say less. */
  readonly flow: boolean;
}

/** What an untagged plain scalar that is no string looks like (YAML 1.2, section 10.3.2). */
const NO_STRING =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))?$/;

/** Sorts what a document says into values, keys and the rest. */
export function readingOf(source: string, events: readonly Event[]): Reading<YamlScalar> {
  const reader = new Reader(source);
  for (const event of events) reader.take(event);
  const { scalars, keys, skeleton, maps } = reader;
  return { scalars, keys, unquoted: unquotedMaps(source, maps), skeleton: skeleton.join("\n") };
}

/** A collection, or a whole document, that is open. */
interface Frame {
  readonly map: boolean;
  readonly flow: boolean;
  /** Whether it is a key, or stands in one. */
  readonly key: boolean;
  nextIsKey: boolean;
}

class Reader {
  readonly scalars: YamlScalar[] = [];
  readonly keys: Scalar[] = [];
  readonly skeleton: string[] = [];
  /** Where `{` opens a map. */
  readonly maps: number[] = [];
  private readonly open: Frame[] = [];
  private nodes = 0;
  /** The end of what was read last, as far as events tell. */
  private last = 0;

  constructor(private readonly source: string) {}

  take(event: Event): void {
    if (event.type === EVENT_ID.POP) {
      this.open.pop();
      this.skeleton.push(")");
      return;
    }
    if (++this.nodes > LIMITS.nodes) throw exceeded("nodes");
    if (event.type === EVENT_ID.DOCUMENT) {
      const { explicitStart, explicitEnd, directives } = event;
      this.skeleton.push(`document ${JSON.stringify([explicitStart, explicitEnd, directives])}`);
      this.open.push({ map: false, flow: false, key: false, nextIsKey: false });
      return;
    }
    const around = this.open.at(-1);
    if (around === undefined) throw new TypeError("A YAML node stands in a document.");
    const key = around.key || (around.map && around.nextIsKey);
    around.nextIsKey = !around.nextIsKey;
    if (event.type === EVENT_ID.ALIAS) {
      this.skeleton.push(`*${this.source.slice(event.anchorStart, event.anchorEnd)}`);
      this.last = event.anchorEnd;
      return;
    }
    this.properties(event);
    if (event.type === EVENT_ID.SCALAR) this.scalar(event, key, around.flow);
    else this.collection(event, key, around.flow);
  }

  private properties(event: ScalarEvent | SequenceEvent | MappingEvent): void {
    const { anchorStart, anchorEnd, tagStart, tagEnd } = event;
    if (anchorStart !== ABSENT) this.skeleton.push(`&${this.source.slice(anchorStart, anchorEnd)}`);
    if (tagStart !== ABSENT) this.skeleton.push(this.source.slice(tagStart, tagEnd));
    this.last = Math.max(this.last, anchorEnd, tagEnd);
  }

  private collection(event: SequenceEvent | MappingEvent, key: boolean, insideFlow: boolean): void {
    const map = event.type === EVENT_ID.MAPPING;
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    if (map && isFlow) this.maps.push(event.start);
    this.skeleton.push(map ? "map (" : "list (");
    this.open.push({ map, flow: insideFlow || isFlow, key, nextIsKey: true });
    if (this.open.length - 1 > LIMITS.depth) throw exceeded("depth");
  }

  private scalar(event: ScalarEvent, key: boolean, flow: boolean): void {
    const text = getScalarValue(this.source, event);
    const untagged = event.style === SCALAR_STYLE.PLAIN && event.tagStart === ABSENT;
    const isString = event.valueStart !== ABSENT && !(untagged && NO_STRING.test(text));
    if (key) this.skeleton.push(`key ${untagged ? "" : "quoted "}${JSON.stringify(text)}`);
    else this.skeleton.push(isString ? "string" : `plain ${text}`);
    if (isString) {
      const range = this.rangeOf(event);
      if (key) this.keys.push({ text, ...range });
      else this.scalars.push({ text, ...range, event, flow });
    }
    this.last = Math.max(this.last, event.valueEnd);
  }

  private rangeOf({ style, valueStart, valueEnd }: ScalarEvent): { start: number; end: number } {
    switch (style) {
      case SCALAR_STYLE.SINGLE_QUOTED:
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return { start: valueStart - 1, end: valueEnd + 1 };
      case SCALAR_STYLE.LITERAL_BLOCK:
      case SCALAR_STYLE.FOLDED_BLOCK:
        return { start: this.headerBefore(valueStart), end: valueEnd };
      default:
        return { start: valueStart, end: valueEnd };
    }
  }

  /** The `|` or `>` of a block scalar. On its line only indicators, properties and a key stand before it. */
  private headerBefore(valueStart: number): number {
    const header = /[|>]/g;
    header.lastIndex = Math.max(this.last, startOfLineBefore(this.source, valueStart));
    return header.exec(this.source)?.index ?? valueStart;
  }
}

/** Where the line starts that ends just before `offset`, or in which `offset` is the end of the text. */
function startOfLineBefore(source: string, offset: number): number {
  let at = offset;
  if (source[at - 1] === "\n") at--;
  if (source[at - 1] === "\r") at--;
  while (at > 0 && source[at - 1] !== "\n" && source[at - 1] !== "\r") at--;
  return at;
}
