import { CofferError } from "../errors";

/** What one document may cost, in the units that its work and its answer grow with. Stated in GRAMMAR.md. */
export const LIMITS = {
  /** Arrays and objects, one inside the other. */
  depth: 64,
  /** Values of any type, the containers included. */
  nodes: 100_000,
  /** Occurrences of references, malformed ones included; in one string, escaped ones too. */
  references: 10_000,
  /** UTF-16 code units of the JSON pointers of all references: a long key above many of them multiplies. */
  places: 2_097_152,
  /** Segments of all `paths` globs, one more for each glob. */
  globs: 256,
  /** UTF-8 bytes of the expanded document. */
  outputBytes: 8_388_608,
} as const;

const SENTENCES = {
  depth: "The document is nested deeper than 64 levels.",
  nodes: "The document has more than 100,000 values.",
  references: "The document has more than 10,000 references.",
  places: "The places of the document's references are longer than 2,097,152 characters together.",
  globs: "`paths` has more than 256 segments.",
  outputBytes: "The expanded document would be larger than 8 MiB.",
} satisfies Record<keyof typeof LIMITS, string>;

/** The error for a document over a limit, which it names: `limit_exceeded`, or `output_too_large`. */
export function exceeded(limit: keyof typeof LIMITS): CofferError {
  const code = limit === "outputBytes" ? "output_too_large" : "limit_exceeded";
  return new CofferError(code, SENTENCES[limit], { details: { limit, max: LIMITS[limit] } });
}
