import { describe, expect, it } from "vitest";
import { findReferences, requireRoom, splice } from "./expand";
import { topLevelMembers } from "./json-text";
import type { Reference } from "./segments";

/** Expands with these values, by name. */
function expand(text: string, values: Record<string, string>): string {
  return splice(findReferences(text), ({ name }) => values[name] ?? "?");
}

describe("findReferences", () => {
  it("gives each distinct reference once, with all its places, in the order of the text", () => {
    const text = `{"a":"$SECRET/B $SECRET/A $SECRET/B","b":["{{Secrets.A}}","$SECRET/B"],"$SECRET/K":1}`;
    const { uses, mistakes } = findReferences(text);
    expect(uses.map(({ reference, paths, count }) => [reference.raw, paths, count])).toEqual([
      ["$SECRET/B", ["/a", "/b/1"], 3],
      ["$SECRET/A", ["/a"], 1],
      ["{{Secrets.A}}", ["/b/0"], 1],
    ]);
    expect(mistakes).toEqual([]);
  });

  it("reports every malformed reference with its place", () => {
    const { mistakes } = findReferences(`["$SECRET/","ok",{"x":"{{Secrets.my-key}} {{Secrets.A"}]`);
    expect(mistakes).toEqual([
      { canonical: "$SECRET/…", fault: "name", path: "/0" },
      { canonical: "{{Secrets.my…", fault: "closing", path: "/2/x" },
      { canonical: "{{Secrets.A…", fault: "closing", path: "/2/x" },
    ]);
  });

  it("recognises references by the decoded string, however it is escaped", () => {
    const spellings = [
      String.raw`"\u0024SECRET/X"`,
      String.raw`"$SECRET\/X"`,
      String.raw`"$\u0053ECRET/X"`,
      String.raw`"{\u007bSecrets.X}}"`,
      String.raw`"\u007b{Secrets.X\u007d}"`,
      String.raw`"\u003c\u003cSecrets.X>>"`,
      String.raw`"{{\tSecrets.X}}"`,
      String.raw`"\u0024ENV\u002fX"`,
    ];
    for (const spelling of spellings) expect(expand(spelling, { X: "v" })).toBe(`"v"`);
  });

  it("takes the body's member as the document, with pointers from there", () => {
    const body = `{"only":"$SECRET/NO","config":{"a":"$SECRET/A"}}`;
    const found = findReferences(body, topLevelMembers(body).get("config"));
    expect(found.uses.map(({ paths }) => paths)).toEqual([["/a"]]);
    expect(splice(found, () => "v")).toBe(`{"a":"v"}`);
  });

  it("looks into no string outside of `paths`, malformed or escaped", () => {
    const text = String.raw`{"in":["$SECRET/A"],"out":["$SECRET/A","$SECRET/","\\$SECRET/A"]}`;
    const found = findReferences(text, undefined, { paths: ["/in/**"] });
    expect(found.mistakes).toEqual([]);
    expect(splice(found, () => "v")).toBe(
      String.raw`{"in":["v"],"out":["$SECRET/A","$SECRET/","\\$SECRET/A"]}`,
    );
    expect(findReferences(text, undefined, { paths: [] }).edits).toEqual([]);
  });

  it("allows 10,000 references, malformed ones included, and names the limit beyond", () => {
    const text = (count: number, one: string): string => JSON.stringify(one.repeat(count));
    expect(findReferences(text(10_000, "$SECRET/A ")).uses).toMatchObject([{ count: 10_000 }]);
    expect(findReferences(text(10_000, "$SECRET/ ")).mistakes).toHaveLength(10_000);
    const tooMany = { code: "limit_exceeded", details: { limit: "references", max: 10_000 } };
    for (const one of ["$SECRET/A ", "$SECRET/ "]) {
      expect(() => findReferences(text(10_001, one))).toThrow(expect.objectContaining(tooMany));
    }
  });

  it("limits the length of all pointers together, so that a long key can't multiply", () => {
    const text = (strings: number): string =>
      JSON.stringify({ ["k".repeat(500_000)]: Array(strings).fill("$SECRET/A") });
    expect(findReferences(text(4)).uses).toHaveLength(1);
    const tooLong = { code: "limit_exceeded", details: { limit: "places", max: 2_097_152 } };
    expect(() => findReferences(text(5))).toThrow(expect.objectContaining(tooLong));
  });
});

describe("splice", () => {
  it("keeps every character outside of references", () => {
    const text = String.raw` { "n" : [12345678901234567890, 1.0, -0, 1E5 ] ,
      "a":"caf\u00e9 \/ $SECRET/X \ud83d\ude00 \u0000\t","a":"$SECRET/X", "__proto__" : {"z":"\/"} } `;
    expect(expand(text, { X: "v" })).toBe(text.replaceAll("$SECRET/X", "v"));
  });

  it("encodes a value for JSON exactly once, whatever it holds", () => {
    const values = [
      'quote " backslash \\ slash / newline \n\r\t nul \u0000 del \u007f',
      "$& $1 $$ $` $' $<n>",
      '","admin":true,"x":"',
      "lone \ud800 surrogate \udc00, pair 😀, \u2028\u2029",
      "",
      "{}",
    ];
    for (const value of values) {
      const output = expand(`{"a":"<$SECRET/X|{{Secrets.X}}>"}`, { X: value });
      expect(JSON.parse(output)).toEqual({ a: `<${value}|${value}>` });
    }
  });

  it("never reads a value as a reference", () => {
    const values = { A: "$SECRET/B", B: "{{Secrets.A}}", C: "\\", D: "SECRET/B" };
    expect(expand(`["$SECRET/A","$SECRET/B"]`, values)).toBe(`["$SECRET/B","{{Secrets.A}}"]`);
    expect(expand(`["{{Secrets.C}}$SECRET/B"]`, values)).toBe(`["\\\\{{Secrets.A}}"]`);
    expect(expand(`["\${{Secrets.D}} $<<Secrets.D>>"]`, values)).toBe(
      `["\${{Secrets.D}} $SECRET/B"]`,
    );
  });

  it("undoes escapes, and leaves backslashes alone where there is nothing to escape", () => {
    const text = String.raw`["\\$SECRET/X","\\\\$SECRET/X","C:\\x","\u005c$SECRET/X é\/"]`;
    expect(expand(text, { X: "v" })).toBe(String.raw`["$SECRET/X","\\v","C:\\x","$SECRET/X é\/"]`);
  });

  it("joins the halves of a surrogate pair as strings do", () => {
    const output = expand(String.raw`["\ud83d$SECRET/X"]`, { X: "\ude00" });
    expect(JSON.parse(output)).toEqual(["😀"]);
  });

  it("asks once for each distinct reference, in order, and puts each its own value", () => {
    const text = `["{{Secrets.A:-x}}","{{ Secrets.A:-x}}","{{Secrets.A:-y}}","{{Secrets.A:-x}}"]`;
    const asked: Reference[] = [];
    const output = splice(findReferences(text), (reference) => {
      asked.push(reference);
      return reference.fallback ?? "";
    });
    expect(asked.map(({ raw }) => raw)).toEqual([
      "{{Secrets.A:-x}}",
      "{{ Secrets.A:-x}}",
      "{{Secrets.A:-y}}",
    ]);
    expect(output).toBe(`["x","x","y","x"]`);
  });

  it("leaves the source of a reference whose value is its own text", () => {
    const text = String.raw`["a \u0024SECRET\/X {{  Secrets.X }}"]`;
    expect(splice(findReferences(text), ({ raw }) => raw)).toBe(text);
  });

  it("expands nothing while anything is malformed", () => {
    const found = findReferences(`["$SECRET/A","$SECRET/"]`);
    expect(() => splice(found, () => "v")).toThrow(expect.objectContaining({ code: "unresolved" }));
  });

  it("measures the output in bytes, exactly, and stops at 8 MiB", () => {
    const tooLarge: unknown = expect.objectContaining({ code: "output_too_large" });
    const value = "x".repeat(65_536);
    const text = JSON.stringify("$SECRET/A ".repeat(127) + "a".repeat(65_536 - 127 - 2));
    expect(splice(findReferences(text), () => value)).toHaveLength(8_388_608);
    expect(() => splice(findReferences(text.replace("aa", "aaa")), () => value)).toThrow(tooLarge);
    expect(() => splice(findReferences(text.replace("aa", "aé")), () => value)).toThrow(tooLarge);
    const escaped = findReferences(JSON.stringify("$SECRET/A".repeat(30)));
    expect(() => splice(escaped, () => "\u0000".repeat(65_536))).toThrow(tooLarge);
  });

  it("asks for no value after the limit is passed", () => {
    const names = Array.from({ length: 1000 }, (_, i) => `$SECRET/A${String(i)}`);
    const found = findReferences(JSON.stringify(names));
    let asked = 0;
    const value = (): string => {
      asked++;
      return "x".repeat(65_536);
    };
    expect(() => splice(found, value)).toThrow(
      expect.objectContaining({ code: "output_too_large" }),
    );
    expect(asked).toBe(128);
  });
});

describe("requireRoom", () => {
  it("refuses what can't fit before anything is opened, and nothing that would", () => {
    const text = JSON.stringify("$SECRET/A ".repeat(127) + "a".repeat(65_536 - 127 - 2));
    const found = findReferences(text);
    const asked: string[] = [];
    const bytesOf = (bytes: number) => (reference: Reference) => {
      asked.push(reference.raw);
      return bytes;
    };
    expect(() => {
      requireRoom(found, bytesOf(65_536));
    }).not.toThrow();
    expect(asked).toEqual(["$SECRET/A"]);
    const tooLarge: unknown = expect.objectContaining({ code: "output_too_large" });
    expect(() => {
      requireRoom(found, bytesOf(65_537));
    }).toThrow(tooLarge);
  });
});
