import { isCofferError } from "../errors";
import { topLevelMembers } from "../reference/json-text";

type Member =
  { found: true; text: string } | { found: false; reason: "not_json" | "no_such_member" };

/**
 * A member of a value that is a JSON object. A string is taken as what it says; anything else as the JSON
 * text that stands there, so that long numbers survive.
 */
export function memberOf(value: string, member: string): Member {
  try {
    JSON.parse(value);
    const range = topLevelMembers(value).get(member);
    if (!range) return { found: false, reason: "no_such_member" };
    const source = value.slice(range.start, range.end);
    return { found: true, text: source.startsWith('"') ? (JSON.parse(source) as string) : source };
  } catch (error) {
    if (error instanceof SyntaxError || isCofferError(error)) {
      return { found: false, reason: "not_json" };
    }
    throw error;
  }
}
