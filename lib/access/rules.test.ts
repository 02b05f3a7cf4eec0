import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePatterns, compileRules, isPattern, readRules } from "./rules";

const SEED = Date.now() % 2 ** 31;
const RUNS = { seed: SEED, numRuns: 2_000 };

const matches = (pattern: string, name: string) => compilePatterns([pattern])(name.toLowerCase());

describe("a name pattern", () => {
  it.each<[pattern: string, name: string, covered: boolean]>([
    ["A", "A", true],
    ["A", "a", true],
    ["a", "A", true],
    ["A", "AB", false],
    ["A", "BA", false],
    ["*", "A", true],
    ["*", "", true],
    ["**", "ANY_THING", true],
    ["A*", "A", true],
    ["A*", "ABC", true],
    ["A*", "BAC", false],
    ["*A", "A", true],
    ["*A", "CBA", true],
    ["*A", "CAB", false],
    ["*A*", "BAB", true],
    ["*A*", "BBB", false],
    ["A*A", "A", false],
    ["A*A", "AA", true],
    ["A*A", "ABA", true],
    ["AB*BA", "ABA", false],
    ["AB*BA", "ABBA", true],
    ["A*B*C", "ABC", true],
    ["A*B*C", "AXBXC", true],
    ["A*B*C", "ACB", false],
    ["A*B*C", "AB", false],
    ["*AB*AB*", "AB", false],
    ["*AB*AB*", "ABAB", true],
    ["*ABA*ABA*", "ABABA", false],
    ["A**B", "AB", true],
    ["A**B", "A", false],
    ["PROD_*_KEY", "PROD_KEY", false],
    ["PROD_*_KEY", "PROD__KEY", true],
    ["A.C", "ABC", false],
    ["[A]", "A", false],
    ["A_", "AB", false],
    ["A%", "AB", false],
    ["", "A", false],
  ])("%s on %s: %s", (pattern, name, covered) => {
    expect(matches(pattern, name)).toBe(covered);
  });

  it("covers what the same pattern as a regular expression covers", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "_", "*"), { maxLength: 12 });
    const names = fc.array(fc.constantFrom("a", "b", "_"), { maxLength: 16 });
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const text = pattern.join("");
        const expression = new RegExp(`^${text.replaceAll("*", ".*")}$`);
        expect(matches(text, name.join(""))).toBe(expression.test(name.join("")));
      }),
      RUNS,
    );
  });

  it("made to make a matcher try again and again costs no more than another", () => {
    const name = "a".repeat(128);
    const hostile = [
      "a*".repeat(63) + "b",
      "*a".repeat(64),
      "*".repeat(128),
      "*aa".repeat(42) + "*b",
    ];
    for (const pattern of hostile) {
      expect(isPattern(pattern)).toBe(true);
      // Backtracking would not come back from this in a lifetime.
      for (let i = 0; i < 1_000; i++) expect(matches(pattern, name)).toBe(!pattern.endsWith("b"));
    }
  });

  it("is letters, digits, underscores and *, 1 to 128 of them", () => {
    for (const good of ["A", "*", "A*", "_", "9", "*_*", "a".repeat(128)]) {
      expect(isPattern(good), good).toBe(true);
    }
    for (const bad of [
      ...["", " ", "A ", "A-B", "A.B", "A?", "[A]", "^A", "A$", "A\n", "\nA", "é", "A,B", "A|B"],
      ...["a".repeat(129), "\u212a", "A\u0000"],
    ]) {
      expect(isPattern(bad), JSON.stringify(bad)).toBe(false);
    }
  });
});

describe("a list of patterns", () => {
  it("covers what one of them covers, and nothing if there are none", () => {
    const covers = compilePatterns(["A*", "B"]);
    expect(["a1", "b", "b1", "c"].map(covers)).toEqual([true, true, false, false]);
    expect(compilePatterns([])("a")).toBe(false);
  });
});

describe("compiled rules", () => {
  it("keep actions, names, variables and versions apart, rule by rule", () => {
    const [first, second] = compileRules([
      {
        actions: ["resolve", "list"],
        names: ["A_*"],
        env: ["HOME"],
        versions: "any",
        protectedWrite: false,
      },
      { actions: ["write"], names: ["B"], env: [], versions: "current", protectedWrite: true },
    ]);
    expect([...(first?.actions ?? [])]).toEqual(["resolve", "list"]);
    expect(first?.matches("a_1")).toBe(true);
    expect(first?.matches("b")).toBe(false);
    expect(first?.env.has("HOME")).toBe(true);
    expect(first?.env.has("home")).toBe(false);
    expect([first?.versions, second?.versions]).toEqual(["any", "current"]);
    expect([first?.protectedWrite, second?.protectedWrite]).toEqual([false, true]);
    expect(second?.matches("b")).toBe(true);
  });

  it("that were stored before protected writes could be allowed allow none", () => {
    const old = { actions: ["write"], names: ["*"], env: [], versions: "current" };
    expect(readRules(JSON.stringify([old]))).toEqual([{ ...old, protectedWrite: false }]);
    const [rule] = compileRules(readRules(JSON.stringify([old])));
    expect(rule?.protectedWrite).toBe(false);
    const allowed = [{ ...old, protectedWrite: true }];
    expect(readRules(JSON.stringify(allowed))).toEqual(allowed);
  });
});
