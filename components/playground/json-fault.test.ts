import { describe, expect, test } from "vitest";
import { jsonFault } from "./json-fault";

describe("what is said of a text that is not JSON", () => {
  test.each(["{}", "[]", " 1.0 ", '"a"', '{"a": [1, -0.5e3, true, null, {"b": "\\u0041"}]}'])(
    "is nothing of %j, which is JSON",
    (text) => {
      expect(jsonFault(text)).toBeNull();
    },
  );

  test.each([
    ["", "1:1", "there is nothing"],
    ['{"a": 1,}', "1:9", "after the last member stands no comma"],
    ["{\n  a: 1}", "2:3", "a key in double quotes"],
    ['{"a" 1}', "1:6", "a colon"],
    ['{"a": }', "1:7", "a value is missing"],
    ['{"a": 1 "b": 2}', "1:9", "a comma"],
    ['{"a": 1', "1:8", "ends too early"],
    ["[1, 2", "1:6", "ends too early"],
    ["[1 2]", "1:4", "a comma"],
    ['{"a": "x', "1:7", "a string has no end"],
    ['{"a": "x\ny"}', "1:7", "holds a line end"],
    ['{"a": 01}', "1:7", "a value is missing, or is not written"],
    ["{} {}", "1:4", "more follows"],
    ['1}, "x": {', "1:2", "more follows"],
    ['{"a": [1}', "1:9", "a comma or a closing bracket"],
    ["{'a': 1}", "1:2", "a key in double quotes"],
  ])("is of %j: at %s %s", (text, place, message) => {
    const fault = jsonFault(text);
    expect(fault?.place).toBe(place);
    expect(fault?.message).toContain(message);
  });

  test("takes time in the length of the text, however deep it is", () => {
    expect(jsonFault("[".repeat(1_000_000))?.message).toContain("ends too early");
    expect(jsonFault(`"${"\\\\".repeat(500_000)}`)?.message).toContain("a string has no end");
  });
});
