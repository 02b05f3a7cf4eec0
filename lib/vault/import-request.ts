import { MAX_ENTRIES, TEXT_FORMATS, type TextFormat } from "../import/entry";
import type { Describe } from "./vault";

/** A source may have so many bytes; as base64 in a body that is a third more. */
export const SOURCE_MAX_BYTES = 16 * 1_024 * 1_024;

/** The formats of text that can be imported, and how many entries at most. */
export { MAX_ENTRIES, TEXT_FORMATS };

/** Where secrets come from. Without a format a text is read as what it looks like. */
export type ImportSource =
  | { readonly format?: TextFormat | undefined; readonly text: string }
  | {
      readonly format: "tyk";
      /** Its SQLite file, or a CSV or JSON dump of its `secrets` table. */
      readonly file: Buffer;
      /** Its `TYK_AI_SECRET_KEY`. */
      readonly key: string;
    };

/** One entry that is chosen, by its number, and what was seen of its name when it was. */
export interface ImportChoice {
  readonly entry: number;
  readonly as: "add" | "rotate";
  /** To rotate: refuse unless this is the current version. */
  readonly version?: number | undefined;
  /** To add an entry whose own name is none that Coffer has: the name that its preview suggested. */
  readonly name?: string | undefined;
}

export interface ImportRequest {
  readonly environment?: string | undefined;
  readonly source: ImportSource;
  /** Exactly these; else all that can be, as the next two say. */
  readonly choose?: readonly ImportChoice[] | undefined;
  /** What becomes of a secret that exists: it is left as it is, unless it is to get the value as a new version. */
  readonly existing?: "leave" | "rotate" | undefined;
  /** What becomes of the import if an entry can't be taken. */
  readonly invalid?: "refuse" | "skip" | undefined;
  /** Of those that are added. An entry's own description counts where it has one. */
  readonly describe?: Describe | undefined;
}

/** How far an import is. Each step counts on its own: rows of Tyk opened, secrets sealed, secrets written. */
export interface ImportProgress {
  readonly step: "read" | "seal" | "write";
  readonly done: number;
  /** Null where that is not known beforehand. */
  readonly of: number | null;
}

/** Is told how far an import is, now and then. */
export type WatchImport = (progress: ImportProgress) => void;
