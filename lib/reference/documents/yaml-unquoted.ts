import { parse } from "../parse";
import type { Unquoted } from "./format";
import { type Event, EVENT_ID, SCALAR_STYLE } from "./yaml-events";

/**
 * Y3: references that YAML takes for maps, because they start with `{{` and stand bare. `maps` are the offsets
 * of all `{` that open a map, in order.
 */
export function unquotedMaps(source: string, maps: readonly number[]): Unquoted[] {
  const openers = maps.filter((at) => source[at + 1] === "{");
  return openers.flatMap((at, index) => {
    // Up to the next one or the line's end, so that all of it together is read once.
    const [line = ""] = source.slice(at, openers[index + 1]).split(/[\r\n]/, 1);
    const [first] = parse(line) ?? [];
    if (first === undefined || first.kind === "text" || first.kind === "escape") return [];
    return [{ raw: first.canonical, at }];
  });
}

/** A copy of a source in which the text of each `{{…}}` reference is `x`, and where these stand. */
export interface Masked {
  readonly text: string;
  readonly references: readonly Unquoted[];
}

/**
 * Y3: what a source would be if its bare references were plain text, which `{{A}}-{{B}}` is to people and not
 * to YAML. Offsets stay. Null if it has none.
 * @throws CofferError `limit_exceeded`
 */
export function maskReferences(source: string): Masked | null {
  const pieces: string[] = [];
  const references: Unquoted[] = [];
  let at = 0;
  for (const line of source.split(/(?<=[\r\n])/)) {
    for (const segment of parse(line) ?? [{ kind: "text", raw: line } as const]) {
      const isBraces =
        segment.kind !== "text" && segment.kind !== "escape" && segment.raw.startsWith("{{");
      pieces.push(isBraces ? "x".repeat(segment.raw.length) : segment.raw);
      if (isBraces) references.push({ raw: segment.canonical, at });
      at += segment.raw.length;
    }
  }
  return references.length === 0 ? null : { text: pieces.join(""), references };
}

/** Those of the masked references that stand in plain scalars, so that quotes are what they lack. */
export function inPlainScalars({ references }: Masked, events: readonly Event[]): Unquoted[] {
  const plain = events
    .filter((event) => event.type === EVENT_ID.SCALAR)
    .filter(({ style, valueStart }) => style === SCALAR_STYLE.PLAIN && valueStart >= 0);
  let index = 0;
  return references.filter(({ at }) => {
    while ((plain[index]?.valueEnd ?? Infinity) <= at) index++;
    return (plain[index]?.valueStart ?? Infinity) <= at;
  });
}
