import { describe, expect, it } from "vitest";
import { CofferError, isCofferError, isRetryable, statusOf } from "./errors";

describe("an error that Coffer means to tell", () => {
  it("is known by its shape, because the console bundles a class of its own", () => {
    class Other extends Error {
      override readonly name = "CofferError";
      constructor(readonly code: unknown) {
        super("of another bundle");
      }
    }
    expect(isCofferError(new CofferError("not_found", "x"))).toBe(true);
    expect(isCofferError(new Other("not_found"))).toBe(true);
  });

  it("is nothing that only looks like one: another name, an unknown code, no error at all", () => {
    const named = (name: string, code: unknown) =>
      Object.assign(new Error("x"), { name, code: code as string });
    for (const thrown of [
      ...[named("Error", "not_found"), named("CofferError", "P2002"), named("CofferError", 404)],
      ...[named("CofferError", undefined), { name: "CofferError", code: "not_found" }],
      ...[null, undefined, "not_found", new Error("CofferError")],
    ]) {
      expect(isCofferError(thrown)).toBe(false);
    }
    for (const code of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
      expect(isCofferError(named("CofferError", code)), code).toBe(false);
    }
  });

  it("has a status by its code alone, and says when trying again may help", () => {
    expect([statusOf("unresolved"), statusOf("forbidden"), statusOf("unavailable")]).toEqual([
      ...[422, 403, 503],
    ]);
    expect(isRetryable("unavailable")).toBe(true);
    expect(isRetryable("version_conflict")).toBe(false);
  });

  it("keeps its cause for the log, and none where there is none", () => {
    const cause = new Error("cause");
    expect(new CofferError("internal", "x", { cause }).cause).toBe(cause);
    expect("cause" in new CofferError("internal", "x")).toBe(false);
  });
});
