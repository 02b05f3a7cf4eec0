import { parse as parseProperties, parseLines } from "dot-properties";
import { describe, expect, it } from "vitest";
import { renderedText } from "../../../tests/support/documents";
import { HOSTILE_ROWS } from "../../../tests/support/hostile-values";
import { findInDocument } from "./find";
import { properties } from "./properties";

/** What a reader that is not the product's makes of a file. */
const readBack = (source: string): unknown => parseProperties(source);

const VALUES: readonly (readonly [string, source: string, before: string, after: string])[] = [
  ["alone", "$SECRET/A", "", ""],
  ["at the start", "$SECRET/A x \\\\ \\u00e9", "", " x \\ é"],
  ["middle", "# x\\: $SECRET/A = y  ", "# x: ", " = y  "],
  ["before blanks", "$SECRET/A   x", "", "   x"],
  ["at the end", "\\ \\t\\=x$SECRET/A", " \t=x", ""],
  ["spelled with escapes", "\\u0024SECRET\\/A", "", ""],
  ["behind a backslash that is dropped", "\\$SECRET/A", "", ""],
  ["on a joined line", "x \\\n   $SECRET/A {{Secrets.A}}\\\n  \ty", "x ", "y"],
  ["on a joined line alone", "\\\n  $SECRET/A", "", ""],
  ["on a joined line before blanks", "x\\\n  $SECRET/A  y", "x", "  y"],
];

const LINES: readonly (readonly [string, string, (value: string) => string])[] = [
  ["=", "a", (value) => `# c = $SECRET/A\na=${value}\nz:1\n`],
  ["blanks around =", "a", (value) => `! c\n\n a = ${value}\nz 1`],
  [":", "a", (value) => `z=1\na:${value}`],
  ["a blank", "a b:", (value) => `a\\ b\\: \t${value}\nz = 1\n`],
  ["a joined separator", "é", (value) => `\\u00e9 \\\n = \\\n ${value}\nz=1\n`],
];

describe.each(VALUES)("properties, %s", (_place, spelled, before, after) => {
  it.each(HOSTILE_ROWS)("says a value as it is: %s", (_name, value) => {
    const both = spelled.includes("{{");
    const text = before + value + (both ? ` ${value}` : "") + after;
    for (const [, key, lineOf] of LINES) {
      const line = lineOf(spelled);
      // The other reader joins lines at LF and CRLF, Java's also at CR.
      for (const ends of ["\n", "\r\n", "\r"]) {
        const file = line.replaceAll("\n", ends);
        const rendered = renderedText(properties, file, () => value) ?? "";
        if (ends === "\n") expect(readBack(rendered)).toEqual({ [key]: text, z: "1" });
        const again = properties.read(rendered);
        expect(again.scalars.map((one) => one.text).sort()).toEqual([text, "1"].sort());
        expect(again.skeleton).toBe(properties.read(file).skeleton);
        // What was put in is ASCII, and no line end of its own.
        expect(rendered).toMatch(/^[\0-\x7f]*$/);
        expect(rendered.split(ends).length).toBeLessThanOrEqual(file.split(ends).length);
      }
    }
  });
});

describe("properties keep the spelling", () => {
  it.each([
    ["a plain value", "a=$SECRET/A", "v", "a=v"],
    ["blanks at the end", "a=$SECRET/A  ", "v", "a=v  "],
    [
      "escapes and other letters beside it",
      "a=\\u00e9é\\q$SECRET/A",
      "é😀",
      "a=\\u00e9é\\q\\u00e9\\ud83d\\ude00",
    ],
    ["a lone surrogate, which it can say", "a=$SECRET/A", "\ud800", "a=\\ud800"],
    ["controls", "a=$SECRET/A", "\0\t\n\f\r\u007f", "a=\\u0000\\t\\n\\f\\r\\u007f"],
    ["a leading blank", "a=$SECRET/A", "  x ", "a=\\  x "],
    ["a leading separator", "a $SECRET/A", "=x", "a \\=x"],
    ["separators within", "a=x$SECRET/A", "=: #!", "a=x=: #!"],
    ["lines that are joined", "a=x,\\\n  $SECRET/A,\\\n  y", "v", "a=x,\\\n  v,\\\n  y"],
    ["nothing, before a joined line", "a={{Secrets.A}}\\\n  b", "", "a=b"],
    ["an escaped reference", "a=\\\\$SECRET/A", "v", "a=$SECRET/A"],
    [
      "keys and comments",
      "$SECRET/A=1\n#$SECRET/A\n!{{Secrets.A}}\n",
      "v",
      "$SECRET/A=1\n#$SECRET/A\n!{{Secrets.A}}\n",
    ],
    ["a key with escapes", "a\\ b\\=\\u0063 $SECRET/A", "v", "a\\ b\\=\\u0063 v"],
    ["a key without a value", "a\nb=$SECRET/A", "v", "a\nb=v"],
    [
      "names that objects have",
      "__proto__=$SECRET/A\nconstructor=1",
      "v",
      "__proto__=v\nconstructor=1",
    ],
    ["a key twice", "a=$SECRET/A\na=$SECRET/A", "v", "a=v\na=v"],
    ["nothing", "", "v", ""],
  ])("%s", (_name, source, value, expected) => {
    expect(renderedText(properties, source, () => value)).toBe(expected);
  });
});

describe("properties are read as Java does", () => {
  it.each([
    "a=1\nb = 2\n c:3\nd 4\ne\nf=\n=g\n:h",
    "# c\n! c\n  # c\n\t! c\na=# no\nb=x # no\n",
    "a=x\\\n   y\nb=\\\n\\\n  z\nc=\\n\\t\\f\\r\\q\\\\\nd=x\\\\\ne=\\",
    "a\\=b\\:c\\ d=1\n\\#e=2\n\\u0066=3\ng\\\nh=4",
    "a = = b\nc : : d\ne  :f\ng\t=\th \nk = v ",
    "a=1\r\nb=x\\\r\n y\r\n\r\nc=2",
    "a=é\nb=\\u00E9\\ud83d\\ude00",
  ])("%j", (source) => {
    const { scalars, keys } = properties.read(source);
    const pairs = scalars.map(({ text }, i) => [keys[i]?.text, text]);
    expect(pairs).toEqual(parseLines(source).filter((line) => Array.isArray(line)));
  });

  it("also where the other reader does not: CR, and a joined line that looks like a comment", () => {
    const said = (source: string): unknown => {
      const { scalars, keys } = properties.read(source);
      return scalars.map(({ text }, i) => [keys[i]?.text, text]);
    };
    expect(said("a=1\rb=x\\\r y\r")).toEqual([
      ["a", "1"],
      ["b", "xy"],
    ]);
    expect(said("a=x\\\n# y\nb=2")).toEqual([
      ["a", "x# y"],
      ["b", "2"],
    ]);
    expect(said("a=x\\\n\nb=2")).toEqual([
      ["a", "x"],
      ["b", "2"],
    ]);
  });

  it.each([
    ["too few digits", "a=1\nb=hunter2\\u12", "2:10"],
    ["no digits", "a=hunter2\\u{41}", "1:10"],
    ["in a key", "hunter2\\uxyzw=1", "1:8"],
  ])("and refused where Java refuses: %s", (_name, source, place) => {
    let refusal: unknown;
    try {
      properties.read(source);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: "invalid_document", details: { place } });
    expect((refusal as Error).message).not.toContain("hunter2");
  });

  it("knows where a reference stands behind escapes and joined lines", () => {
    const source = "# c\na=\\u00e9\\\n  $SECRET/A\\t$SECRET/B {{Secrets.my-key}}";
    const found = findInDocument(properties, source, properties.read(source));
    expect(found.uses.map(({ paths }) => paths)).toEqual([["3:3"], ["3:14"]]);
    expect(found.mistakes.map(({ path }) => path)).toEqual(["3:24"]);
  });

  it("refuses more entries than a document may have", () => {
    expect(() => properties.read("a\n".repeat(100_001))).toThrow(
      expect.objectContaining({ code: "limit_exceeded" }),
    );
  });
});
