import { isCofferError } from "../../errors";
import { exceeded, LIMITS } from "../limits";
import { changed, type Change, type Format, type Reading } from "./format";

/** A document with its changes made; or the scalars, by position, whose new text has no encoding in its place. */
export type Rewritten = { readonly text: string } | { readonly unencodable: readonly number[] };

/**
 * Makes `changes`, by the scalar's position, in a document that was read. What comes out is read again: it says
 * what the document said with the changes made, or it is not given out.
 * @throws CofferError `output_too_large`
 */
export function rewrite(
  format: Format,
  source: string,
  reading: Reading,
  changes: ReadonlyMap<number, readonly Change[]>,
): Rewritten {
  const pieces: string[] = [];
  const unencodable: number[] = [];
  let length = 0;
  let at = 0;
  reading.scalars.forEach((scalar, index) => {
    const here = changes.get(index);
    if (here === undefined) return;
    const written = format.write(source, scalar, here);
    if (written === null) {
      unencodable.push(index);
      return;
    }
    pieces.push(source.slice(at, scalar.start), written);
    length += scalar.start - at + written.length;
    if (length > LIMITS.outputBytes) throw exceeded("outputBytes");
    at = scalar.end;
  });
  if (unencodable.length > 0) return { unencodable };
  pieces.push(source.slice(at));
  const text = pieces.join("");
  if (new TextEncoder().encode(text).length > LIMITS.outputBytes) throw exceeded("outputBytes");
  const wrong = differences(format, text, reading, changes);
  return wrong.length > 0 ? { unencodable: wrong } : { text };
}

/** The changed scalars that `text` does not say as it should; all of them if it says something else altogether. */
function differences(
  format: Format,
  text: string,
  reading: Reading,
  changes: ReadonlyMap<number, readonly Change[]>,
): number[] {
  const read = readAgain(format, text);
  const { scalars, skeleton } = reading;
  if (read?.skeleton !== skeleton || read.scalars.length !== scalars.length) {
    return [...changes.keys()];
  }
  const wrong = scalars.flatMap((scalar, index) => {
    const expected = changed(scalar.text, changes.get(index) ?? []);
    return read.scalars[index]?.text === expected ? [] : [index];
  });
  return wrong.every((index) => changes.has(index)) ? wrong : [...changes.keys()];
}

function readAgain(format: Format, text: string): Reading | null {
  try {
    return format.read(text);
  } catch (error) {
    if (isCofferError(error)) return null;
    throw error;
  }
}
