import { describe, expect, it } from "vitest";
import { Globs } from "./globs";

describe("Globs", () => {
  it("cover a place when one of them does, whatever was asked before", () => {
    const globs = new Globs(["/a/*", "/**/key", ""]);
    const places: [string[], boolean][] = [
      [[], true],
      [["a"], false],
      [["a", "x"], true],
      [["a", "x", "y"], false],
      [["a", "x", "key"], true],
      [["b", "x", "y", "key"], true],
      [["b", "x"], false],
      [["key"], true],
      [[], true],
      [["a", "x"], true],
    ];
    for (const [segments, covered] of [...places, ...places.reverse()]) {
      expect(globs.cover(segments)).toBe(covered);
    }
  });

  it("cover nothing when there are none", () => {
    expect(new Globs([]).cover([])).toBe(false);
    expect(new Globs([]).cover(["a"])).toBe(false);
  });

  it.each(["a", "a/b", "/a*", "/***", "/*a/b", "/~", "/~3", "/a~", "$.a"])(
    "refuse %j, which is no glob",
    (glob) => {
      expect(() => new Globs([glob])).toThrow(expect.objectContaining({ code: "invalid_request" }));
    },
  );

  it("are limited to 256 segments in all, one more for each", () => {
    expect(() => new Globs(Array<string>(128).fill("/a"))).not.toThrow();
    const tooMany: unknown = expect.objectContaining({
      code: "limit_exceeded",
      details: { limit: "globs", max: 256 },
    });
    expect(() => new Globs(Array<string>(129).fill("/a"))).toThrow(tooMany);
    expect(() => new Globs(Array<string>(257).fill(""))).toThrow(tooMany);
    expect(() => new Globs(["/a".repeat(1_000_000)])).toThrow(tooMany);
  });

  it("never go back, so sixty ** over a deep place do not multiply", () => {
    const globs = new Globs([`${"/**/a".repeat(60)}/b`]);
    for (let i = 0; i < 1000; i++) {
      expect(globs.cover([...Array<string>(63).fill("a"), String(i)])).toBe(false);
    }
    expect(globs.cover([...Array<string>(63).fill("a"), "b"])).toBe(true);
  });
});
