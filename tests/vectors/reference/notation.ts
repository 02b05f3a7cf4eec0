import type { Segment } from "../../../lib/reference/segments";

/** Segments in the notation of GRAMMAR.md: references in square brackets, the rest as it is handed on. */
export function notationOf(segments: readonly Segment[]): string {
  return segments.map(write).join("");
}

function write(segment: Segment): string {
  switch (segment.kind) {
    case "text":
      return segment.raw;
    case "escape":
      return segment.text;
    case "malformed":
      return `[malformed ${segment.fault}: ${segment.canonical}]`;
    default: {
      const member = segment.member === undefined ? "" : ` .${segment.member}`;
      const version = segment.version === undefined ? "" : ` @${String(segment.version)}`;
      const fallback = segment.fallback === undefined ? "" : ` :-${segment.fallback}`;
      return `[${segment.kind} ${segment.name}${member}${version}${fallback}]`;
    }
  }
}
