import { dotenv } from "../reference/documents/dotenv";
import type { DotenvValue } from "../reference/documents/dotenv-values";
import { Lines } from "../reference/documents/lines";
import type { Entry } from "./entry";

const DESCRIPTION_MAX = 1_000;
const COMMENT = /^[ \t]*#+[ \t]*(.*?)[ \t\r]*$/;
/** A variable that is commented out: its value must not become a description, which everybody sees. */
const COMMENTED_OUT = /^(?:export[ \t]+)?[A-Za-z0-9_.-]+[ \t]*[=:]|[=:]\S/;

/**
 * The variables of a `.env`, as npm dotenv reads them: see lib/reference/documents/dotenv.ts. What programs read
 * differently is a problem of its entry, and never guessed. Comments directly above are the description.
 * @throws CofferError `invalid_document` with line and column; `limit_exceeded`
 */
export function readDotenv(source: string): Entry[] {
  const { scalars, keys } = dotenv.read(source);
  const lines = new Lines(source);
  let above = 0;
  return keys.map((key, index): Entry => {
    const value = scalars[index];
    if (value === undefined) throw new TypeError("A key of a .env has no value.");
    const place = `line ${lines.placeOf(key.start).split(":", 1)[0] ?? ""}`;
    const before = source.slice(above, key.start);
    const description = commentAbove(above === 0 ? `\n${before}` : before);
    above = value.end;
    const problem = problemOf(source, value);
    return { name: key.text, place, description, value: problem ? null : value.text, problem };
  });
}

function problemOf(source: string, value: DotenvValue): string | undefined {
  if (value.quote === "" && source[value.end] === "#" && value.end > value.start) {
    return "A # follows its text, and dotenv takes the rest for a comment. Put the value in quotes if # belongs to it, or a space before it if not.";
  }
  if (value.agreed) return undefined;
  return "Programs read this value differently. Put it in single quotes, without blanks around them, and write line ends as they are.";
}

/** What the comments say that stand at the end of `before`, after its first line, with no empty line below them. */
function commentAbove(before: string): string {
  const rows = before.split("\n").slice(1, -1);
  const said: string[] = [];
  for (let row = rows.pop(); row !== undefined; row = rows.pop()) {
    const text = COMMENT.exec(row)?.[1];
    if (text === undefined) break;
    said.unshift(text);
  }
  const lines = said.filter((text) => /[\p{L}\p{N}]/u.test(text) && !COMMENTED_OUT.test(text));
  return lines.join(" ").slice(0, DESCRIPTION_MAX).toWellFormed();
}
