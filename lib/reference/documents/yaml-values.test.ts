import { isDeepStrictEqual } from "node:util";
import { loadAll, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { expandTree, render } from "../../../tests/support/documents";
import { yaml } from "./yaml";

const VALUES = [
  // Words and numbers of YAML 1.1 and 1.2.
  ...["", "~", "null", "Null", "true", "True", "false", "yes", "No", "on", "OFF", "y", "n"],
  ...[
    "007",
    "42",
    "-1",
    "+1",
    "0x1F",
    "0o17",
    "0b11",
    "1e3",
    "1.5",
    ".5",
    "1_000",
    "1:30",
    "190:20:30",
  ],
  ...[
    ".inf",
    "-.INF",
    ".nan",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "=",
    "<<",
    "---",
    "...",
  ],
  // What opens, closes or separates something.
  ...[
    "a: b",
    "a:",
    ": a",
    "a #b",
    "#a",
    "- a",
    "-",
    "? a",
    "?",
    "[a]",
    "{a: b}",
    "a, b",
    "a]",
    "a}",
  ],
  ...[
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    ">",
    "%YAML 1.2",
    "@a",
    "`a`",
    "'",
    '"',
    "it's",
    'say "x"',
    "''",
  ],
  // Backslashes, dollars, and what a scanner or a replacement would take for something.
  ...[
    "\\",
    "\\n",
    "C:\\temp",
    "a\\",
    "$&",
    "$1",
    "$SECRET/X",
    "{{Secrets.X}}",
    "<<Secrets.X>>",
    "${HOME}",
  ],
  // Blanks and line ends.
  ...[
    " ",
    "  ",
    " a",
    "a ",
    "\t",
    "\ta",
    "a\t",
    "a\tb",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n",
    "a\n\n\n",
    "\na",
  ],
  ...[
    "a\nb",
    "a\n\nb",
    "a\n  b\n",
    "  a\nb",
    "\ta\nb",
    "a\n \nb",
    "a\n\t\nb",
    "a \n b ",
    "a\r\nb",
    "a\rb",
  ],
  ...[
    "a\n---\nb",
    "a\n...\nb",
    "---\na",
    "a\n# b",
    "a\n%b",
    "a: b\nc: d",
    "- a\n- b",
    "\n a",
    "a\n ",
  ],
  ...["-----BEGIN KEY-----\nMIIE\n+/=\n-----END KEY-----\n", "a".repeat(300), "a b ".repeat(50)],
  // Characters.
  ...[
    "\0",
    "\x01",
    "\x07",
    "\x1b[0m",
    "\x7f",
    "\x80",
    "\x85",
    "a\x85b",
    "\xa0",
    "\u2028",
    "a\u2029b",
  ],
  ...["\ufeff", "\ufeffa", "\ufffe", "é", "ä b", "日本", "😀", "\u202e", "\u200b", "a\u0301"],
];

/** Where `@` is the reference. Each says one thing before and one after. */
const STYLES: Readonly<Record<string, string>> = {
  plain: "k: @",
  "plain, comment": "k: @ # c",
  "plain, text around": "k: a @ b",
  "plain, twice": "k: x@-@y",
  "plain, next line": "k:\n  @",
  "plain, lines": "k: a\n  @\n  b",
  "plain, anchored": "k: &k @\nl: *k",
  "plain, tagged": "k: !!str @",
  single: "k: '@'",
  "single, text around": "k: ' it''s @ ' # c",
  "single, lines": "k: 'a\n  @\n\n  b'",
  "single, line start": "k: 'a\n\n  @ b'",
  double: 'k: "@"',
  "double, escapes around": 'k: "\\ta\\x41@\\u00e9\\" " # c',
  "double, lines": 'k: "a\n  @\n\n  b"',
  "double, escaped line ends": 'k: "a \\\n  @\\\n  \\ b"',
  "double, spelled": 'k: "\\x24SECRET/X @"',
  ...Object.fromEntries(
    ["|", "|-", "|+", "|2", "|2-", "|+2", ">", ">-", ">+", ">2"].flatMap((header) => [
      [header, `k: ${header}\n  @`],
      [`${header}, comment`, `k: ${header} # c\n  @\n`],
      [`${header}, lines`, `k: ${header}\n  a\n  @ b\n\n   c`],
      [`${header}, in a list`, `k:\n  - ${header}\n    a @\n\n  - b`],
    ]),
  ),
  "| deep": "k:\n - l:\n     m: |\n        a\n        @\n     n: 1",
  "list, flush": "k:\n- @\n- '@'",
  "list of lists": "k:\n  - - @\n    - b\n  - c: @\n    d: e",
  "flow list": "k: [@, '@', \"@\", b]",
  "flow map": 'k: {a: @, b: "@", "c":@, d: [@]}',
  "flow lines": "k: [\n    @,\n    a @\n    b\n  ]",
  "flow, flush end": "k: [\n  @\n]",
  "explicit key": "? k\n: @",
  "duplicate text": "k: '@@'",
};

/** Two readers that share nothing. js-yaml refuses a closing bracket in its key's column. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "js-yaml": (text) => (/^\]/m.test(text) ? [] : loadAll(text)),
  yaml: (text) =>
    parseAllDocuments(text, { uniqueKeys: false, logLevel: "error" }).map((document) => {
      for (const error of document.errors) throw error;
      return document.toJS() as unknown;
    }),
};

const FILES: Readonly<Record<string, (body: string) => string>> = {
  "among others": (body) => `# c\nbefore: 1\n${body}\nafter: [x] # c\n`,
  "last, without a newline": (body) => body,
  "last, with newlines": (body) => `---\n${body}\n\n`,
  "with CRLF": (body) => `before: 1\n${body}\nafter: x\n`.replaceAll("\n", "\r\n"),
};

describe("a value is what every reader reads, in every style", { timeout: 60_000 }, () => {
  it(`with ${VALUES.length} values, at least 59`, () => {
    expect(new Set(VALUES).size).toBe(VALUES.length);
    expect(VALUES.length).toBeGreaterThanOrEqual(59);
  });

  describe.each(Object.entries(STYLES))("%s", (_style, template) => {
    it.each(Object.entries(FILES))("%s", (file, around) => {
      const reference = file.startsWith("last") ? "$SECRET/X" : "<<Secrets.X>>";
      const source = around(template.replaceAll("@", () => reference));
      const readers = Object.values(READERS).map((read) => ({ read, before: read(source) }));
      for (const value of VALUES) {
        const rendered = render(yaml, source, () => value);
        if (!("text" in rendered)) throw new Error(`refused: ${JSON.stringify({ source, value })}`);
        for (const { read, before } of readers) {
          const expected = expandTree(before, () => value);
          const after = read(rendered.text);
          if (!isDeepStrictEqual(after, expected)) {
            expect(after, JSON.stringify({ source, value, text: rendered.text })).toEqual(expected);
          }
        }
      }
    });
  });
});

it.each(["k: @", "k: [@]", "k: {l: @}", "- a @", "k: !!str @", "@"])(
  "a bare %j stays a string to YAML 1.1, which has more words and numbers",
  (template) => {
    const source = template.replaceAll("@", () => "$SECRET/X");
    for (const value of VALUES) {
      const rendered = render(yaml, source, () => value);
      if (!("text" in rendered)) throw new Error(`refused: ${JSON.stringify({ source, value })}`);
      expect(loadAll(rendered.text, { schema: YAML11_SCHEMA }), rendered.text).toEqual(
        expandTree(loadAll(source, { schema: YAML11_SCHEMA }), () => value),
      );
    }
  },
);

describe("half of a surrogate pair, which YAML has no spelling for,", () => {
  it.each(Object.keys(STYLES))("is refused in %s", (style) => {
    const source = `${STYLES[style]?.replaceAll("@", "<<Secrets.X>>") ?? ""}\n`;
    for (const value of ["\ud800", "a\udc00b"]) {
      expect(render(yaml, source, () => value)).toHaveProperty("unencodable");
    }
  });
});
