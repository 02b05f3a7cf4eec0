import { describe, expect, it } from "vitest";
import { membersOf } from "./member";

describe("a member of a value", () => {
  it.each<[value: string, member: string, text: string]>([
    ['{"user":"root"}', "user", "root"],
    ['{"a":"quote \\" and \\u00e9\\n"}', "a", 'quote " and é\n'],
    ['{"n":12345678901234567890}', "n", "12345678901234567890"],
    ['{"n": 1.0 ,"m":2}', "n", "1.0"],
    ['{"b":true}', "b", "true"],
    ['{"z":null}', "z", "null"],
    ['{"o":{"a": [1, "x"]}}', "o", '{"a": [1, "x"]}'],
    ['{"e":""}', "e", ""],
    ['{"":"empty key"}', "", "empty key"],
    ['{"__proto__":"own"}', "__proto__", "own"],
    ['{"\\u0061":"escaped key"}', "a", "escaped key"],
    [' \n{ "a" : "blanks" }\n', "a", "blanks"],
  ])("of %s: %s", (value, member, text) => {
    expect(membersOf(value)(member)).toEqual({ found: true, text });
  });

  it.each<[value: string, member: string, reason: string]>([
    ['{"a":1}', "b", "no_such_member"],
    ['{"a":1}', "A", "no_such_member"],
    ['{"a":1}', "toString", "no_such_member"],
    ['{"a":1}', "__proto__", "no_such_member"],
    ['{"a":{"b":1}}', "b", "no_such_member"],
    ["{}", "a", "no_such_member"],
    ["[1]", "0", "not_json"],
    ['"text"', "length", "not_json"],
    ["5", "a", "not_json"],
    ["null", "a", "not_json"],
    ["sk-123", "a", "not_json"],
    ["", "a", "not_json"],
    ['{"a":1', "a", "not_json"],
    ['{"a":1}{"a":2}', "a", "not_json"],
    ['{"a":1,"a":2}', "a", "not_json"],
    ["\ufeff{}", "a", "not_json"],
  ])("of %s is not there: %s, %s", (value, member, reason) => {
    expect(membersOf(value)(member)).toEqual({ found: false, reason });
  });
});
