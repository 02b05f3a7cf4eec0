import { isCofferError } from "../errors";
import { topLevelMembers } from "../reference/json-text";

type Member =
  { found: true; text: string } | { found: false; reason: "not_json" | "no_such_member" };

/** Finds members of one value. The value is read once, however many members are asked for. */
export type MembersOf = (member: string) => Member;

/**
 * The members of a value that is a JSON object. A string is taken as what it says; anything else as the JSON
 * text that stands there, so that long numbers survive.
 */
export function membersOf(value: string): MembersOf {
  const ranges = rangesOf(value);
  return (member) => {
    if (ranges === null) return { found: false, reason: "not_json" };
    const range = ranges.get(member);
    if (!range) return { found: false, reason: "no_such_member" };
    const source = value.slice(range.start, range.end);
    return { found: true, text: source.startsWith('"') ? (JSON.parse(source) as string) : source };
  };
}

function rangesOf(value: string): ReturnType<typeof topLevelMembers> | null {
  try {
    JSON.parse(value);
    return topLevelMembers(value);
  } catch (error) {
    if (error instanceof SyntaxError || isCofferError(error)) return null;
    throw error;
  }
}
