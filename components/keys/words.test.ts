import { expect, test } from "vitest";
import type { KeyCheck, KeyringInfo, ResealInfo, UnopenedValue } from "../../lib/shapes";
import { adviceFor, checkWords } from "./check-words";
import { resealWords } from "./reseal-words";

function reseal(state: ResealInfo["state"], done: number, total: number) {
  const info = {
    newestKeyId: 2,
    lost: 0,
    reseal: { state, total, done, unreadable: 0, problem: null },
  };
  return resealWords(info as KeyringInfo);
}

function check(state: KeyCheck["state"], checked: number, total: number, unopened = 0, lost = 0) {
  const times = { startedAt: "2026-01-01T00:00:00Z", finishedAt: null };
  return checkWords({ state, ...times, total, checked, unopened, lost, items: [] });
}

test("the sealing anew is called done only when every value is under the newest data key", () => {
  expect(reseal("running", 12, 1_234).text).toBe("Sealing anew under data key 2: 12 of 1,234");
  expect(reseal("waiting", 12, 40).text).toContain("28 values to be sealed anew");
  expect(reseal("idle", 40, 40)).toEqual({
    state: "done",
    text: "All 40 values are under data key 2.",
  });
  expect(reseal("idle", 1, 1).text).toBe("The one value is under data key 2.");
  expect(reseal("idle", 37, 40)).toEqual({
    state: "left",
    text: "37 of 40 values are under data key 2. The other 3 do not open, and are left as they are.",
  });
  expect(reseal("idle", 1, 2).text).toContain("The other one does not open, and is left as it is.");
  expect(reseal("idle", 0, 0).state).toBe("none");
});

test("a check says that all values open only when it came to the end and each did", () => {
  expect(check("done", 1_234, 1_234)).toEqual({ state: "good", title: "All 1,234 values open" });
  expect(check("done", 1, 1).title).toBe("The one value opens");
  expect(check("done", 120, 120, 3)).toEqual({
    state: "bad",
    title: "3 of 120 values do not open",
  });
  expect(check("done", 120, 120, 1).title).toBe("1 of 120 values does not open");
  expect(check("failed", 50, 120).state).toBe("failed");
  expect(check("running", 50, 120).state).toBe("working");
  expect(check("done", 0, 0).state).toBe("none");
  expect(checkWords(null).state).toBe("never");
});

test("what was lost with a key of before is said, and makes no check bad", () => {
  expect(check("done", 3, 3, 0, 4)).toEqual({
    state: "good",
    title: "All 3 values open; 4 were lost with a key of before",
  });
  expect(check("done", 3, 3, 1, 1)).toEqual({
    state: "bad",
    title: "1 of 3 values does not open; 1 was lost with a key of before",
  });
  expect(check("done", 0, 0, 0, 4)).toEqual({
    state: "none",
    title: "There are no values: 4 were lost with a key of before",
  });
});

test("every reason for which a value does not open has words and something to do", () => {
  const reasons: UnopenedValue["reason"][] = [
    ...(["unknown_format", "malformed", "unknown_key", "not_authentic"] as const),
  ];
  const value = { name: "A", environment: "default", version: 1, keyId: 9 };
  const advice = reasons.map((reason) => adviceFor({ ...value, reason }));
  expect(new Set(advice.map(({ why }) => why)).size).toBe(reasons.length);
  for (const { todo } of advice) expect(todo).toMatch(/new value/);
  expect(adviceFor({ ...value, reason: "unknown_key" }).why).toContain("data key 9");
});
