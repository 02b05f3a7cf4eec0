/** Where a text stops being JSON, and what is wrong there as the end of a sentence. */
export interface JsonFault {
  at: number;
  /** `line:column`, from 1. */
  place: string;
  message: string;
}

const BLANKS = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Why `text` is not JSON; null if it is. Browsers say it too, each in its own words and some without the place,
 * and the server says it without either: it must not quote what may hold a value.
 */
export function jsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const { at, message } = read(text);
    return { at, place: placeOf(text, at), message };
  }
}

/** What may come next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" | "end";

const MESSAGES: Record<Expected, string> = {
  value: "a value is missing, or is not written as JSON has it",
  "value or ]": "a value or the closing ] is missing",
  key: "a key in double quotes is missing (after the last member stands no comma)",
  "key or }": "a key in double quotes or the closing } is missing",
  colon: "a colon is missing after the key",
  comma: "a comma or a closing bracket is missing",
  end: "more follows where the JSON has ended",
};

/** Reads up to the first fault, without recursion. */
function read(text: string): { at: number; message: string } {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const afterValue = (): Expected => (open.length === 0 ? "end" : "comma");
  for (;;) {
    skip(BLANKS);
    const sign = text[at];
    if (sign === undefined || expected === "end") break;
    if (expected.startsWith("key")) {
      if (expected === "key or }" && sign === "}") {
        open.pop();
        at++;
        expected = afterValue();
      } else if (skip(STRING)) expected = "colon";
      else break;
    } else if (expected === "colon") {
      if (sign !== ":") break;
      at++;
      expected = "value";
    } else if (expected === "comma") {
      const inner = open.at(-1);
      if (sign === ",") expected = inner === "{" ? "key" : "value";
      else if (sign === (inner === "{" ? "}" : "]")) {
        open.pop();
        expected = afterValue();
      } else break;
      at++;
    } else if (sign === "{" || sign === "[") {
      open.push(sign);
      at++;
      expected = sign === "{" ? "key or }" : "value or ]";
    } else if (sign === "]" && expected === "value or ]") {
      open.pop();
      at++;
      expected = afterValue();
    } else if (skip(STRING) || skip(SCALAR)) expected = afterValue();
    else break;
  }
  return { at, message: faultAt(text, at, expected) };
}

function faultAt(text: string, at: number, expected: Expected): string {
  if (text.trim() === "") return "there is nothing";
  if (at >= text.length) return `the text ends too early: ${MESSAGES[expected]}`;
  const takesString = /^(value|key)/.test(expected);
  if (takesString && text[at] === '"') {
    return "a string has no end, or holds a line end or a \\ that JSON does not have";
  }
  return MESSAGES[expected];
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split(/\r\n?|\n/);
  return `${String(before.length)}:${String((before.at(-1) ?? "").length + 1)}`;
}
