import { parse } from "../parse";
import type { Unquoted } from "./format";

/** A reference outside of any string, and the offset where it ends. */
export interface BareReference extends Unquoted {
  readonly end: number;
}

/** The references of `text`, which stands at `at`, malformed ones included, each as it may be shown. */
export function bareReferences(text: string, at: number): BareReference[] {
  const found: BareReference[] = [];
  for (const segment of parse(text) ?? []) {
    const end = at + segment.raw.length;
    if (segment.kind !== "text" && segment.kind !== "escape") {
      found.push({ raw: segment.canonical, at, end });
    }
    at = end;
  }
  return found;
}
