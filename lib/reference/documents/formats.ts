import type { Format } from "./format";

const FORMATS: ReadonlyMap<string, Format> = new Map();

/** The format of documents of a media type. */
export function formatOf(mediaType: string): Format | undefined {
  return FORMATS.get(mediaType);
}

/** The media types of all documents that are expanded: these formats and JSON. */
export const MEDIA_TYPES: readonly string[] = ["application/json", ...FORMATS.keys()];
