import { describe, expect, it } from "vitest";
import { describedError, describeError } from "./log";

describe("what the log says of an error", () => {
  it("is its kind, its code and where it was thrown, and never its message", () => {
    const error = Object.assign(new TypeError("quotes the-value\nof the-row"), { code: "E_CODE" });
    const text = JSON.stringify(describeError(error));
    expect(text).toContain("TypeError");
    expect(text).toContain("E_CODE");
    expect(text).toContain("log.test.ts");
    expect(text).not.toMatch(/the-value|the-row/);
  });

  it("is the same of one that was met in another thread", () => {
    const said = describeError(Object.assign(new TypeError("the-value"), { code: "E_CODE" }));
    expect(describeError(describedError(said))).toEqual(said);
    expect(describeError(describedError({ kind: "string" }))).toMatchObject({ kind: "string" });
  });

  it("is no more of a message that is made to look like a stack", () => {
    const error = new Error("x\n    at the-value (file.ts:1:1)");
    expect(JSON.stringify(describeError(error))).not.toContain("the-value");
  });

  it("is nothing of what is no error", () => {
    for (const thrown of ["the-value", { message: "the-value" }, ["the-value"], null]) {
      expect(JSON.stringify(describeError(thrown))).not.toContain("the-value");
    }
    expect(
      describeError(Object.assign(new Error("x"), { code: { a: "the-value" } })),
    ).toMatchObject({
      code: undefined,
    });
  });
});
