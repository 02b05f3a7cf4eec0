import { eachString } from "../../lib/reference/json-text";
import { decode, skipCharacters } from "../../lib/reference/json-token";
import { parse } from "../../lib/reference/parse";
import type { Finding } from "./findings";
import type { Spot } from "./spot";

/** A stretch of a decoded string. */
interface Stretch {
  from: number;
  to: number;
  finding: number;
}

/**
 * Where findings stand in JSON, by their pointers. The strings there are read as the server has read them
 * (GRAMMAR.md), so that a mark is exact also where the source spells it with escapes.
 */
export function spotsInJson(text: string, findings: readonly Finding[]): Spot[] {
  const places = new Places(findings);
  const spots: Spot[] = [];
  const whole = { start: 0, end: text.length };
  eachString(
    text,
    whole,
    (start, end, place, isKey) => {
      const here = places.at(place.segments());
      if (here === undefined) return;
      const string = decode(text, start, end);
      const stretches = isKey ? here.inKey(string) : here.inValue(string);
      spots.push(...inSource(text, start + 1, end - start - 2 > string.length, stretches));
    },
    "with keys",
  );
  return spots;
}

/** Stretches of a decoded string as stretches of its source, in one pass. */
function inSource(
  text: string,
  start: number,
  hasEscapes: boolean,
  stretches: readonly Stretch[],
): Spot[] {
  const edges = [...new Set(stretches.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const sources = new Map<number, number>();
  let at = 0;
  let source = start;
  for (const edge of edges) {
    source = hasEscapes ? skipCharacters(text, source, edge - at) : start + edge;
    at = edge;
    sources.set(edge, source);
  }
  return stretches.map(({ from, to, finding }) => ({
    ...{ start: sources.get(from) ?? start, end: sources.get(to) ?? start, finding },
  }));
}

/** Findings by the segments of their pointers: a pointer may be long, and many may begin alike. */
class Places {
  private readonly root: Node = { next: new Map(), here: undefined };

  constructor(findings: readonly Finding[]) {
    const known = new Known();
    findings.forEach((finding, index) => {
      for (const pointer of finding.places) {
        const node = this.node(pointer);
        node.here ??= new FindingsHere(known);
        node.here.add(finding, index);
      }
    });
  }

  at(segments: readonly string[]): FindingsHere | undefined {
    let node: Node | undefined = this.root;
    for (const segment of segments) node = node?.next.get(segment);
    return node?.here;
  }

  private node(pointer: string): Node {
    let node = this.root;
    for (const segment of pointer.split("/").slice(1)) {
      let next = node.next.get(segment);
      if (next === undefined) {
        next = { next: new Map(), here: undefined };
        node.next.set(segment, next);
      }
      node = next;
    }
    return node;
  }
}

interface Node {
  next: Map<string, Node>;
  here: FindingsHere | undefined;
}

/** Which finding a reference is, as it is written with its default: the same one wherever it stands. */
class Known {
  private readonly byRaw = new Map<string, number>();
  private readonly taken = new Set<number>();

  /** The finding of `raw`: the one known, or else the first of `list` that is no other's. */
  of(raw: string, list: Queue | undefined): number | undefined {
    const known = this.byRaw.get(raw);
    if (known !== undefined) return known;
    let index = list?.next();
    while (index !== undefined && this.taken.has(index)) index = list?.next();
    if (index === undefined) return undefined;
    this.byRaw.set(raw, index);
    this.taken.add(index);
    return index;
  }
}

/** Numbers, handed out in the order in which they came. */
class Queue {
  private readonly list: number[] = [];
  private at = 0;

  add(index: number): void {
    this.list.push(index);
  }

  next(): number | undefined {
    return this.list[this.at++];
  }
}

/** The findings of one place, taken one after the other as the server has listed them. */
class FindingsHere {
  private readonly references = new Map<string, Queue>();
  private readonly mistakes = new Map<string, Queue>();
  private readonly warnings: { text: string; index: number }[] = [];

  constructor(private readonly known: Known) {}

  add({ status, text }: Finding, index: number): void {
    if (status === "warning") {
      this.warnings.push({ text, index });
      return;
    }
    const lists = status === "malformed" ? this.mistakes : this.references;
    const list = lists.get(text) ?? new Queue();
    list.add(index);
    lists.set(text, list);
  }

  inKey(string: string): Stretch[] {
    return each(string, (canonical) => {
      const at = this.warnings.findIndex(({ text }) => text === canonical);
      return at < 0 ? undefined : this.warnings.splice(at, 1)[0]?.index;
    });
  }

  inValue(string: string): Stretch[] {
    const found = each(string, (canonical, raw, isMalformed) =>
      isMalformed
        ? this.mistakes.get(canonical)?.next()
        : this.known.of(raw, this.references.get(canonical)),
    );
    return [...found, ...this.warned(string)];
  }

  /** What is warned of stands in the string as the warning has it, in the same order. */
  private warned(string: string): Stretch[] {
    const stretches: Stretch[] = [];
    let from = 0;
    for (const { text, index } of this.warnings) {
      const at = text === "" ? -1 : string.indexOf(text, from);
      if (at < 0) continue;
      from = at + 1;
      stretches.push({ from: at, to: at + text.length, finding: index });
    }
    return stretches;
  }
}

/** The references of a string for which `find` names a finding. */
function each(
  string: string,
  find: (canonical: string, raw: string, isMalformed: boolean) => number | undefined,
): Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const segment of parse(string) ?? []) {
    const from = at;
    at += segment.raw.length;
    if (segment.kind === "text" || segment.kind === "escape") continue;
    const finding = find(segment.canonical, segment.raw, segment.kind === "malformed");
    if (finding !== undefined) stretches.push({ from, to: at, finding });
  }
  return stretches;
}
