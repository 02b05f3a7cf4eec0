import { parse as npmDotenv } from "dotenv";
import { describe, expect, test } from "vitest";
import { isCofferError } from "../errors";
import { type Entry, repeatedNames, suggestedName, type TextFormat } from "./entry";
import { guessFormat, readEntries } from "./read";

const PEM = `-----BEGIN PRIVATE KEY-----\nMIIB+/=\nQUJD\n-----END PRIVATE KEY-----\n`;

/** Name and value of each entry, null where it has a problem. */
function pairs(text: string, format: TextFormat): [string, string | null][] {
  return readEntries(text, format).map(({ name, value }) => [name, value]);
}

function refusal(text: string, format: TextFormat): string {
  try {
    readEntries(text, format);
  } catch (error) {
    if (isCofferError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("It was read.");
}

const problemOf = (text: string, format: TextFormat) => readEntries(text, format)[0]?.problem;

describe("a .env", () => {
  test("says what npm dotenv reads in it", () => {
    const text = [
      "PLAIN=value",
      "export EXPORTED = spaced out  ",
      "SINGLE='it says \"x\" \\n # no comment'",
      'DOUBLE="line 1\\nline 2"',
      'TICK=`it\'s "both"`',
      "URL=postgres://u:p@h/db?a=b&c=d==",
      "TRAILING=kept # a comment",
      'JSON={"a":1}',
      `PEM="${PEM}"`,
      "AFTER=pem",
      "__proto__=polluted",
    ].join("\n");
    const read = new Map(pairs(text, "dotenv"));
    for (const [name, value] of Object.entries(npmDotenv(text))) expect(read.get(name)).toBe(value);
    expect(read.get("PEM")).toBe(PEM);
    expect(read.get("__proto__")).toBe("polluted");
    expect(read.size).toBe(11);
  });

  test("is read alike with CRLF and a byte order mark", () => {
    const text = "# about A\nA=1\n\nB='x'\n";
    expect(readEntries(text, "dotenv")[0]?.description).toBe("about A");
    expect(readEntries(`\ufeff${text.replaceAll("\n", "\r\n")}`, "dotenv")).toEqual(
      readEntries(text, "dotenv"),
    );
  });

  test("gives the comments directly above as the description, and no other", () => {
    const text = [
      "# Of the file, and of nothing in it",
      "",
      "# Key of the proxy,",
      "#   ask ops",
      "A=1 # not this",
      "B=2",
      "# ---------",
      "# Of C",
      "C=3",
      "D='",
      "# in the value",
      "'",
      "E=5",
    ].join("\n");
    const found = readEntries(text, "dotenv").map(({ name, description }) => [name, description]);
    expect(found).toEqual([
      ["A", "Key of the proxy, ask ops"],
      ["B", ""],
      ["C", "Of C"],
      ["D", ""],
      ["E", ""],
    ]);
  });

  test("never takes a variable that is commented out for a description", () => {
    for (const line of ["#A=sk-old", "# export A = sk-old", "# A: sk-old", "#   token=sk-old"]) {
      expect(readEntries(`X=1\n${line}\nA=new`, "dotenv")[1]?.description).toBe("");
    }
  });

  test.each([
    ["a # that may belong to the value", "A=pa#ss"],
    ["a carriage return that programs differ about", 'A="a\\rb"'],
  ])("names %s as a problem, and takes no value", (_, text) => {
    expect(problemOf(text, "dotenv")).toMatch(/quotes/);
    expect(pairs(text, "dotenv")).toEqual([["A", null]]);
  });

  test.each([
    ["a quote without end", "A='x\nB=2", "1:3"],
    ["a line that is none", "A=1\nnonsense here", "2:1"],
    ["an escaped quote", 'A="x\\"y"', "1:6"],
  ])("with %s is refused with its place and none of its text", (_, text, place) => {
    expect(refusal(text, "dotenv")).toMatch(new RegExp(`^invalid_document: .*at ${place} `));
    expect(refusal(text, "dotenv")).not.toContain("nonsense");
  });
});

describe("a JSON map", () => {
  test("keeps the text of numbers, and __proto__ as a name", () => {
    const text = `{"S":"a\\u0000\\n","N":12345678901234567890,"F":1.0,"T":true,"__proto__":"p","P":${JSON.stringify(PEM)}}`;
    expect(pairs(text, "json")).toEqual([
      ...[
        ["S", "a\0\n"],
        ["N", "12345678901234567890"],
        ["F", "1.0"],
        ["T", "true"],
      ],
      ...[
        ["__proto__", "p"],
        ["P", PEM],
      ],
    ]);
  });

  test("keeps a name that stands twice twice", () => {
    expect(pairs('{"A":"1","A":"2"}', "json")).toEqual([
      ["A", "1"],
      ["A", "2"],
    ]);
  });

  test.each(['{"A":null}', '{"A":{"b":1}}', '{"A":[1]}', '{"A":1e3}', '{"A":-0.0e0}'])(
    "takes no value of %s and says why",
    (text) => {
      expect(pairs(text, "json")).toEqual([["A", null]]);
      expect(problemOf(text, "json")).toBeTruthy();
    },
  );

  test.each(["[1]", '"x"', "{", '{"A":"sk-value"', "", '{"A":1,}'])("refuses %s", (text) => {
    expect(refusal(text, "json")).toMatch(/^invalid_document: /);
    expect(refusal(text, "json")).not.toContain("sk-value");
  });
});

describe("a YAML map", () => {
  test("says its strings, and numbers and booleans as they are written", () => {
    const text = [
      "A: plain # comment",
      "B: 'it''s'",
      'C: "tab\\t"',
      "D: |",
      ...PEM.trimEnd()
        .split("\n")
        .map((line) => `  ${line}`),
      "E: 12345678901234567890",
      "F: 1.0",
      "G: true",
      "H: !!str 010",
      "? I",
      ": explicit",
      '"J": 2024-01-01',
      "__proto__: p",
    ].join("\n");
    expect(pairs(text, "yaml")).toEqual([
      ...[
        ["A", "plain"],
        ["B", "it's"],
        ["C", "tab\t"],
        ["D", PEM],
      ],
      ...[
        ["E", "12345678901234567890"],
        ["F", "1.0"],
        ["G", "true"],
        ["H", "010"],
      ],
      ...[
        ["I", "explicit"],
        ["J", "2024-01-01"],
        ["__proto__", "p"],
      ],
    ]);
  });

  test.each([
    ...["A: yes", "A: Off", "A: y", "A: 010", "A: 0x1F", "A: 1_000", "A: 1e3", "A: 1:30", "A: .5"],
    ...[
      "A: .inf",
      "A: True",
      "A: +1",
      "A:",
      "A: ~",
      "A: null",
      "A: {b: 1}",
      "A: [1]",
      "A: !!int 1",
    ],
    ...["A: !x y", "A: !!binary aGk="],
  ])("takes no value of %s and says why", (text) => {
    expect(pairs(text, "yaml")).toEqual([["A", null]]);
    expect(problemOf(text, "yaml")).toBeTruthy();
  });

  test("follows no alias and no merge key, so a bomb of them costs nothing", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let i = 0; i < 40; i++) {
      const [name, of] = [`b${String(i)}`, i === 0 ? "a" : `b${String(i - 1)}`];
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(", ")}]`);
    }
    const text = `${bomb.join("\n")}\n<<: *a\nalias: *a\nGOOD: fine`;
    const entries = readEntries(text, "yaml");
    expect(entries.filter(({ value }) => value !== null).map(({ name }) => name)).toEqual(["GOOD"]);
    expect(entries.at(-2)?.problem).toContain("alias");
    expect(entries.at(-3)?.problem).toContain("Merge");
  });

  test.each(["- a\n- b", "just text", "a: 1\n---\nb: 2", "a: [", "a: 'x"])("refuses %j", (text) => {
    expect(refusal(text, "yaml")).toMatch(/^invalid_document: /);
  });

  test("has no entries where it is empty", () => {
    expect(readEntries("# nothing\n", "yaml")).toEqual([]);
    expect(readEntries("", "yaml")).toEqual([]);
  });
});

describe("what is no text", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("latin1");
  test.each([
    ["a picture", png],
    ["a NUL", "A=1\0\nB=2"],
    ["SQLite", "SQLite format 3\0"],
  ])("is refused: %s", (_, text) => {
    for (const format of ["dotenv", "json", "yaml"] as const) {
      expect(refusal(text, format)).toMatch(/^invalid_document: This is no text/);
    }
  });
});

test("10,000 entries are read in every format, and one more is refused", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `NAME_${String(i)}`);
  const texts = {
    dotenv: names.map((name) => `${name}=v\n`).join(""),
    json: JSON.stringify(Object.fromEntries(names.map((name) => [name, "v"]))),
    yaml: names.map((name) => `${name}: v\n`).join(""),
  };
  for (const format of ["dotenv", "json", "yaml"] as const) {
    expect(readEntries(texts[format], format)).toHaveLength(10_000);
    const more = format === "json" ? texts.json.replace("{", '{"X":"v",') : texts[format] + "X: v";
    expect(refusal(format === "dotenv" ? `${texts.dotenv}X=v` : more, format)).toMatch(
      /^limit_exceeded: /,
    );
  }
});

test.each<[string, TextFormat]>([
  ["A=1", "dotenv"],
  ["# c\n\nexport A=1", "dotenv"],
  ["A=x: y", "dotenv"],
  ['\ufeff {"A": 1}', "json"],
  ["# c\nA: 1", "yaml"],
  ["---\nA: 1", "yaml"],
  ['"A b": 1', "yaml"],
  ["A: b=c", "yaml"],
  ["", "dotenv"],
  ["what is this", "dotenv"],
])("%j looks like %s", (text, format) => {
  expect(guessFormat(text)).toBe(format);
});

test.each([
  ["1PASSWORD", "_1PASSWORD"],
  ["my-key.v2", "my_key_v2"],
  [" spaced ", "spaced"],
  ["../../etc", "______etc"],
  ["é", null],
  ["", null],
  ["FINE", null],
])("%j is suggested as %j", (name, suggestion) => {
  expect(suggestedName(name)).toBe(suggestion);
});

test("a name that stands more than once is found in any case, but not where it is left out", () => {
  const entry = (name: string, place: string, leftOut?: string): Entry => ({
    ...{ name, place, description: "", value: "v", leftOut },
  });
  const entries = [entry("A", "line 1"), entry("a", "line 2"), entry("B", "line 3")];
  expect(repeatedNames([...entries, entry("B", "line 4", "deleted")])).toEqual(
    new Map([["a", ["line 1", "line 2"]]]),
  );
});
