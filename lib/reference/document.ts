import { changesOf, findInDocument, requireRoomInDocument } from "./documents/find";
import type { Change, Format, Reading } from "./documents/format";
import type { Rewritten } from "./documents/rewrite";
import { requireRoom, splice, type Found, type Mistake, type Use } from "./expand";
import type { Reference } from "./segments";
import { warningsOfDocument, warningsOfTree, type Warning } from "./warnings";

/** A value that has no encoding in a place where it is to stand. */
export interface Unencodable {
  readonly reference: Reference;
  readonly path: string;
}

/** What expanding comes to. */
export type Expanded = { readonly text: string } | { readonly unencodable: readonly Unencodable[] };

/** Something with references in it, of whatever kind: found, and not yet expanded. */
export interface Document {
  /** Exactly what was sent and is to be expanded. */
  readonly text: string;
  /** The distinct references, in the order in which they first stand. */
  readonly uses: readonly Use[];
  readonly mistakes: readonly Mistake[];
  /** What looks like a reference, or stands where none is expanded. */
  warnings(): Warning[];
  /**
   * Refuses an output that can't fit, before anything is opened. `bytes` is asked for once for each use.
   * @throws CofferError `output_too_large`
   */
  requireRoom(bytes: (reference: Reference) => number): void;
  /**
   * Puts the values in. `value` is asked once for each use, in their order; an answer equal to the
   * reference's `raw` leaves it as it stands.
   * @throws CofferError `output_too_large`
   */
  expand(value: (reference: Reference) => string): Promise<Expanded>;
}

/** JSON, as part of a text or as all of it. */
export function treeDocument(found: Found): Document {
  const { text, range, uses, mistakes } = found;
  return {
    text: text.slice(range.start, range.end),
    ...{ uses, mistakes },
    warnings: () => warningsOfTree(text, range),
    requireRoom: (bytes) => {
      requireRoom(found, bytes);
    },
    expand: (value) => Promise.resolve({ text: splice(found, value) }),
  };
}

/** Makes changes in a document that was read. */
type Rewrite = (changes: ReadonlyMap<number, readonly Change[]>) => Promise<Rewritten>;

/** A document of another format, which was read. @throws CofferError `limit_exceeded` */
export function formattedDocument(
  format: Format,
  text: string,
  reading: Reading,
  write: Rewrite,
): Document {
  const found = findInDocument(format, text, reading);
  return {
    ...{ text, uses: found.uses, mistakes: found.mistakes },
    warnings: () => warningsOfDocument(format, text, reading),
    requireRoom: (bytes) => {
      requireRoomInDocument(found, bytes);
    },
    expand: async (value) => {
      const written = await write(changesOf(found, value));
      if ("text" in written) return written;
      return { unencodable: written.unencodable.flatMap((scalar) => found.placesOf(scalar)) };
    },
  };
}
