import { describe, expect, it } from "vitest";
import { releaseServices } from "../../lib/api/held-schemas";
import { RELEASED_AT_ONCE } from "../../lib/bounds";
import { chooseWords, tooManyWords } from "./held-words";

const ids = (amount: number) => Array.from({ length: amount }, (_, index) => String(index));

describe("a choice of services that are held", () => {
  it("is at most as many as the API decides about at once", () => {
    for (const amount of [1, RELEASED_AT_ONCE, RELEASED_AT_ONCE + 1]) {
      const isTaken = releaseServices.safeParse({ enable: ids(amount) }).success;
      expect(tooManyWords(amount) === null, String(amount)).toBe(isTaken);
    }
    expect(tooManyWords(1_012)).toBe("At most 1,000 at once: take 12 out.");
  });

  it("says where it is not all of them", () => {
    expect(chooseWords(1_000)).toBe("Choose all 1,000");
    expect(chooseWords(1_240)).toBe("Choose the first 1,000 of 1,240");
  });
});
