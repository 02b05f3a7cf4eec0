import { describe, expect, it } from "vitest";
import tomlReader from "toml";
import { renderedText } from "../../../tests/support/documents";
import { HOSTILE_ROWS } from "../../../tests/support/hostile-values";
import { LIMITS } from "../limits";
import { findInDocument } from "./find";
import { toml } from "./toml";

/** What a reader that is not the product's makes of a document. */
const readBack = (source: string): unknown => tomlReader.parse(source);

/** A string of each style, with what stands around the reference as the reader sees it. */
const STRINGS: readonly (readonly [string, source: string, before: string, after: string])[] = [
  ["basic", '"$SECRET/A"', "", ""],
  ["basic, start", String.raw`"$SECRET/A é\u00e9\"x"`, "", ' éé"x'],
  ["basic, middle", String.raw`"\u00e9 \\ $SECRET/A\tz"`, "é \\ ", "\tz"],
  ["basic, end", String.raw`"\U0001F600$SECRET/A"`, "😀", ""],
  ["basic, the reference spelled with escapes", String.raw`"\u0024SECRET\u002fA"`, "", ""],
  ["basic, blanks", '"  $SECRET/A  "', "  ", "  "],
  ["literal", "'$SECRET/A'", "", ""],
  ["literal, middle", String.raw`'C:\x $SECRET/A "y"'`, "C:\\x ", ' "y"'],
  ["lines", '"""$SECRET/A"""', "", ""],
  ["lines, after the first line end", '"""\n$SECRET/A"""', "", ""],
  ["lines, middle", '"""\n\na ""$SECRET/A""\n\\u00e9"""', '\na ""', '""\né'],
  ["lines, joined", '"""a \\\n   {{Secrets.A}}\\\n  b \\  \n\n c"""', "a ", "b c"],
  ["lines, joined, then blanks", '"""a \\\n   $SECRET/A  b"""', "a ", "  b"],
  ["lines, quotes at the end", '"""$SECRET/A"""""', "", '""'],
  ["literal lines", "'''$SECRET/A'''", "", ""],
  ["literal lines, after the first line end", "'''\n$SECRET/A\n'''", "", "\n"],
  ["literal lines, middle", "'''\n\n\\ '$SECRET/A' \"\n'''", "\n\\ '", "' \"\n"],
  ["literal lines, quotes at the end", "'''$SECRET/A'''''", "", "''"],
];

/** Where a string can stand, and how to get at it. */
const PLACES: readonly (readonly [string, (string: string) => string, (tree: never) => unknown])[] =
  [
    ["a value", (s) => `# x = "y"\na = ${s} # "c"\nz = 1\n`, (t: { a: string }) => t.a],
    ["in an array", (s) => `a = [1,\n ${s}, # c '\n "z",]`, (t: { a: string[] }) => t.a[1]],
    [
      "in an inline table",
      (s) => `a = { b.c = ${s}, d = [ ${s} ] }`,
      (t: { a: { b: { c: string } } }) => t.a.b.c,
    ],
    [
      "in a table of an array",
      (s) => `[[a."b.$SECRET/K"]]\nd = 2026-01-01 07:32:00Z\n'c' = ${s}`,
      (t: { a: Record<string, { c: string }[]> }) => t.a["b.$SECRET/K"]?.[0]?.c,
    ],
  ];

describe.each(STRINGS)("TOML, %s", (_style, string, before, after) => {
  it.each(HOSTILE_ROWS)(
    "says a value as it is, to every reader, wherever it stands: %s",
    (name, value) => {
      for (const [, documentOf, valueIn] of PLACES) {
        for (const file of [documentOf(string), documentOf(string).replaceAll("\n", "\r\n")]) {
          const rendered = renderedText(toml, file, () => value);
          if (name.includes("surrogate")) {
            expect(rendered).toBeNull();
            continue;
          }
          // Readers differ about CRLF in a string, so a file with it can't be compared to the letter.
          const lines = (text: string): string =>
            file.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
          const said = String(valueIn(readBack(rendered ?? "") as never));
          expect(lines(said)).toBe(lines(`${before}${value}${after}`));
          // What the product's own reader says is exact, line ends included.
          const again = toml.read(rendered ?? "");
          expect(again.scalars.map(({ text }) => text)).toContain(`${before}${value}${after}`);
          // All around it is as it was.
          expect(again.skeleton).toBe(toml.read(file).skeleton);
        }
      }
    },
  );
});

describe("TOML keeps the spelling", () => {
  it.each([
    ["a plain value", 'a = "$SECRET/A"', "v", 'a = "v"'],
    [
      "escapes beside it",
      String.raw`a = "\u00e9\x41 $SECRET/A \t"`,
      '"',
      String.raw`a = "\u00e9\x41 \" \t"`,
    ],
    ["a literal that can hold it", "a = '$SECRET/A'", '"\\', `a = '"\\'`],
    ["not a literal that can't", "a = '$SECRET/A'", "it's", `a = "it's"`],
    ["lines", 'a = """\n  {{Secrets.A}}\\\n  b"""', "x\ny", 'a = """\n  x\ny\\\n  b"""'],
    [
      "lines, escaped where the file has CRLF",
      'a = """\r\n$SECRET/A"""',
      "x\ny",
      'a = """\r\nx\\ny"""',
    ],
    ["literal lines", "a = '''\n$SECRET/A\n'''", "x'y\nz", "a = '''\nx'y\nz\n'''"],
    ["no literal lines that would end", "a = '''$SECRET/A'''", "'''", `a = "'''"`],
    ["controls", 'a = "$SECRET/A"', "\u0000\u001b\u007f", String.raw`a = "\u0000\u001b\u007f"`],
    ["an escaped reference", String.raw`a = '\$SECRET/A'`, "", "a = '$SECRET/A'"],
    ["an escaped reference, basic", String.raw`a = "\\$SECRET/A é"`, "", 'a = "$SECRET/A é"'],
    ["numbers, dates, comments", "a = 1_000 # $SECRET/A\nb = 1979-05-27\nc = 0x_", "", null],
    [
      "all of it",
      "a = 1_000 # $SECRET/A\r\nb = 1979-05-27\t\n\n",
      "",
      "a = 1_000 # $SECRET/A\r\nb = 1979-05-27\t\n\n",
    ],
    [
      "keys",
      "\"$SECRET/A\" = 1\n['{{Secrets.A}}']\n",
      "v",
      "\"$SECRET/A\" = 1\n['{{Secrets.A}}']\n",
    ],
    ["a byte order mark", '\ufeffa = "$SECRET/A"', "v", '\ufeffa = "v"'],
  ])("%s", (_name, source, value, expected) => {
    if (expected === null) expect(() => toml.read(source)).toThrow();
    else expect(renderedText(toml, source, () => value)).toBe(expected);
  });
});

describe("TOML knows where things stand", () => {
  it("strings and keys, each once, in their order", () => {
    const source =
      'a.b = "1"\n[c."d e"]\n\'f\' = [\'2\', """3""", {g = "4", h.i = 5}, [[ "6" ]]]\n[[j]]\n__proto__ = "7"\nconstructor = \'8\'';
    const { scalars, keys } = toml.read(source);
    expect(scalars.map(({ text }) => text)).toEqual(["1", "2", "3", "4", "6", "7", "8"]);
    expect(keys.map(({ text }) => text)).toEqual([
      "a",
      "b",
      "c",
      "d e",
      "f",
      "g",
      "h",
      "i",
      "j",
      "__proto__",
      "constructor",
    ]);
    for (const { start, end, text } of keys) expect(source.slice(start, end)).toContain(text);
  });

  it("a reference behind escapes and joined lines", () => {
    const source = 'a = """\n\\u00e9 \\\n   $SECRET/A\n$SECRET/B {{Secrets.my-key}}"""';
    const found = findInDocument(toml, source, toml.read(source));
    expect(found.uses.map(({ paths }) => paths)).toEqual([["3:4"], ["4:1"]]);
    expect(found.mistakes).toEqual([
      { canonical: "{{Secrets.my…", fault: "closing", path: "4:11" },
    ]);
  });

  it.each([
    ["a = $SECRET/A", ["$SECRET/A 1:5"]],
    [
      "a = $SECRET/A # c\nb = '{{Secrets.B}}'\nc = {{ secrets.C:-x, y }}",
      ["$SECRET/A 1:5", "{{Secrets.C}} 3:5"],
    ],
    [
      "a = [$SECRET/A, <<Secrets.B>>,\n {{Secrets.C}}]\n[t]\nb = $ENV/X",
      ["$SECRET/A 1:6", "<<Secrets.B>> 1:17", "{{Secrets.C}} 2:2", "$ENV/X 4:5"],
    ],
    ["a = { b = {{Secrets.A}}, c = x$SECRET/B }", ["{{Secrets.A}} 1:11", "$SECRET/B 1:31"]],
    ["a = Bearer $SECRET/A # $SECRET/B", ["$SECRET/A 1:12"]],
    ["a = $SECRET/A b", ["$SECRET/A 1:5"]],
    ["a = {{Secrets.my-key}}", ["{{Secrets.my… 1:5"]],
    ["a = $secret://vault/1/a/b", ["$secret://vault/1/a/b 1:5"]],
  ])("bare references are named as such: %s", (source, expected) => {
    const found = findInDocument(toml, source, toml.read(source));
    expect(found.mistakes.map(({ canonical, path }) => `${canonical} ${path}`)).toEqual(expected);
    expect(new Set(found.mistakes.map(({ fault }) => fault))).toEqual(new Set(["unquoted"]));
  });
});

describe("what is not TOML is refused, with its place and without its text", () => {
  it.each([
    ["a string without an end", 'a = 1\nb = "hunter2', "2:5"],
    ["lines without an end", 'b = """hunter2"', "1:5"],
    ["a line end in a string", 'a = "hunter2\n"', "1:13"],
    ["an unknown escape", String.raw`a = "hunter2 \q"`, "1:14"],
    ["a surrogate by an escape", String.raw`a = "hunter2 \ud800"`, "1:14"],
    ["a control character", 'a = "hunter2\u0001"', "1:13"],
    ["a control character in a comment", "# hunter2\u0001\n", "1:10"],
    ["a lone carriage return", 'a = 1\rb = "hunter2"', "1:6"],
    ["only carriage returns", 'a = "hunter2"\r\rb = 2\r', "1:14"],
    ["a key twice", "a = 'hunter2'\na = 'hunter2'", "2:1"],
    ["a table twice", "[a]\nb = 'hunter2'\n[a]", "3:2"],
    ["a value that is no table", "a = 'hunter2'\na.b = 1", "2:1"],
    ["no value", "hunter2 =", "1:10"],
    ["no equals sign", "hunter2", "1:8"],
    ["no comma", "a = ['hunter2' 'hunter2']", "1:16"],
    ["no end", "a = ['hunter2'", "1:15"],
    ["a bare word", "a = hunter2", "1:5"],
    ["a number of many digits", `a = ${"9".repeat(2_000)} # hunter2`, "1:5"],
    ["a bad date", "a = 2026-13-45 # hunter2", "1:5"],
    ["two values", "a = 1 'hunter2'", "1:7"],
    ["no name of a table", "[]\na = 'hunter2'", "1:2"],
    ["NUL", 'a = 1\u0000\nb = "hunter2"', "1:6"],
    ["a byte order mark later", 'a = 1\n\ufeffb = "hunter2"', "2:1"],
    ["a lone surrogate", 'a = "hunter2\ud800"', "1:13"],
  ])("%s", (_name, source, place) => {
    let refusal: unknown;
    try {
      toml.read(source);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: "invalid_document", details: { format: "TOML", place } });
    expect((refusal as Error).message).not.toContain("hunter2");
  });

  it.each<[string, string, keyof typeof LIMITS]>([
    ["arrays", "a = " + "[".repeat(64), "depth"],
    ["dotted keys", `${"a.".repeat(64)}a = 1`, "depth"],
    ["headers", `[${"a.".repeat(63)}a]`, "depth"],
    ["all of them", `[a.b]\nc.d = ${"[{e=".repeat(31)}1${"}]".repeat(31)}`, "depth"],
    ["values", `a = [${"1,".repeat(100_000)}]`, "nodes"],
  ])("over a limit: %s", (_name, source, limit) => {
    expect(() => toml.read(source)).toThrow(
      expect.objectContaining({
        code: "limit_exceeded",
        details: { limit, max: LIMITS[limit] },
      }),
    );
  });

  it("and at the limits it is not", () => {
    expect(toml.read(`a = ${"[".repeat(63)}"x"${"]".repeat(63)}`).scalars).toHaveLength(1);
    expect(toml.read(`[${"a.".repeat(62)}a]\nb = "x"`).scalars).toHaveLength(1);
  });
});
