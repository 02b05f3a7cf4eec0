import { isCofferError } from "../../errors";
import type { Format, Reading } from "./format";
import { eventsOf } from "./yaml-events";
import { readingOf, type YamlScalar } from "./yaml-reading";
import { type Spelling, spellingOf } from "./yaml-spelling";
import { inPlainScalars, maskReferences } from "./yaml-unquoted";
import { writeScalar } from "./yaml-write";

/** YAML 1.2, by the rules Y1 to Y9 of GRAMMAR.md. */
export const yaml: Format<YamlScalar> = {
  read(source) {
    try {
      return readingOf(source, eventsOf(source));
    } catch (error) {
      const reading = isInvalid(error) ? readingOfBare(source) : null;
      if (reading !== null) return reading;
      throw error;
    }
  },

  write(source, scalar, changes) {
    return writeScalar(source, scalar, spelling(source, scalar), changes);
  },

  offsetOf(source, scalar, index) {
    return spelling(source, scalar).near(index);
  },
};

/** Y3: the bare references for which a source is no YAML, and nothing else of it; null if they are not why. */
function readingOfBare(source: string): Reading<YamlScalar> | null {
  const masked = maskReferences(source);
  if (masked === null) return null;
  try {
    const unquoted = inPlainScalars(masked, eventsOf(masked.text));
    return unquoted.length === 0 ? null : { scalars: [], keys: [], unquoted, skeleton: "" };
  } catch (error) {
    if (isInvalid(error)) return null;
    throw error;
  }
}

function isInvalid(error: unknown): boolean {
  return isCofferError(error) && error.code === "invalid_document";
}

/** Asked for once for each reference of a scalar, and worked out once. */
const spellings = new WeakMap<YamlScalar, Spelling>();

function spelling(source: string, scalar: YamlScalar): Spelling {
  let known = spellings.get(scalar);
  if (known === undefined) {
    known = spellingOf(source, scalar.event);
    spellings.set(scalar, known);
  }
  return known;
}
