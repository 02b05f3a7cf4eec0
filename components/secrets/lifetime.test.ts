import { describe, expect, test } from "vitest";
import type { SecretInfo } from "../../lib/shapes";
import { expiryTrouble, lifetimeChanges, lifetimeOf, localTime, periodTrouble } from "./lifetime";

const NONE = lifetimeOf();
const NOW = new Date(2030, 0, 31, 12, 0, 30);

const secretWith = (dates: Partial<SecretInfo>) => dates as SecretInfo;

describe("the dates of a secret that are not touched", () => {
  test("are not sent, so that an expiry keeps its seconds", () => {
    const before = lifetimeOf(
      secretWith({ expiresAt: "2030-01-31T00:00:59.999Z", rotateEveryDays: 90 }),
    );
    expect(lifetimeChanges(before, before)).toEqual({});
    expect(lifetimeChanges({ ...before, rotateEvery: " 90 " }, before)).toEqual({});
    expect(lifetimeChanges(NONE, NONE)).toEqual({});
  });

  test("may be past", () => {
    const before = lifetimeOf(secretWith({ expiresAt: "2020-01-31T00:00:00Z" }));
    expect(expiryTrouble(before.expires, NOW, before)).toBeUndefined();
  });
});

test("a date that is emptied is taken away, and one that is filled is the reader's own time", () => {
  const before = lifetimeOf(
    secretWith({ expiresAt: "2030-01-31T00:00:00.000Z", rotateEveryDays: 90 }),
  );
  expect(lifetimeChanges(NONE, before)).toEqual({ rotateEveryDays: null, expiresAt: null });
  const typed = { rotateEvery: "30", expires: "2031-02-01T08:05" };
  expect(lifetimeChanges(typed, NONE)).toEqual({
    rotateEveryDays: 30,
    expiresAt: new Date(2031, 1, 1, 8, 5).toISOString(),
  });
});

test("a field shows the time that it would send", () => {
  for (const at of [new Date(2031, 1, 1, 8, 5), new Date(999, 11, 31, 23, 59)]) {
    expect(new Date(localTime(at.toISOString()))).toEqual(at);
  }
});

describe("what is typed is refused", () => {
  test.each(["0", "3651", "-1", "1.5", "ninety", "1e2", "0x10", "999999999999999999999"])(
    "as a period: %s",
    (text) => expect(periodTrouble(text)).toContain("1 to 3,650"),
  );

  test.each(["", "  ", "1", "90", " 90 ", "3650", "007"])("not as a period: %s", (text) =>
    expect(periodTrouble(text)).toBeUndefined(),
  );

  test("as an expiry that has come, from its very instant", () => {
    const trouble = (...at: [number, number, number, number, number]) =>
      expiryTrouble(localTime(new Date(...at).toISOString()), NOW, NONE);
    expect(trouble(2030, 0, 31, 12, 0)).toContain("past");
    expect(trouble(1999, 0, 31, 12, 0)).toContain("past");
    expect(trouble(2030, 0, 31, 12, 1)).toBeUndefined();
    expect(expiryTrouble("2030-01-31T12:00:30", NOW, NONE)).toContain("past");
  });

  test("as an expiry that the API has no way to write", () => {
    for (const text of ["12026-01-01T00:00", "soon"]) {
      expect(expiryTrouble(text, NOW, NONE)).toContain("no date that can be kept");
    }
    expect(expiryTrouble("9999-06-01T00:00", NOW, NONE)).toBeUndefined();
  });
});
