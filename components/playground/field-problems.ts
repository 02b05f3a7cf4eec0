import type { Problem } from "../api";

const OF_TEXT = ["invalid_json", "invalid_document", "body_too_large", "limit_exceeded"];

/** What is wrong, by the field beside which it is said. */
export interface FieldProblems {
  text?: string | undefined;
  format?: string | undefined;
  only?: string | undefined;
  paths?: string | undefined;
  /** What is about none of the fields. */
  other: Problem | null;
}

/** Sorts a problem to the fields of the form. */
export function fieldProblems(problem: Problem | null): FieldProblems {
  if (!problem) return { other: null };
  const { code, status, message, missing } = problem;
  if (OF_TEXT.includes(code) || (code === "invalid_request" && status === 0)) {
    return { text: message, other: null };
  }
  if (code === "unsupported_media_type") return { format: notRead(), other: null };
  if (code === "limits_required") {
    const of = (limit: string) => (missing.includes(limit) ? message : undefined);
    return { only: of("only"), paths: of("paths"), other: null };
  }
  const only = problem.at("only");
  // The server says in words that other formats than JSON have no pointers.
  const paths = problem.at("paths") ?? (message.startsWith("`paths`") ? message : undefined);
  return { only, paths, other: (only ?? paths) === undefined ? problem : null };
}

function notRead(): string {
  return "This Coffer does not read this format. Choose another one.";
}

/** The `line:column` that a message names, as an offset of the text. */
export function offsetIn(text: string, message: string): number | undefined {
  const [, line, column] = /\bat (\d+):(\d+)\b/.exec(message) ?? [];
  if (line === undefined) return undefined;
  const ends = /\r\n?|\n/g;
  for (let left = Number(line) - 1; left > 0; left--) if (!ends.test(text)) return undefined;
  return Math.min(text.length, (ends.lastIndex || 0) + Number(column) - 1);
}
