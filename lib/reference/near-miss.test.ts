import { describe, expect, it } from "vitest";
import { nearMisses } from "./near-miss";

describe("a text with very many near misses", () => {
  it.each([
    ["after backslashes without end", "\\".repeat(500_000), "$ENV/ ", 80_000],
    ["of one word", "", "$SECRTE/a ", 50_000],
    ["of marks", "{".repeat(300_000), "[[Secrets.A", 20_000],
  ])("%s is read once, and not again for each", (_name, before, one, count) => {
    const misses = nearMisses(before + one.repeat(count));
    expect(misses.length).toBeGreaterThan(count - 2);
  });
});
