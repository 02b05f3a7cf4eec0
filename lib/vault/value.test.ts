import { describe, expect, it } from "vitest";
import { VALUE_MAX_BYTES, valueBytes } from "./value";

describe("a value", () => {
  it("is kept byte for byte, as UTF-8", () => {
    for (const value of ["a", "\n", "\u0000", "\ufeffé😀\ufffd", "a\r\nb\n", "x".repeat(65_536)]) {
      expect(valueBytes(value).toString("utf8")).toBe(value);
    }
  });

  it("has 1 byte to 64 KiB, counted in bytes and not in characters", () => {
    expect(valueBytes("é".repeat(VALUE_MAX_BYTES / 2))).toHaveLength(VALUE_MAX_BYTES);
    for (const value of ["", "é".repeat(VALUE_MAX_BYTES / 2) + "x", "😀".repeat(16_384) + "x"]) {
      expect(() => valueBytes(value)).toThrow(expect.objectContaining({ code: "invalid_value" }));
    }
  });

  it("is refused where UTF-8 can't express it, and is not said back", () => {
    for (const value of ["the-value\ud800", "\udc00the-value", "the\ude00\ud83d-value"]) {
      expect(() => valueBytes(value)).toThrow(expect.objectContaining({ code: "invalid_value" }));
      expect(() => valueBytes(value)).not.toThrow(/the/);
    }
  });
});
