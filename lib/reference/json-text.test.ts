import { describe, expect, it } from "vitest";
import { eachString, topLevelMembers } from "./json-text";
import { decode, skipCharacters } from "./json-token";

function strings(text: string, range = { start: 0, end: text.length }): [string, string][] {
  const seen: [string, string][] = [];
  eachString(text, range, (start, end, place) => {
    seen.push([place.pointer(), decode(text, start, end)]);
    const segments = place.segments();
    expect(segments.map((segment) => `/${segment}`).join("")).toBe(place.pointer());
  });
  return seen;
}

function nested(depth: number, inside = ""): string {
  return "[".repeat(depth) + inside + "]".repeat(depth);
}

const AT_LIMIT = `[${Array(99_999).fill("1").join(",")}]`;

describe("eachString", () => {
  it("visits the strings that are values, with their JSON pointers, in the order of the text", () => {
    const text = `{ "a" : "1" , "b":["2",{"c" :"3"},[],{},"4"],"d":5,"":"6","x/y~z":{"~1":"7"} }`;
    expect(strings(text)).toEqual([
      ["/a", "1"],
      ["/b/0", "2"],
      ["/b/1/c", "3"],
      ["/b/4", "4"],
      ["/", "6"],
      ["/x~1y~0z/~01", "7"],
    ]);
    expect(strings(` "root" `)).toEqual([["", "root"]]);
  });

  it("takes __proto__, constructor and escaped keys as keys like any other", () => {
    const text = `{"__proto__":{"constructor":"a"},"\\u0061\\n\\"":"b","a":"c","a":"d"}`;
    expect(strings(text)).toEqual([
      ["/__proto__/constructor", "a"],
      [`/a\n"`, "b"],
      ["/a", "c"],
      ["/a", "d"],
    ]);
  });

  it("is not misled by quotes, brackets and backslashes inside strings", () => {
    const values = ['"', "\\", '\\"', '\\\\"', '{"a":"b"}', "],[", ":", "a\\", "\u2028"];
    const text = JSON.stringify(values.map((value) => ({ [value]: value })));
    expect(strings(text).map(([, value]) => value)).toEqual(values);
  });

  it("stays in the range, and starts pointers there", () => {
    const text = `{"config": ["x"] ,"other":"y"}`;
    expect(strings(text, { start: 11, end: 16 })).toEqual([["/0", "x"]]);
  });

  it("allows a depth of 64 and 100,000 values, and names the limit beyond", () => {
    expect(strings(nested(64, '"x"'))).toHaveLength(1);
    expect(strings(AT_LIMIT)).toEqual([]);
    const deep = { code: "limit_exceeded", details: { limit: "depth", max: 64 } };
    expect(() => strings(nested(65))).toThrow(expect.objectContaining(deep));
    expect(() => strings(nested(100_000))).toThrow(expect.objectContaining(deep));
    expect(() => strings(`{"a":`.repeat(100_000))).toThrow(expect.objectContaining(deep));
    const many = { code: "limit_exceeded", details: { limit: "nodes", max: 100_000 } };
    expect(() => strings(AT_LIMIT.replace("[", "[0,"))).toThrow(expect.objectContaining(many));
    expect(() => strings(AT_LIMIT.replace("1", "{}"))).not.toThrow();
  });

  it("ends on text that is not JSON", () => {
    for (const text of [
      "",
      "]]]",
      "}",
      ",",
      ":",
      "[[",
      '{"a"',
      "nope nope",
      '{"a":}',
      '"a":"b"',
      "\ud800",
    ]) {
      expect(() => strings(text)).not.toThrow();
      expect(() => topLevelMembers(`{${text}`)).not.toThrow(RangeError);
    }
    expect(() => strings('["a')).toThrow(expect.objectContaining({ code: "invalid_json" }));
  });
});

describe("topLevelMembers", () => {
  it("gives the range of each value, without the blanks around it", () => {
    const body = `\n{ "config" :\t{"a":[1,"}",{"b":"\\""}]} , "n": -1.50e+3 ,"s":"x, y","t":true}\n`;
    const members = topLevelMembers(body);
    const values = [...members].map(([key, { start, end }]) => [key, body.slice(start, end)]);
    expect(values).toEqual([
      ["config", `{"a":[1,"}",{"b":"\\""}]}`],
      ["n", "-1.50e+3"],
      ["s", `"x, y"`],
      ["t", "true"],
    ]);
    expect(topLevelMembers(" {} ").size).toBe(0);
  });

  it("refuses a member that stands twice, however it is spelled", () => {
    for (const body of [
      `{"config":1,"config":2}`,
      `{"config":1,"\\u0063onfig":2}`,
      `{"__proto__":1,"__proto__":2}`,
    ]) {
      expect(() => topLevelMembers(body)).toThrow(
        expect.objectContaining({ code: "invalid_json" }),
      );
    }
    expect(topLevelMembers(`{"config":{"a":1,"a":2}}`).size).toBe(1);
  });

  it("refuses a body that is not an object", () => {
    for (const body of ["[]", `"x"`, "1", "null"]) {
      expect(() => topLevelMembers(body)).toThrow(
        expect.objectContaining({ code: "invalid_request" }),
      );
    }
  });

  it("does not recurse", () => {
    const value = nested(100_000);
    const range = topLevelMembers(`{"config":${value}}`).get("config");
    expect(range).toEqual({ start: 10, end: 10 + value.length });
  });
});

describe("skipCharacters", () => {
  it("finds the source of each decoded character", () => {
    const text = String.raw`"a\n\u0041\\\"\ud83d\ude00é\/"`;
    const string = JSON.parse(text) as string;
    for (let count = 0; count <= string.length; count++) {
      const end = skipCharacters(text, 1, count);
      expect(JSON.parse(`${text.slice(0, end)}"`)).toBe(string.slice(0, count));
    }
    expect(skipCharacters(text, 1, string.length)).toBe(text.length - 1);
  });
});
