import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { render, type ValueOf } from "../../../tests/support/documents";
import { findInDocument } from "./find";
import { yaml } from "./yaml";

/** The text that a document becomes, with one value for all references or one for each. */
function rendered(source: string, value: string | ValueOf): string {
  const result = render(yaml, source, typeof value === "string" ? () => value : value);
  if (!("text" in result)) throw new Error(JSON.stringify(result));
  return result.text;
}

function mistakesOf(source: string): string[] {
  const { mistakes } = findInDocument(yaml, source, yaml.read(source));
  return mistakes.map(({ canonical, fault, path }) => `${path} ${fault} ${canonical}`);
}

function strings(source: string): string[] {
  return yaml.read(source).scalars.map(({ text }) => text);
}

describe("a file keeps all that is not a reference", () => {
  const file = readFileSync(
    new URL("../../../tests/fixtures/configs/docker-compose.yaml", import.meta.url),
    "utf8",
  );
  const KEY = "-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n";
  const VALUES: Record<string, string> = {
    DB_PASSWORD: 'p"w\\d#: 1',
    STRIPE_KEY: "sk_live_51",
    TLS_PRIVATE_KEY: KEY,
  };

  it("docker-compose.yaml, byte for byte", () => {
    expect(rendered(file, ({ name }) => VALUES[name] ?? "")).toBe(
      `# A stack whose credentials live in the vault.
services:
  web:
    image: example/web:1.4
    environment:
      DATABASE_URL: "postgresql://app:p\\"w\\\\d#: 1@db:5432/app" # keep this comment
      STRIPE_KEY: sk_live_51
      TLS_KEY: "-----BEGIN KEY-----\\nMIIE\\n-----END KEY-----\\n"
      LOG_FORMAT: \${LOG_FORMAT:-json}
    labels:
      - "traefik.http.routers.web.rule=Host(\`example.com\`)"
`,
    );
  });

  it.each([
    ["comments, anchors, aliases, merge keys", "a: &x $SECRET/A # c\nb: *x\nc:\n  <<: *y\n"],
    ["directives and several documents", "%YAML 1.2\n---\n- $SECRET/A\n...\n---\n$SECRET/A\n---\n"],
    ["a byte order mark and CRLF", "\ufeffa: $SECRET/A\r\nb: [1, 2]\r\n"],
    ["numbers, words and empty values", "a: $SECRET/A\nb: 1.0\nc: 0x1F\nd:\ne: ~\nf: yes\n"],
    ["tags", "a: !!str $SECRET/A\nb: !vault '$SECRET/A'\nc: !!int $SECRET/A\n"],
    ["complex keys", "? [a, {b: c}]\n: $SECRET/A\n? |\n  $SECRET/K\n: 1\n"],
    ["spellings in the same string", 'a: "\\x41\\u00e9\\\n  \\/$SECRET/A\\t\n  b"\n'],
  ])("%s", (_what, source) => {
    expect(rendered(source, "v")).toBe(source.replaceAll("$SECRET/A", () => "v"));
  });

  it("and keeps a bracket in its key's column, which the specification forbids", () => {
    const source = "a: [\n  '$SECRET/A'\n] # c\nb: |\n  f() {\n  }\n  $SECRET/A\nc: {\n  d: e\n}\n";
    expect(rendered(source, "v")).toBe(source.replaceAll("$SECRET/A", () => "v"));
  });

  it("the text of a block may look like such a bracket", () => {
    expect(strings("a: [\n]\nb: |\n  ]\n  }\n")).toEqual(["]\n}\n"]);
    expect(() => yaml.read("a: [\n]\nb: x\n]\n")).toThrow();
  });
});

describe("a value changes its scalar's style only where it must", () => {
  it.each([
    ["k: $SECRET/A # c", "007", 'k: "007" # c'],
    ["k: $SECRET/A", "a: b", 'k: "a: b"'],
    ["k: [$SECRET/A]", "a,b", 'k: ["a,b"]'],
    ["k: $SECRET/A", "a,b", "k: a,b"],
    ["k: 'it''s $SECRET/A'", "it's", "k: 'it''s it''s'"],
    ["k: '$SECRET/A'", "a\nb", 'k: "a\\nb"'],
    ["k: |\n  a $SECRET/A\n  b\n", "x\n\ny", "k: |\n  a x\n\n  y\n  b\n"],
    ["k: |\n  $SECRET/A\nl: 1", "x\n", "k: |+\n  x\n\nl: 1"],
    ["k: |-\n  $SECRET/A\n\nl: 1", "x\n", "k: |\n  x\n\nl: 1"],
    ["k: | # c\n  $SECRET/A\n\nl: 1", " x", 'k: " x\\n" # c\n\nl: 1'],
    ["k: |2\n  $SECRET/A\n", " x", "k: |2\n   x\n"],
    ["k: >-\n  a\n  $SECRET/A b\n", "x", "k: >-\n  a\n  x b\n"],
    ["k: >- # c\n  a\n  $SECRET/A b\n", "x\n", 'k: "a x\\n b" # c\n'],
    ["k:\n  a\n  $SECRET/A\n", "x", 'k:\n  "a x"\n'],
    ["k: |\n  $SECRET/A", "x\ny", "k: |\n  x\n  y"],
    ["k: |\r\n  $SECRET/A\r\n", "x\ny", "k: |\r\n  x\r\n  y\r\n"],
  ])("%j, %j", (source, value, expected) => {
    expect(rendered(source, value)).toBe(expected);
  });
});

describe("what is a value, and what is a key", () => {
  it("values that are strings are read, keys are reported and never expanded", () => {
    const source = "$SECRET/K: $SECRET/A\n? [$SECRET/L, {a: b}]\n: 1\n2: {true: x}\n";
    const { scalars, keys } = yaml.read(source);
    expect(scalars.map(({ text }) => text)).toEqual(["$SECRET/A", "x"]);
    expect(keys.map(({ text }) => text)).toEqual(["$SECRET/K", "$SECRET/L", "a", "b"]);
    for (const { start, end, text } of keys) expect(source.slice(start, end)).toBe(text);
    expect(rendered(source, "v")).toBe(source.replace("$SECRET/A", "v"));
  });

  it("what counts is the string, not its spelling", () => {
    expect(rendered('a: "\\x24SECRET/A"', "v")).toBe('a: "v"');
    expect(rendered('a: "x {{Secrets.\\\n     A}}"', "v")).toBe('a: "x v"');
    expect(rendered("a: x {{Secrets.A\n  }} y", "v")).toBe('a: "x v y"');
  });

  it("a document is told apart from one that says something else than strings", () => {
    const skeletons = [
      ...["a: b", "a: 1", "a: 2", "a: null", "b: b", '"1": b', "1: b", "a: [b]", "a: [b, c]"],
      ...[
        "a: {b: c}",
        "a: &x b",
        "a: &y b",
        "a: !x b",
        "a: *x",
        "- a",
        "--- a",
        "a\n...",
        "a\n---\n",
      ],
    ].map((source) => yaml.read(source).skeleton);
    expect(new Set(skeletons).size).toBe(skeletons.length);
    expect(yaml.read("a: 'b'\n# c\n").skeleton).toBe(yaml.read("a: |\n  x\n").skeleton);
  });
});

describe("a bare reference that YAML takes for something else is named, with its place", () => {
  it.each([
    ["a: {{Secrets.A}}", ["1:4 unquoted {{Secrets.A}}"]],
    ["a: 1\nb:\n  - {{ secrets.A.m@3:-hidden }}\n", ["3:5 unquoted {{Secrets.A.m@3}}"]],
    ["a: [{{Secrets.A}}, x]", ["1:5 unquoted {{Secrets.A}}"]],
    ["{{Secrets.A}}: 1", ["1:1 unquoted {{Secrets.A}}"]],
    ["a: {{{Secrets.A}}}", ["1:5 unquoted {{Secrets.A}}"]],
    [
      "a: {{Secrets.A:-{{Secrets.B}}}}",
      ["1:4 unquoted {{Secrets.A:-…", "1:17 unquoted {{Secrets.B}}"],
    ],
    [
      "a: {{Secrets.A}}-{{Secrets.B:-hidden}}",
      ["1:4 unquoted {{Secrets.A}}", "1:18 unquoted {{Secrets.B}}"],
    ],
    ["a: [x{{Secrets.A}}]", ["1:6 unquoted {{Secrets.A}}"]],
    ["a: {{Secrets.A}", ["1:4 unquoted {{Secrets.A…"]],
    ["a: |\n  {{Secrets.A}}\nb: {{Secrets.B}}x", ["3:4 unquoted {{Secrets.B}}"]],
    ["a: {{Secrets.A}} # {{Secrets.B}}\nb: '{{Secrets.C}}'", ["1:4 unquoted {{Secrets.A}}"]],
  ])("%j", (source, expected) => {
    expect(mistakesOf(source)).toEqual(expected);
  });

  it.each([
    "a: {{ .Values.x }}",
    "a: ${{ secrets.A }}",
    "a: {{name}}",
    "a: x{{Secrets.A}}",
    "a: {b: {c: d}}",
  ])("%j is none", (source) => {
    expect(mistakesOf(source)).toEqual([]);
  });
});

describe("what is no YAML is refused with its place, and without its text", () => {
  it.each([
    ["a: 'hidden", "1:11", "a quoted string has no end"],
    [
      "a: b: hidden",
      "1:5",
      "the indentation fits nothing above it, or text here or before it needs quotes",
    ],
    ["a:\n\t- hidden", "2:1", "a tab stands where only spaces can indent"],
    ["a: [hidden", "1:11", "[ or { has no end"],
    [
      "a: [\nhidden\n]",
      "2:1",
      "a line of a quoted string, or of what stands in [ ] or { }, is not indented enough",
    ],
    ["a: !hidden!x y", "1:13", "a tag has a handle that no %TAG line declares"],
    ['a: "\\q hidden"', "1:6", "a backslash in double quotes does not stand before an escape"],
    ["a: \0hidden", "1:4", "stands a NUL character"],
    [
      "a: @hidden",
      "1:4",
      "the indentation fits nothing above it, or text here or before it needs quotes",
    ],
    ["a: {{Secrets.A:-hidden}}\n b: 'x", "2:2", "the indentation"],
  ])("%j", (source, place, what) => {
    try {
      yaml.read(source);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "invalid_document", details: { format: "YAML", place } });
      expect(String(error)).toContain(`at ${place} ${what}`);
      expect(JSON.stringify(error) + String(error)).not.toContain("hidden");
    }
  });
});
