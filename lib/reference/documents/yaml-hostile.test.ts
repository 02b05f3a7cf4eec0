import { describe, expect, it } from "vitest";
import { render } from "../../../tests/support/documents";
import { workOf } from "../../../tests/support/work";
import { isCofferError } from "../../errors";
import { yaml } from "./yaml";

const MIB = 1_048_576;

/** Documents of about `n` characters, made to make a careless reader look at the same ones again. */
const HOSTILE: Record<string, (n: number) => string> = {
  "plain keys": (n) => Array.from({ length: n / 12 }, (_, i) => `k${i}: v${i}\n`).join(""),
  "references, one a line": (n) => "- a $SECRET/A b\n".repeat(n / 16),
  "references in one string": (n) => `k: "${"$SECRET/A \\n".repeat(n / 12)}"`,
  "references in one literal": (n) => `k: |\n${"  $SECRET/A\n".repeat(n / 12)}`,
  "references in one folded block": (n) => `k: >\n${"  $SECRET/A\n".repeat(n / 12)}`,
  "references in one plain scalar": (n) => `k:\n${"  $SECRET/A\n".repeat(n / 12)}`,
  "anchors in a row": (n) => "&a ".repeat(n / 3),
  "anchors, one a line": (n) => "&a\n".repeat(n / 3),
  "anchors of references": (n) =>
    Array.from({ length: n / 24 }, (_, i) => `- &a${i} $SECRET/A\n- *a${i}\n`).join(""),
  "lists in lists": (n) => "- ".repeat(n / 2),
  "flow lists in lists": (n) => "[".repeat(n),
  "complex keys": (n) => "? ".repeat(n / 2),
  "pairs in a list": (n) => `[${"a: b,".repeat(n / 5)}]`,
  "pairs of a deep list": (n) => `${"[".repeat(50)}${"x,".repeat(n / 2)}${"]:a".repeat(49)}]`,
  "open braces": (n) => "{{".repeat(n / 2),
  "bare openers": (n) => "{{Secrets.".repeat(n / 10),
  "bare references": (n) => `[${"{{Secrets.A}},".repeat(n / 14)}]`,
  "bare references that are no maps": (n) => `[${"{{Secrets.A}}x,".repeat(n / 15)}]`,
  "bare references, one a line": (n) => "- {{Secrets.A}}-{{Secrets.B}}\n".repeat(n / 30),
  "maps that look like bare references": (n) => `[${"{{a}},".repeat(n / 6)}]`,
  "only dollars": (n) => `k: ${"$".repeat(n)}`,
  "closing brackets in column 0": (n) => "k: [\n  $SECRET/A\n]\n".repeat(n / 19),
  "closing brackets in a literal": (n) => `k: [\n]\nl: |\n${"  ]\n".repeat(n / 4)}`,
  "a closing bracket under a long rule": (n) => `k: [\n]\nl: |\n  ${"-".repeat(n)}`,
  "a closing bracket under a long indentation": (n) => `k: [\n]\nl:\n${" ".repeat(n)}m: 1`,
  "empty lines in a literal": (n) => `k: |\n  $SECRET/A\n${"\n".repeat(n)}  b`,
  "empty lines before a literal": (n) => `k: |\n${"\n".repeat(n)}  $SECRET/A`,
  "empty lines after a literal": (n) => `k: |\n  $SECRET/A\n${"\n".repeat(n)}l: 1`,
  "empty lines in quotes": (n) => `k: '$SECRET/A${"\n".repeat(n)}  b'`,
  "blanks in quotes": (n) => `k: "$SECRET/A${" ".repeat(n)}"`,
  "blanks in a header": (n) => `k: |${" ".repeat(n)}\n  $SECRET/A`,
  "blanks before line ends": (n) => `k: "$SECRET/A${`${" ".repeat(98)}\n `.repeat(n / 100)}"`,
  "escaped line ends": (n) => `k: "$SECRET/A${"\\\n  ".repeat(n / 4)}"`,
  quotes: (n) => `k: '$SECRET/A${"''".repeat(n / 2)}'`,
  comments: (n) => "#\n".repeat(n / 2),
  "comment signs": (n) => `k: $SECRET/A${" #".repeat(n / 2)}`,
  documents: (n) => "--- $SECRET/A\n".repeat(n / 14),
  "byte order marks": (n) => "\ufeff\n".repeat(n / 2),
  "directives and tags": (n) =>
    `${Array.from({ length: n / 16 }, (_, i) => `%TAG !a${i}! !b\n`).join("")}--- $SECRET/A`,
};

const names = Object.keys(HOSTILE);
const hostile = (name: string, n: number): string => HOSTILE[name]?.(n) ?? "";

/** Renders, whether or not it can be; the code of the error if there is one. */
function tried(source: string): string | null {
  try {
    render(yaml, source, () => "it's\n a value");
    return null;
  } catch (error) {
    if (isCofferError(error)) return error.code;
    throw error;
  }
}

describe("work grows with a YAML document, and no faster", { timeout: 60_000 }, () => {
  it.each(names)("%s", (name) => {
    const work = workOf(() => tried(hostile(name, 8_000)));
    const workTwice = workOf(() => tried(hostile(name, 16_000)));
    expect(workTwice / work).toBeLessThan(2.3);
    expect(work).toBeLessThan(150 * 8_000);
  });
});

describe("a large document is answered, or refused by name", { timeout: 60_000 }, () => {
  it.each([
    ...names.map((name): [string, number] => [name, MIB / 4]),
    ...["plain keys", "only dollars", "open braces", "references in one string"].map(
      (name): [string, number] => [name, MIB],
    ),
  ])("%s, %i characters", (name, length) => {
    const codes = [null, "limit_exceeded", "output_too_large", "invalid_document"];
    expect(codes).toContain(tried(hostile(name, length)));
  });
});

describe("what other readers choke on", () => {
  it("50,000 plain keys are read", () => {
    const source = Array.from({ length: 49_000 }, (_, i) => `k${i}: v\n`).join("");
    expect(yaml.read(source).keys).toHaveLength(49_000);
  });

  it("billion laughs: aliases are names, and stay names", () => {
    const levels = Array.from(
      { length: 30 },
      (_, i) =>
        `a${i}: &a${i} [${Array(10)
          .fill(i === 0 ? "$SECRET/A" : `*a${i - 1}`)
          .join(", ")}]\n`,
    ).join("");
    expect(render(yaml, levels, () => "ha")).toEqual({
      text: levels.replaceAll("$SECRET/A", () => "ha"),
    });
  });

  it.each([
    ["lists", (n: number) => `${"[".repeat(n)}${"]".repeat(n)}`],
    ["maps", (n: number) => `${"{a: ".repeat(n - 1)}{}${"}".repeat(n - 1)}`],
    ["block lists", (n: number) => `${"- ".repeat(n)}a`],
    ["pairs in lists", (n: number) => `${"[a: ".repeat(n / 2)}b${"]".repeat(n / 2)}`],
  ])("64 %s are the deepest", (_name, nested) => {
    expect(() => yaml.read(nested(64))).not.toThrow();
    for (const depth of [66, 1_000, 100_000]) {
      expect(() => yaml.read(nested(depth))).toThrow(
        expect.objectContaining({ code: "limit_exceeded", details: { limit: "depth", max: 64 } }),
      );
    }
  });

  it("100,000 values are the most", () => {
    const list = (n: number): string => `[${"a,".repeat(n)}]`;
    expect(() => yaml.read(list(99_000))).not.toThrow();
    expect(() => yaml.read(list(100_000))).toThrow(
      expect.objectContaining({ details: { limit: "nodes", max: 100_000 } }),
    );
  });

  it("__proto__ and duplicate keys are keys like any other", () => {
    const source = "__proto__: $SECRET/A\nconstructor: {a: '$SECRET/A', a: b}\n__proto__: c\n";
    expect(render(yaml, source, () => "v")).toEqual({
      text: source.replaceAll("$SECRET/A", () => "v"),
    });
  });
});
