import { describe, expect, test } from "vitest";
import { findReferences } from "../../lib/reference/expand";
import { warningsOfTree } from "../../lib/reference/warnings";
import type { Finding } from "./findings";
import { findMarks } from "./marks";
import { piecesOf } from "./spot";

const finding = (status: string, text: string, ...places: string[]): Finding => ({
  ...{ status, text, places, name: null, message: null },
  tone: status === "ok" ? "ok" : status === "warning" ? "warned" : "failed",
});

/** What a check of JSON says, as the server finds it. */
function check(text: string): Finding[] {
  const { uses, mistakes, range } = findReferences(text);
  return [
    ...uses.map(({ reference, paths }) => finding("ok", reference.canonical, ...paths)),
    ...mistakes.map(({ canonical, path }) => finding("malformed", canonical, path)),
    ...warningsOfTree(text, range).map(({ text, path }) => finding("warning", text, path)),
  ];
}

/** Each mark as the text under it, with the status and text of what was found there. */
function marked(text: string, findings: readonly Finding[], format: "json" | "yaml" = "json") {
  return findMarks(text, format, findings).map(({ start, end, findings: here }) => [
    text.slice(start, end),
    ...here.map((index) => `${findings[index]?.status ?? ""} ${findings[index]?.text ?? ""}`),
  ]);
}

describe("the marks in JSON", () => {
  test("stand at every reference that the server has found, and nowhere else", () => {
    const text = `{"a": "Bearer $SECRET/A", "b": ["<<Secrets.B>>:{{ secrets.c }}", "$SECRET/A"],
      "$SECRET/K": "\\\\$SECRET/A is literal", "n": 1.0, "e": "$env://HOME", "m": "$secret://v/1/k"}`;
    expect(marked(text, check(text))).toEqual([
      ["$SECRET/A", "ok $SECRET/A"],
      ["<<Secrets.B>>", "ok <<Secrets.B>>"],
      ["{{ secrets.c }}", "ok {{Secrets.c}}"],
      ["$SECRET/A", "ok $SECRET/A"],
      ["$SECRET/K", "warning $SECRET/K"],
      ["$env://HOME", "ok $ENV://HOME"],
      ["$secret://v/1/k", "ok $secret://v/1/k"],
    ]);
  });

  test("are exact where the source spells the text with escapes", () => {
    const text = String.raw`{"a\/b~": "\u00e9\n\"\u0024SECRET/A\t{{Secrets.B}}"}`;
    expect(marked(text, check(text))).toEqual([
      [String.raw`\u0024SECRET/A`, "ok $SECRET/A"],
      ["{{Secrets.B}}", "ok {{Secrets.B}}"],
    ]);
  });

  test("tell references apart that differ in their default only", () => {
    const text = '["{{Secrets.A:-x}} {{Secrets.A}}", "{{Secrets.A}}{{Secrets.A:-y}}"]';
    const findings = check(text);
    expect(findMarks(text, "json", findings).map((mark) => mark.findings)).toEqual([
      [0],
      [1],
      [1],
      [2],
    ]);
  });

  test("stand at what is malformed, each of its own, and at warnings, also on a reference", () => {
    const text = '["{{Secrets.a-b}} {{Secrets.a-b}} $SECRET/C/d $SECRTE/E"]';
    expect(marked(text, check(text))).toEqual([
      ["{{Secrets.a", "malformed {{Secrets.a…"],
      ["{{Secrets.a", "malformed {{Secrets.a…"],
      ["$SECRET/C", "ok $SECRET/C", "warning $SECRET/C"],
      ["$SECRTE/E", "warning $SECRTE/E"],
    ]);
  });

  test("are found at the root, and for a member that stands twice", () => {
    expect(marked('"$SECRET/A"', check('"$SECRET/A"'))).toEqual([["$SECRET/A", "ok $SECRET/A"]]);
    const twice = '{"a": "$SECRET/A", "a": "{{Secrets.B-}} $SECRET/A"}';
    expect(marked(twice, check(twice))).toHaveLength(3);
  });

  test("leave out what is not there", () => {
    expect(findMarks('{"a": 1}', "json", [finding("ok", "$SECRET/A", "/a", "/b/0")])).toEqual([]);
  });
});

describe("the marks in a document", () => {
  test("stand at their line and column, and not in comments", () => {
    const text = '# $SECRET/A\r\na: $SECRET/A # $SECRET/A\nb: "x {{ secrets.B }}"\n\rc: $env/X\n';
    const findings = [
      finding("ok", "$SECRET/A", "2:4"),
      finding("missing", "{{Secrets.B}}", "3:7"),
      finding("denied", "$ENV/X", "5:4"),
    ];
    expect(marked(text, findings, "yaml")).toEqual([
      ["$SECRET/A", "ok $SECRET/A"],
      ["{{ secrets.B }}", "missing {{Secrets.B}}"],
      ["$env/X", "denied $ENV/X"],
    ]);
    expect(findMarks(text, "yaml", findings)[0]?.start).toBe(16);
  });

  test("are found where the place is near before, and where the format spells it otherwise", () => {
    const text = 'a: |\n  one\n  $SECRET/A\nb: "\\u0024SECRET/B x"\nc: {{Secrets.c-d}}\n';
    const findings = [
      finding("ok", "$SECRET/A", "2:3"),
      finding("ok", "$SECRET/B", "4:5"),
      finding("malformed", "{{Secrets.c…", "5:4"),
    ];
    expect(marked(text, findings, "yaml").map(([under]) => under)).toEqual([
      "$SECRET/A",
      "\\u0024SECRET/B",
      "{{Secrets.c",
    ]);
  });

  test("leave out a place that the text does not have", () => {
    const none = [finding("ok", "$SECRET/A", "9:1", "1:99", "", "x")];
    expect(findMarks("a: b", "yaml", none)).toEqual([]);
  });
});

describe("ten thousand references", () => {
  test.each(["of one name", "of many names", "with a default of their own"])(
    "%s are marked in a moment",
    (kind) => {
      const one = (n: number) =>
        kind === "of one name"
          ? "$SECRET/A"
          : kind === "of many names"
            ? `$SECRET/A${String(n)}`
            : `{{Secrets.A:-${String(n)}}}`;
      const all = Array.from({ length: 10_000 }, (_, n) => one(n));
      for (const text of [JSON.stringify(all), JSON.stringify(all.join(" "))]) {
        const findings = check(text);
        expect(findMarks(text, "json", findings)).toHaveLength(10_000);
      }
      const text = all.join("\n");
      const findings = all.map((raw, n) =>
        finding("ok", raw.replace(/:-\d+/, ""), `${String(n + 1)}:1`),
      );
      expect(findMarks(text, "yaml", findings)).toHaveLength(10_000);
    },
  );

  test("with every malformed one in one string", () => {
    const text = JSON.stringify("{{Secrets.a-".repeat(10_000));
    expect(findMarks(text, "json", check(text))).toHaveLength(10_000);
  });
});

describe("what is shown of a marked text", () => {
  const text = "one $SECRET/A\ntwo $SECRET/B\n";
  const marks = findMarks(text, "text", [
    finding("ok", "$SECRET/A", "1:5"),
    finding("ok", "$SECRET/B", "2:5"),
  ]);
  const shown = (most: { characters: number; marks: number }) => {
    const { pieces, isCut } = piecesOf(text, marks, most);
    return [pieces.map((piece) => piece.text).join("|"), isCut];
  };

  test("is all of a short one, in pieces that make up the text", () => {
    expect(shown({ characters: 99, marks: 9 })).toEqual([
      "one |$SECRET/A|\ntwo |$SECRET/B|\n",
      false,
    ]);
  });

  test("ends with a line, and never within a mark or a character", () => {
    expect(shown({ characters: 20, marks: 9 })).toEqual(["one |$SECRET/A|\n", true]);
    expect(shown({ characters: 8, marks: 9 })).toEqual(["one ", true]);
    expect(shown({ characters: 99, marks: 1 })).toEqual(["one |$SECRET/A|\n", true]);
    expect(piecesOf("a😀b", [], { characters: 2, marks: 9 }).pieces[0]?.text).toBe("a");
  });
});
