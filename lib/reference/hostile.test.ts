import { describe, expect, it } from "vitest";
import { workOf } from "../../tests/support/work";
import { findReferences, splice } from "./expand";
import { topLevelMembers } from "./json-text";
import { parse } from "./parse";

const MIB = 1_048_576;

/** Texts of about `length` characters, made to make a careless parser look at the same ones again. */
const HOSTILE: Record<string, (length: number) => string> = {
  "openers of braces without an end": (n) => "{{secrets.".repeat(n / 10),
  "openers of angles without an end": (n) => "<<secrets.".repeat(n / 10),
  "complete names without an end": (n) => "{{secrets.a".repeat(n / 11),
  "defaults without an end": (n) => "{{secrets.a:-".repeat(n / 13),
  "defaults with one end, far off": (n) => `${"{{secrets.a:-".repeat(n / 13)}}}`,
  "defaults of both forms in turn": (n) => "{{secrets.a:-<<secrets.a:-".repeat(n / 26),
  "defaults with the end of the other form": (n) => `${"{{secrets.a:-".repeat(n / 13)}>>`,
  "defaults and dollars in turn": (n) => `${"{{secrets.a:-$SECRET/".repeat(n / 21)}}}`,
  "defaults with marks that open nothing": (n) => `{{secrets.a:-${"{{ x ".repeat(n / 5)}`,
  "names too long": (n) => `{{secrets.${"a".repeat(n)}}}`,
  "members too long": (n) => `{{secrets.a.${"a".repeat(n)}}}`,
  "versions too long": (n) => `{{secrets.a@${"9".repeat(n)}}}`,
  "blanks after each opener": (n) => "{{  ".repeat(n / 4),
  "blanks for one opener": (n) => `{{${" ".repeat(n)}x`,
  "blanks before a missing end": (n) => `{{secrets.a${" ".repeat(100)}`.repeat(n / 111),
  "only braces": (n) => "{".repeat(n),
  "only angles": (n) => "<".repeat(n),
  "only dollars": (n) => "$".repeat(n),
  "only backslashes": (n) => "\\".repeat(n),
  "backslashes and a reference": (n) => `${"\\".repeat(n)}$SECRET/A`,
  "escaped openers": (n) => "\\{{secrets.a:-".repeat(n / 14),
  "backslashes before a whole-text form": (n) => `${"\\".repeat(n)}$ENV/A`,
  "half a keyword": (n) => "$SECRET".repeat(n / 7),
  "keywords without a name": (n) => "$SECRET/".repeat(n / 8),
  "a keyword and one long name": (n) => `$SECRET/${"a".repeat(n)}`,
  "slashes of a manager": (n) => `$secret://${"/".repeat(n)}`,
  "a member of a variable": (n) => `$ENV://A/${"/".repeat(n)}`,
  references: (n) => "$SECRET/A ".repeat(n / 10),
  "lone surrogates": (n) => "\ud800{{\udc00".repeat(n / 4),
  NUL: (n) => "\u0000".repeat(n),
};

const names = Object.keys(HOSTILE);
const hostile = (name: string, length: number): string => HOSTILE[name]?.(length) ?? "";

describe("work grows with the text, and no faster", { timeout: 60_000 }, () => {
  it.each(names)("in parse: %s", (name) => {
    const [text, twice] = [hostile(name, 4_000), hostile(name, 8_000)];
    const work = workOf(() => parse(text));
    const workTwice = workOf(() => parse(twice));
    expect(work).toBeLessThan(25 * text.length);
    expect(workTwice / work).toBeLessThan(2.2);
  });

  it.each(names)("in a JSON string: %s", (name) => {
    const expand = (length: number) => () => {
      const text = JSON.stringify({ a: [hostile(name, length)] });
      const found = findReferences(text);
      if (found.mistakes.length === 0) splice(found, () => "value");
    };
    expect(workOf(expand(8_000)) / workOf(expand(4_000))).toBeLessThan(2.2);
  });

  it.each<[string, (length: number) => string]>([
    ["strings of backslashes", (n) => JSON.stringify("\\".repeat(n / 2))],
    ["strings of quotes", (n) => JSON.stringify('"'.repeat(n / 2))],
    ["strings of escapes", (n) => `"${"\\u0024".repeat(n / 6)}"`],
    ["short strings", (n) => `[${'"$",'.repeat(n / 4)}0]`],
    ["a long key above many strings", (n) => `{"${"k".repeat(n / 2)}":[${'"$",'.repeat(n / 8)}0]}`],
    ["a deep place", (n) => `${'{"key":'.repeat(60)}[${'"$",'.repeat(n / 4)}0]${"}".repeat(60)}`],
    ["blanks", (n) => `[1${" ".repeat(n)}]`],
    ["a long number", (n) => `[${"1".repeat(n)}]`],
  ])("in the walk over JSON: %s", (_name, textOf) => {
    const walk = (text: string) => () => {
      const body = `{"config":${text}}`;
      findReferences(body, topLevelMembers(body).get("config"), { paths: ["/**/x", "/*/0"] });
    };
    const [text, twice] = [textOf(8_000), textOf(16_000)];
    expect(() => {
      JSON.parse(text);
    }).not.toThrow();
    const work = workOf(walk(text));
    expect(work).toBeLessThan(40 * text.length);
    expect(workOf(walk(twice)) / work).toBeLessThan(2.2);
  });
});

describe("1 MiB is answered, or refused by a limit that is named", { timeout: 60_000 }, () => {
  it.each(names)("%s", (name) => {
    const text = hostile(name, MIB);
    const body = JSON.stringify({ config: [text] });
    try {
      const segments = parse(text) ?? [{ raw: text }];
      expect(segments.map(({ raw }) => raw).join("") === text).toBe(true);
      const found = findReferences(body, topLevelMembers(body).get("config"));
      if (found.mistakes.length === 0) splice(found, () => "value");
    } catch (error) {
      expect(error).toMatchObject({ code: "limit_exceeded", details: { limit: "references" } });
    }
  });
});
