import { dotenv } from "./dotenv";
import type { Format } from "./format";
import { plain } from "./plain";
import { properties } from "./properties";
import { toml } from "./toml";
import { yaml } from "./yaml";

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["application/yaml", yaml],
  ["application/toml", toml],
  ["text/x-dotenv", dotenv],
  ["text/x-java-properties", properties],
  ["text/plain", plain],
]);

/** The media types of all documents that are expanded: these formats and JSON, which is read elsewhere. */
export const MEDIA_TYPES: readonly string[] = ["application/json", ...FORMATS.keys()];

/** The format of documents of a media type, which is in lower case and without parameters. */
export function formatOf(mediaType: string): Format | undefined {
  return FORMATS.get(mediaType);
}
