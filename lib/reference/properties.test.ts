import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findReferences, splice } from "./expand";
import { parse } from "./parse";

/*
 * The expansion once more, written from GRAMMAR.md alone and without regard to speed: one regular expression
 * for each form, tried at each character of each string of the parsed tree.
 */

class MalformedText extends Error {}

const NAME = "[A-Za-z_][A-Za-z0-9_]{0,127}(?![A-Za-z0-9_])";
const PARTS = "(?:\\.[A-Za-z0-9_-]{1,128}(?![A-Za-z0-9_-]))?(?:@[1-9][0-9]{0,8}(?![0-9]))?";
const KEYWORD = "[ \\t]*[sS][eE][cC][rR][eE][tT][sS]\\.";
const OPENER = `\\$SECRET/|(?:(?<!\\$)\\{\\{|<<)${KEYWORD}`;
const ANYWHERE = new RegExp(
  `\\$SECRET/${NAME}|` +
    `\\{\\{${KEYWORD}${NAME}${PARTS}(?:[ \\t]*|:-(.*?))\\}\\}|` +
    `<<${KEYWORD}${NAME}${PARTS}(?:[ \\t]*|:-(.*?))>>`,
  "sy",
);
const PART = "(?!\\.\\.?(?:/|$))[^/\\\\\\u0000-\\u001f\\u007f]+";
const WHOLE = new RegExp(
  `^(?:\\$ENV/${NAME}|\\$[eE][nN][vV]://${NAME}(?:/.{0,128})?|` +
    `\\$secret://(?=.{1,1024}$)${PART}/${PART}(?:/${PART})+)$`,
  "s",
);
const WHOLE_OPENER = /^\$ENV\/|^\$[eE][nN][vV]:\/\/|^\$secret:\/\//;

type Values = (raw: string) => string;

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(expression.source, "sy");
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function naiveText(text: string, value: Values): string {
  let output = "";
  let at = 0;
  while (at < text.length) {
    const slashes = matchAt(/\\*/, text, at)?.[0].length ?? 0;
    const start = at + slashes;
    const whole = at === 0 && WHOLE_OPENER.test(text.slice(start));
    const opener = whole ? text.slice(start) : matchAt(new RegExp(OPENER), text, start)?.[0];
    if (opener === undefined) {
      output += text.slice(at, start + 1);
      at = start + 1;
      continue;
    }
    output += "\\".repeat(Math.floor(slashes / 2));
    const match = whole ? WHOLE.exec(opener) : matchAt(ANYWHERE, text, start);
    const fallback = match?.[1] ?? match?.[2] ?? "";
    const raw = match === null || new RegExp(OPENER).test(fallback) ? undefined : match[0];
    if (slashes % 2 === 1) output += raw ?? opener;
    else if (raw === undefined) throw new MalformedText(text);
    else output += value(raw);
    at = start + (raw ?? opener).length;
  }
  return output;
}

function naive(tree: unknown, value: Values): unknown {
  if (typeof tree === "string") return naiveText(tree, value);
  if (Array.isArray(tree)) return tree.map((item) => naive(item, value));
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, naive(item, value)]));
}

/** JSON text of the naive expansion, or null for a tree with a malformed reference. */
function naiveJson(json: string, value: Values): string | null {
  try {
    return JSON.stringify(naive(JSON.parse(json), value));
  } catch (error) {
    if (error instanceof MalformedText) return null;
    throw error;
  }
}

/* Texts: pieces of references, whole ones, and what surrounds them. */

const PLAIN_PIECES = [
  ...[
    "$SECRET/",
    "$",
    "SECRET/",
    "{{",
    "<<",
    "}}",
    ">>",
    "{",
    "}",
    "Secrets.",
    "sEcReTs.",
    " ",
    "\t",
  ],
  ...["A", "my_key", "9", ".", ".client-id", "@", "@3", "@0", ":-", ":-x y", "-", "/", "\n", '"'],
  ...[
    "$ENV/",
    "$eNv://",
    "$secret://",
    "vault/1/a/b",
    "..",
    "é",
    "😀",
    "\ud83d",
    "\ude00",
    "\u0000",
  ],
  ...[
    "$SECRET/A",
    "{{Secrets.A}}",
    "<< secrets.a.b@3:-d >>",
    "{{Secrets.A:-}}",
    "${{ secrets.A }}",
  ],
];
const text = (pieces: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((chosen) => chosen.join(""));
const plainText = text(PLAIN_PIECES);
const anyText = text([...PLAIN_PIECES, "\\", "\\", "\\\\", "\\\\\\"]);
/** Without pieces, so that most of these texts are not malformed. */
const soundText = text([
  ...[
    "$SECRET/A",
    "{{Secrets.B_1}}",
    "<< secrets.a.b@3:-d >>",
    "{{Secrets.A:-}}",
    "${{ secrets.A }}",
  ],
  ...[
    "\\",
    "\\\\",
    "{{",
    "}}",
    "-",
    " ",
    "é",
    "😀",
    "\ud83d",
    '"',
    "\u0000",
    "$ENV://X/y",
    "$ENV/X",
  ],
]);

/* JSON documents, as texts: with any blanks, any spelling of strings and numbers, any keys, twice the same. */

const blank = fc.constantFrom("", "", "", " ", "\n  ", "\t", "\r\n");
const spelling = (string: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(string, fc.integer({ min: 0, max: 3 })).map(([value, every]) => {
    const spelled = [
      ...JSON.stringify(value)
        .slice(1, -1)
        .matchAll(/\\u....|\\.|[^\\]/gsu),
    ];
    const hex = (c: string): string =>
      [...c.split("")].map((u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    const one = (c: string, i: number): string =>
      every > 0 && i % 4 === every && !c.startsWith("\\")
        ? hex(c)
        : c === "/" && every === 2
          ? "\\/"
          : c;
    return `"${spelled.map(([c], i) => one(c, i)).join("")}"`;
  });
const key = fc.oneof(
  fc.constantFrom("a", "__proto__", "constructor", "$SECRET/K", "0", "x/~y", ""),
  anyText,
);
const json = (string: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ value: string; wide: string }>((tie) => ({
    value: fc.tuple(blank, tie("wide"), blank).map((parts) => parts.join("")),
    wide: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      spelling(string),
      fc.constantFrom(
        "12345678901234567890",
        "1.0",
        "-0",
        "1E+5",
        "true",
        "false",
        "null",
        "[]",
        "{ }",
      ),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
      fc
        .array(fc.tuple(blank, spelling(key), blank, tie("value")), { maxLength: 4 })
        .map((items) => `{${items.map(([a, k, b, v]) => `${a}${k}${b}:${v}`).join(",")}}`),
    ),
  })).value;

const hostileValue: Values = (raw) =>
  `${raw}|"\\|$&|$SECRET/Z|{{Secrets.Q}}|\u0000|😀|${String(raw.length)}\\`;

const seed = Date.now() % 2 ** 31;
describe(
  `for any text and any document (fast-check seed ${String(seed)})`,
  { timeout: 60_000 },
  () => {
    it("segments put together are the text, and null is a text without any opener", () => {
      fc.assert(
        fc.property(anyText, (input) => {
          const segments = parse(input);
          if (segments === null) {
            expect(naiveText(input, () => "")).toBe(input);
          } else {
            expect(segments.map(({ raw }) => raw).join("")).toBe(input);
            expect(segments.some(({ kind }) => kind !== "text")).toBe(true);
          }
        }),
        { seed, numRuns: 2_000 },
      );
    });

    it("a reference's own text is that reference, and nothing else", () => {
      fc.assert(
        fc.property(anyText, (input) => {
          for (const segment of parse(input) ?? []) {
            if (segment.kind === "secret") expect(parse(segment.raw)).toEqual([segment]);
          }
        }),
        { seed, numRuns: 2_000 },
      );
    });

    it.each([
      ["mostly malformed", anyText],
      ["mostly sound", soundText],
    ])("expansion is that of the parsed tree: %s", (_name, string) => {
      fc.assert(
        fc.property(json(string), (document) => {
          const expected = naiveJson(document, hostileValue);
          // JSON.parse drops all but the last of several members with one name; the text keeps them.
          const parsed = findReferences(JSON.stringify(JSON.parse(document)));
          expect(parsed.mistakes.length > 0).toBe(expected === null);
          const found = findReferences(document);
          if (found.mistakes.length > 0) return;
          const output = splice(found, ({ raw }) => hostileValue(raw));
          expect(JSON.stringify(JSON.parse(output))).toBe(expected);
        }),
        { seed, numRuns: 2_000 },
      );
    });

    it("the text is kept, character for character, when each reference is its own value", () => {
      fc.assert(
        fc.property(
          json(
            fc.oneof(
              plainText,
              soundText.map((t) => t.replaceAll("\\", "")),
            ),
          ),
          (document) => {
            const found = findReferences(document);
            if (found.mistakes.length > 0) return;
            expect(splice(found, ({ raw }) => raw)).toBe(document);
          },
        ),
        { seed, numRuns: 2_000 },
      );
    });

    it("the places of references are those where the parsed tree has them", () => {
      fc.assert(
        fc.property(json(soundText), (document) => {
          const tree: unknown = JSON.parse(document);
          for (const { reference, paths } of findReferences(JSON.stringify(tree)).uses) {
            for (const path of paths) expect(valueAt(tree, path)).toContain(reference.raw);
          }
        }),
        { seed, numRuns: 2_000 },
      );
    });
  },
);

/** RFC 6901, section 4. */
function valueAt(tree: unknown, pointer: string): unknown {
  let value = tree;
  for (const segment of pointer.split("/").slice(1)) {
    const name = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    expect(Object.hasOwn(value as object, name)).toBe(true);
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
