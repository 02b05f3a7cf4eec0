import { findReferences } from "../lib/reference/expand";
import { median } from "./resolving";

const MIB = 2 ** 20;

/** 10 MB of JSON without a reference, in ordinary strings. */
function document(): string {
  const words = "the quick brown fox jumps over the lazy dog and runs away, costs 5 $ and more; ";
  const items: object[] = [];
  for (let i = 0; i < 30_000; i++) {
    items.push({ id: i, text: words.repeat(4).slice(0, 270 + (i % 40)) });
  }
  return JSON.stringify(items);
}

/** How fast text without references is scanned, beside JSON.parse of the same text. */
export function benchScanner(rounds: number): { megabytesPerSecond: number; ofParse: number } {
  const text = document();
  const scans: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const scan = timeOf(() => findReferences(text));
    const parse = timeOf(() => JSON.parse(text));
    scans.push(text.length / MIB / (scan / 1000));
    ratios.push(parse / scan);
  }
  return { megabytesPerSecond: median(scans), ofParse: median(ratios) };
}

function timeOf(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
