import { describe, expect, it } from "vitest";
import { renderedText } from "../../../tests/support/documents";
import { HOSTILE_ROWS } from "../../../tests/support/hostile-values";
import { findInDocument } from "./find";
import { formatOf, MEDIA_TYPES } from "./formats";
import { plain } from "./plain";

describe("plain text", () => {
  it.each(HOSTILE_ROWS)("puts a value in as it is: %s", (name, value) => {
    const rendered = renderedText(plain, "a $SECRET/A\r\n\\$SECRET/A\n{{Secrets.A}}", () => value);
    const sayable = !name.includes("surrogate");
    expect(rendered).toBe(sayable ? `a ${value}\r\n$SECRET/A\n${value}` : null);
  });

  it("says where each reference stands", () => {
    const source = "x\r\ny $SECRET/A\n<<Secrets.B>>$SECRET/A";
    const { uses } = findInDocument(plain, source, plain.read(source));
    expect(uses.map(({ paths }) => paths)).toEqual([["2:3", "3:14"], ["3:1"]]);
  });
});

describe("formats", () => {
  it("are found by media type, and by nothing else that an object has", () => {
    expect(MEDIA_TYPES[0]).toBe("application/json"); // which is read elsewhere
    for (const type of MEDIA_TYPES.slice(1)) expect(formatOf(type)).toBeDefined();
    for (const type of ["application/json", "text/html", "__proto__", "constructor", ""]) {
      expect(formatOf(type)).toBeUndefined();
    }
  });
});
