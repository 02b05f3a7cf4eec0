import { CofferError } from "../errors";
import { readDotenv } from "./dotenv";
import { MAX_ENTRIES, type Entry, type TextFormat } from "./entry";
import { readJson } from "./json";
import { readYaml } from "./yaml";

const READERS = { dotenv: readDotenv, json: readJson, yaml: readYaml };

/** What no text has, and every picture, archive and database: so that one is not read as lines of a `.env`. */
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/;

/**
 * The entries of a text. Without a format it is read in the one that it looks like.
 * @throws CofferError `invalid_document`, `limit_exceeded`
 */
export function readEntries(text: string, format: TextFormat): Entry[] {
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (NO_TEXT.test(source)) {
    throw new CofferError(
      "invalid_document",
      "This is no text: it has control characters. Import a .env, JSON or YAML file in UTF-8.",
    );
  }
  const entries = READERS[format](source);
  if (entries.length > MAX_ENTRIES) {
    throw new CofferError(
      "limit_exceeded",
      `The source has ${entries.length.toLocaleString("en")} entries; at most ${MAX_ENTRIES.toLocaleString("en")} are imported at once. Split it.`,
      { details: { limit: "entries", max: MAX_ENTRIES } },
    );
  }
  return entries;
}

/** The format that `text` looks like, by its first line that says something. */
export function guessFormat(text: string): TextFormat {
  const source = text.replace(/^\ufeff/, "");
  if (/^\s*[{[]/.test(source)) return "json";
  const line = /^[ \t]*(?!#)(\S.*)$/m.exec(source)?.[1] ?? "";
  if (/^(?:export\s+)?[A-Za-z0-9_.-]+\s*=/.test(line)) return "dotenv";
  return /^(?:---|%YAML)/.test(line) || /^(?:"[^"]*"|'[^']*'|[^\s:#][^:=]*)\s*:(?:\s|$)/.test(line)
    ? "yaml"
    : "dotenv";
}
