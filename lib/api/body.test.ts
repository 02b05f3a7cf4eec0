import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readBody } from "./body";
import { route, type Route } from "./route";

const base = { method: "POST", path: "/x", summary: "", action: "x" } as const;
const handle = () => Promise.resolve(null);
const takes = route({ ...base, body: z.strictObject({ a: z.string() }), handle });
const mayTake = route({ ...base, body: z.strictObject({}).optional(), handle });
const takesNone = route({ ...base, handle });
const JSON_TYPE = "application/json";

const read = (to: Route | undefined, type: string | undefined, text: string | Uint8Array) =>
  readBody(to, type, Buffer.from(text as string));

describe("a body", () => {
  it("is kept as it was sent beside what it means", () => {
    const text = ' {"a" : "\\u00e9" , "n":1.0}\n';
    expect(read(takes, JSON_TYPE, text)).toEqual({
      ...{ mediaType: JSON_TYPE, text, value: { a: "é", n: 1 } },
    });
  });

  it("keeps __proto__ as a key like any other", () => {
    const body = read(takes, JSON_TYPE, '{"__proto__":{"a":1}}');
    expect(Object.keys(body?.value as object)).toEqual(["__proto__"]);
  });

  it("has each key once in an object, at any depth, however it is written", () => {
    for (const text of [
      '{"a":"1","a":"2"}',
      '{"a":1,"\\u0061":2}',
      '{"b":[{"a":{},"a":[]}]}',
      '[{"":1,"":2}]',
    ]) {
      expect(() => read(takes, JSON_TYPE, text), text).toThrow(code("invalid_json"));
    }
    for (const text of [
      '{"a":{"a":{"a":"a"}}}',
      '[{"a":1},{"a":2}]',
      '{"a":["a","a"],"b":"a"}',
      '{"a":"\\"a\\":1"}',
    ]) {
      expect(() => read(takes, JSON_TYPE, text), text).not.toThrow();
    }
  });

  it("may be missing where it may, and nowhere else", () => {
    expect(read(mayTake, undefined, "")).toBeUndefined();
    expect(read(mayTake, JSON_TYPE, "")).toBeUndefined();
    expect(read(takesNone, undefined, "")).toBeUndefined();
    expect(read(undefined, "text/plain", "")).toBeUndefined();
    expect(() => read(takes, JSON_TYPE, "")).toThrow(code("invalid_json"));
  });

  it("is refused where none is expected", () => {
    expect(() => read(takesNone, JSON_TYPE, "{}")).toThrow(code("invalid_request"));
    expect(() => read(takesNone, "text/plain", "x")).toThrow(code("unsupported_media_type"));
  });

  it("may be a document where one is taken: as its text, unless it is JSON and has a schema", () => {
    const documents = route({ ...base, documents: true, handle });
    const yaml = { mediaType: "application/yaml", text: "a: 1", value: undefined };
    expect(read(documents, "application/yaml", "a: 1")).toEqual(yaml);
    expect(read(documents, 'Application/YAML; charset="utf-8"', "a: 1")).toEqual(yaml);
    expect(read(documents, JSON_TYPE, "{")).toEqual({ ...yaml, mediaType: JSON_TYPE, text: "{" });
    const both = route({ ...base, documents: true, body: z.strictObject({}).optional(), handle });
    expect(read(both, JSON_TYPE, "{}")?.value).toEqual({});
    expect(() => read(both, JSON_TYPE, "{")).toThrow(code("invalid_json"));
    for (const type of ["text/html", "application/yaml; charset=latin1", "", undefined]) {
      expect(() => read(documents, type, "a: 1")).toThrow(code("unsupported_media_type"));
    }
    expect(() => read(takes, "application/yaml", "a: 1")).toThrow(code("unsupported_media_type"));
    expect(() => read(documents, "application/yaml", "")).toThrow(code("invalid_request"));
    expect(() => read(documents, "text/plain", new Uint8Array([0xe9]))).toThrow(
      code("invalid_encoding"),
    );
  });

  it("is never said back by what refuses it", () => {
    for (const text of ['{"a":"the-value"', '{"a":the-value}', '"the-value" x', "the-value"]) {
      expect(() => read(takes, JSON_TYPE, text)).toThrow(code("invalid_json"));
      expect(() => read(takes, JSON_TYPE, text)).not.toThrow(/the-value/);
    }
  });

  it("has to be UTF-8, without a byte order mark", () => {
    for (const bytes of [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
    ]) {
      const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
      expect(() => readBody(takes, JSON_TYPE, body)).toThrow(code("invalid_encoding"));
    }
    expect(() => read(takes, JSON_TYPE, '\ufeff{"a":"b"}')).toThrow(code("invalid_json"));
  });
});

function code(expected: string): unknown {
  return expect.objectContaining({ code: expected });
}
