import { describe, expect, it } from "vitest";
import { isName, isSlug, nameKeyOf, requireName } from "./name";

const GOOD = ["a", "A", "_", "_1", "OPENAI_API_KEY", "a".repeat(128), "__proto__", "constructor"];
const BAD = [
  ...["", " ", "1a", "a-b", "a.b", "a b", " a", "a ", "a\n", "\na", "a\r", "a\u0000", "$A", "A$"],
  ...["é", "ａ", "a\u0301", "\u212a", "\u017f", "😀", "a".repeat(129), "a/b", "../a", "{{a}}"],
];

describe("a secret's name", () => {
  it("is 1 to 128 ASCII letters, digits and underscores, not starting with a digit", () => {
    for (const name of GOOD) expect(isName(name), name).toBe(true);
    for (const name of BAD) expect(isName(name), JSON.stringify(name)).toBe(false);
  });

  it("is refused by an error that does not say it back", () => {
    for (const name of GOOD) expect(requireName(name)).toBe(name);
    for (const name of BAD.filter((bad) => bad.length > 3)) {
      try {
        requireName(name);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_name" });
        expect((error as Error).message).not.toContain(name);
      }
    }
  });

  it("has a key that is the same in every case, and as long as the name", () => {
    for (const name of GOOD) {
      expect(nameKeyOf(name.toUpperCase())).toBe(nameKeyOf(name.toLowerCase()));
      expect(nameKeyOf(name)).toHaveLength(name.length);
    }
  });
});

describe("an environment's slug", () => {
  it("is 1 to 40 lower-case letters, digits and hyphens, starting with a letter", () => {
    for (const slug of ["a", "default", "eu-west-1", "a".repeat(40)])
      expect(isSlug(slug)).toBe(true);
    for (const slug of ["", "A", "1a", "-a", "a_b", "a b", "a\n", "é", "a".repeat(41), "a/b"]) {
      expect(isSlug(slug), JSON.stringify(slug)).toBe(false);
    }
  });
});
