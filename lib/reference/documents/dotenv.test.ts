import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { parse as parseDotenv } from "dotenv";
import { describe, expect, it } from "vitest";
import { renderedText } from "../../../tests/support/documents";
import { HOSTILE_ROWS } from "../../../tests/support/hostile-values";
import { dotenv } from "./dotenv";
import { findInDocument } from "./find";

/** What both readers make of a file; they must agree. */
function readBack(source: string): Record<string, string> {
  const read = parseDotenv(source);
  expect({ ...parseEnv(source) }).toEqual(read);
  expect(parseDotenv(source, { fast: true })).toEqual(read);
  return read;
}

const VALUES: readonly (readonly [string, source: string, before: string, after: string])[] = [
  ["bare", "$SECRET/A", "", ""],
  ["bare, middle", "x $SECRET/A y", "x ", " y"],
  ["bare, quotes within", `it's $SECRET/A "b"`, "it's ", ' "b"'],
  ["bare, backslashes", "C:\\n\\x $SECRET/A\\n", "C:\\n\\x ", "\\n"],
  ["single", "'$SECRET/A'", "", ""],
  ["single, middle", `'# "x\\n $SECRET/A \`y'`, `# "x\\n `, " `y"],
  ["single, lines", "'\nx\n$SECRET/A\n'", "\nx\n", "\n"],
  ["double", '"$SECRET/A"', "", ""],
  ["double, middle", `"# 'x\\n $SECRET/A\\n\ny\\t"`, "# 'x\n ", "\n\ny\\t"],
  ["backtick", "`$SECRET/A`", "", ""],
  ["backtick, middle", "`'x\\n\" $SECRET/A  \n`", "'x\\n\" ", "  \n"],
];

const LINES: readonly (readonly [string, (value: string) => string])[] = [
  ["a line", (value) => `# it's\nA=${value}\nZ=1\n`],
  ["the last line", (value) => `Z=1\n\nA=${value}`],
  ["with blanks", (value) => ` A = ${value}\nZ=1 \n`],
  ["with a comment", (value) => `export A=${value} # "c" $SECRET/B it's\nZ='1'#\n`],
];

describe.each(VALUES)("dotenv, %s", (_quote, spelled, before, after) => {
  it.each(HOSTILE_ROWS)(
    "says a value as it is to both readers, or is refused: %s",
    (name, value) => {
      for (const [, lineOf] of LINES) {
        for (const file of [lineOf(spelled), lineOf(spelled).replaceAll("\n", "\r\n")]) {
          const rendered = renderedText(dotenv, file, () => value);
          const text = `${before}${value}${after}`;
          expect(rendered === null).toBe(!canBeSaid(text));
          if (rendered === null) continue;
          expect(readBack(rendered)).toEqual({ A: text, Z: "1" });
          expect(dotenv.read(rendered).skeleton).toBe(dotenv.read(file).skeleton);
        }
      }
    },
  );
  it("of which more can be written than can't", () => {
    const written = HOSTILE_ROWS.filter(([, value]) => canBeSaid(`${before}${value}${after}`));
    expect(written.length).toBeGreaterThan(HOSTILE_ROWS.length / 2);
  });
});

/** Written from GRAMMAR.md (D5) alone: whether some quoting holds a value. */
function canBeSaid(text: string): boolean {
  if (/[\r\0]|\p{Surrogate}/u.test(text)) return false;
  const literal = !text.endsWith("\\");
  if (literal && (!text.includes("'") || !text.includes("`"))) return true;
  if (!text.includes('"') && literal && !/\\[nr]/.test(text)) return true;
  return !/^['"`]|[#\n\u2028\u2029]/.test(text) && text.trim() === text;
}

describe("dotenv keeps the quotes that hold the value, and takes others where they don't", () => {
  it.each([
    ["bare", "A=$SECRET/A # c", "p@ss w0rd$1", "A=p@ss w0rd$1 # c"],
    ["bare, a quote at the start", "A=$SECRET/A", "'x", `A="'x"`],
    ["bare, a hash", "A=$SECRET/A # c", "a#b", "A='a#b' # c"],
    ["bare, a blank at the end", "A=$SECRET/A", "a ", "A='a '"],
    ["bare, lines", "A=$SECRET/A", "a\nb", 'A="a\\nb"'],
    ["bare, lines and a double quote", "A=$SECRET/A", 'a\n"b', `A='a\n"b'`],
    ["bare, nothing", "A=$SECRET/A\nB=1", "", "A=\nB=1"],
    ["bare, nothing but blanks", "A= $SECRET/A\nB=1", "", "A= ''\nB=1"],
    ["bare, nothing before a comment", "A=$SECRET/A # c", "", "A='' # c"],
    ["single", "A='$SECRET/A'", 'a "b" # \\n', `A='a "b" # \\n'`],
    ["single, a single quote", "A='$SECRET/A'", "it's", `A="it's"`],
    ["single, a single quote and an escape", "A='$SECRET/A'", "it's\\n", "A=`it's\\n`"],
    ["single, lines", "A='$SECRET/A'", "a\nb", "A='a\nb'"],
    ["double, lines", 'A="$SECRET/A"', "a\nb\n", 'A="a\\nb\\n"'],
    ["double, an escape beside it", 'A="x\\n$SECRET/A"', "a'", `A="x\\na'"`],
    ["double, what would be an escape", 'A="$SECRET/A"', "C:\\new", "A='C:\\new'"],
    ["double, what would become an escape", 'A="$SECRET/A{{Secrets.B}}"', "\\", null],
    ["a backslash at the end", "A='$SECRET/A'", "C:\\", "A=C:\\"],
    ["an escaped reference", "A='\\$SECRET/A'", "", "A='$SECRET/A'"],
    ["keys and comments", "$SECRET=1", "", null],
    [
      "names that objects have",
      "__proto__=$SECRET/A\nconstructor='1'",
      "v",
      "__proto__=v\nconstructor='1'",
    ],
    ["a name twice", "A=$SECRET/A\nA='$SECRET/A'", "v", "A=v\nA='v'"],
    ["a byte order mark", "\ufeffA=$SECRET/A", "v", "\ufeffA=v"],
  ])("%s", (_name, source, value, expected) => {
    if (source.startsWith("$")) expect(() => dotenv.read(source)).toThrow();
    else
      expect(renderedText(dotenv, source, ({ name }) => (name === "B" ? "n" : value))).toBe(
        expected ?? "A='\\n'",
      );
  });

  it("app.env, byte for byte", () => {
    const file = new URL("../../../tests/fixtures/configs/app.env", import.meta.url);
    const values: Record<string, string> = {
      SMTP_PASSWORD: "p@ss # w0rd 'x'",
      JWT_PRIVATE_KEY: "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
    };
    const rendered = renderedText(
      dotenv,
      readFileSync(file, "utf8"),
      ({ name }) => values[name] ?? "",
    );
    expect(rendered).toBe(
      `# application settings
NODE_ENV=production
SMTP_PASSWORD="p@ss # w0rd 'x'"
JWT_PRIVATE_KEY="-----BEGIN KEY-----\\nAAAA\\n-----END KEY-----\\n"
GREETING='hello $USER'
`,
    );
    expect(readBack(rendered ?? "")).toMatchObject(values);
  });
});

describe("dotenv reads what both readers read", () => {
  it.each([
    "A=1\nB = 2\n  C=3\nexport D=4\nE.f-g=5\n6=7",
    "A=a#b\nB=a #b\nC= # c\nD='x'#c\nE=\"#\nF=2\"\nG=3",
    "A=\nB=''\nC=\"\"\nD=``\nE=\"\\n\"\nF='\\n'\nG=\\n\nH=`\\n`",
    "# it's\nA='a' # it's\n\n\nB=`x'\"y`\nC=x'y'\nD=\"'\"\nE==\nF=a=b",
    "A='a\r\nb'\r\nB=c\r\n\r\n# d\r\nC=\"e\r\n\"\r\n",
    "export=1\nexportA=2\nA=export B=3",
    "A=$B ${C} $(D) %E%",
    "A=é\nB='密钥 😀'\nC=a\u00a0b",
    "A='x'\nA=y",
  ])("%j", (source) => {
    const { scalars, keys } = dotenv.read(source);
    const pairs = scalars.map(({ text }, i) => [keys[i]?.text, text] as const);
    expect(Object.fromEntries(pairs)).toEqual(readBack(source));
    for (const { start, end, text } of keys) expect(source.slice(start, end)).toBe(text);
  });

  it.each([
    ["a carriage return by escape", 'A="\\r$SECRET/A"'],
    ["a tab before it", "A=\t$SECRET/A"],
    ["a tab after it", "A='$SECRET/A'\t# c"],
    ["a no-break space", "A=\u00a0$SECRET/A"],
    ["a line separator", "A='x\u2028$SECRET/A\u2028'", true],
    ["a line separator, bare", "A=x\u2028$SECRET/A"],
  ])("and changes no value that they read otherwise: %s", (_name, source, agreed = false) => {
    expect(renderedText(dotenv, source, () => "v") !== null).toBe(agreed);
    const quiet = source.replace("$SECRET/A", "x");
    expect(renderedText(dotenv, quiet, () => "v")).toBe(quiet);
  });

  it.each([
    ["a line that is none", "A=1\nhunter2\n", "2:1"],
    ["a name alone", "A", "1:1"],
    ["YAML", "A: hunter2=", "1:1"],
    ["a section", "[a]\nA=hunter2", "1:1"],
    ["no name", "=hunter2", "1:1"],
    ["a quote without an end", "A='hunter2\nB=1", "1:3"],
    ["something after a quote", "A='hunter2' x", "1:12"],
    ["a quote inside", "A='it's hunter2'", "1:7"],
    ["an escaped quote", 'A="hunter2\\"x"', "1:12"],
    ["a carriage return", "A=1\rB=hunter2", "1:4"],
    ["a value on the next line", "A=\n'hunter2'", "2:1"],
  ])("and refuses a file that they read otherwise: %s", (_name, source, place) => {
    let refusal: unknown;
    try {
      dotenv.read(source);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      code: "invalid_document",
      details: { format: "dotenv", place },
    });
    expect((refusal as Error).message).not.toContain("hunter2");
  });

  it("names a reference in what the readers take for a comment and people for the value", () => {
    const source = "A=1\nB=pass#$SECRET/A and {{Secrets.B:-x}}\nC=x #$SECRET/C\n";
    const { mistakes, uses } = findInDocument(dotenv, source, dotenv.read(source));
    expect(mistakes).toEqual([
      { canonical: "$SECRET/A", fault: "unquoted", path: "2:8" },
      { canonical: "{{Secrets.B}}", fault: "unquoted", path: "2:22" },
    ]);
    expect(uses).toEqual([]);
  });

  it("knows where a reference stands behind escapes and lines", () => {
    const source = 'A="\\n\\n$SECRET/A\r\n  $SECRET/B"';
    const { uses } = findInDocument(dotenv, source, dotenv.read(source));
    expect(uses.map(({ paths }) => paths)).toEqual([["1:8"], ["2:3"]]);
  });

  it("refuses more values than a document may have", () => {
    expect(() => dotenv.read("A=\n".repeat(100_001))).toThrow(
      expect.objectContaining({ code: "limit_exceeded" }),
    );
  });
});
