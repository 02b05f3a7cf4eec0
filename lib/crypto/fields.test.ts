import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeFields } from "./fields";

// Few letters, so that lists which join to the same text are common.
const list = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\0", "é"), minLength: 1 }));

it("no two lists of fields encode alike", () => {
  fc.assert(
    fc.property(list, list, (one, other) => {
      fc.pre(one.join("\n") !== other.join("\n"));
      expect(encodeFields(one).equals(encodeFields(other))).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

it("a field is its UTF-8 after its length in bytes, and an integer is decimal text", () => {
  expect(encodeFields(["é", 120]).toString("hex")).toBe("00000002c3a900000003313230");
});

it("an id that is missing never becomes an id that is blank", () => {
  expect(() => encodeFields(["coffer/value", ""])).toThrow(TypeError);
});

it("two ids with different lone surrogates never encode alike: neither encodes", () => {
  expect(() => encodeFields(["id \ud800"])).toThrow(TypeError);
  expect(() => encodeFields(["\udc00 id"])).toThrow(TypeError);
  expect(encodeFields(["\u{1f511}"]).toString("hex")).toBe("00000004f09f9491");
});

it.each([-1, 0.5, NaN, Infinity, 2 ** 31])("the number %s has no encoding", (number) => {
  expect(() => encodeFields([number])).toThrow(TypeError);
});
