export type FormatId = "json" | "yaml" | "toml" | "dotenv" | "properties" | "text";

export interface Format {
  id: FormatId;
  label: string;
  mediaType: string;
}

/** What the playground can be given. The server has the last word on what it reads. */
export const FORMATS: readonly [Format, ...Format[]] = [
  { id: "json", label: "JSON", mediaType: "application/json" },
  { id: "yaml", label: "YAML", mediaType: "application/yaml" },
  { id: "toml", label: "TOML", mediaType: "application/toml" },
  { id: "dotenv", label: ".env", mediaType: "text/x-dotenv" },
  { id: "properties", label: "Java properties", mediaType: "text/x-java-properties" },
  { id: "text", label: "Plain text", mediaType: "text/plain" },
];

/** The format of that id. */
export function formatOf(id: FormatId): Format {
  return FORMATS.find((format) => format.id === id) ?? FORMATS[0];
}

/** As much of a text as is looked at, so that a guess costs the same for any length. */
const LOOKED_AT = 32_768;

const JSON_START = /^\s*(\{\s*("|\}|$)|\[\s*(["{[\]\d-]|(true|false|null)\b|$)|"[^"]*"\s*$)/;
const TOML_HEADER = /^\[\[?[A-Za-z_][\w."' -]*\]\]?\s*(#.*)?$/;
const TOML_PAIR = /^[\w."'-]+\s+=\s+(["'[{]|[+-]?\d|true\b|false\b)/;
const DOTENV_PAIR = /^(export\s+)?[A-Za-z_]\w*=/;
const PROPERTIES_PAIR = /^([\w-]+\.[\w.-]+\s*[=:]|[\w.-]+\s+=\s)/;
const YAML_LINE = /^(---(\s|$)|- |-$|[^\s#:=][^:=]*:(\s|$))/;

/** What a text is probably written in. A wrong guess costs an error: the reader can choose. */
export function guessFormat(text: string): FormatId {
  const start = text.slice(0, LOOKED_AT);
  const lines = start
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[#!]/.test(line));
  if (lines.some((line) => TOML_HEADER.test(line))) return "toml";
  if (JSON_START.test(start)) return "json";
  const votes: Record<"toml" | "dotenv" | "properties" | "yaml", number> = {
    ...{ toml: 0, dotenv: 0, properties: 0, yaml: 0 },
  };
  for (const line of lines) {
    if (TOML_PAIR.test(line)) votes.toml++;
    else if (DOTENV_PAIR.test(line)) votes.dotenv++;
    else if (PROPERTIES_PAIR.test(line)) votes.properties++;
    else if (YAML_LINE.test(line)) votes.yaml++;
  }
  const [format, most] = (Object.entries(votes) as [FormatId, number][]).reduce((best, next) =>
    next[1] > best[1] ? next : best,
  );
  return most > 0 ? format : "text";
}
