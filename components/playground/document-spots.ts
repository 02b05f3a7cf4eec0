import { parse } from "../../lib/reference/parse";
import type { Finding } from "./findings";
import type { Spot } from "./spot";

/** How far behind its place a reference is looked for: a place is exact, or near before. */
const NEAR = 2_000;
/** What is marked where a reference is spelled in a way that only its format knows. */
const SOMETHING = /\S{1,80}/y;

type Range = readonly [start: number, end: number];

/**
 * Where findings stand in a document that is no JSON, by their `line:column`. The browser does not read these
 * formats: what stands at a place is told by its spelling, or marked up to the next blank.
 */
export function spotsInDocument(text: string, findings: readonly Finding[]): Spot[] {
  const lines = lineStarts(text);
  const written = referencesIn(text);
  return findings.flatMap((finding, index) =>
    finding.places.flatMap((place): Spot[] => {
      const at = offsetOf(lines, place);
      if (at === undefined || at >= text.length) return [];
      const [start, end] = rangeOf(text, finding, at, written.get(finding.text) ?? []);
      return [{ start, end, finding: index }];
    }),
  );
}

function rangeOf(text: string, finding: Finding, at: number, same: readonly Range[]): Range {
  const next = same[firstFrom(same, at)];
  if (next && next[0] - at <= NEAR) return next;
  const spelled = finding.text.replace(/…$/, "");
  const near = text.slice(at, at + NEAR + spelled.length);
  const isHere = near.slice(0, spelled.length).toLowerCase() === spelled.toLowerCase();
  const away = isHere ? 0 : near.indexOf(spelled);
  if (spelled !== "" && away >= 0) return [at + away, at + away + spelled.length];
  SOMETHING.lastIndex = at;
  return SOMETHING.test(text) ? [at, SOMETHING.lastIndex] : [at, at + 1];
}

/** The text's references by canonical spelling, in order: also those in comments, which no place names. */
function referencesIn(text: string): Map<string, Range[]> {
  const found = new Map<string, Range[]>();
  let at = -1; // the line end keeps what may only stand alone from taking all of the text
  for (const segment of segmentsOf(`\n${text}`)) {
    const start = at;
    at += segment.raw.length;
    if (segment.kind === "text" || segment.kind === "escape") continue;
    const list = found.get(segment.canonical) ?? [];
    list.push([start, at]);
    found.set(segment.canonical, list);
  }
  return found;
}

function segmentsOf(text: string) {
  try {
    return parse(text) ?? [];
  } catch {
    return []; // more references than a document may have, once comments are counted
  }
}

/** The first of the ranges that starts at `at` or later. */
function firstFrom(ranges: readonly Range[], at: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[0] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length);
  return starts;
}

/** The offset of `line:column`, from 1; a column counts UTF-16 code units. */
function offsetOf(lines: readonly number[], place: string): number | undefined {
  const [, line, column] = /^(\d+):(\d+)$/.exec(place) ?? [];
  const start = lines[Number(line) - 1];
  return start === undefined ? undefined : start + Number(column) - 1;
}
