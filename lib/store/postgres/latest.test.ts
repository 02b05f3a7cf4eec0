import { expect, test } from "vitest";
import { Latest } from "./latest";

test("the same Revision on another timeline of the server's is another moment, and what is kept is void", () => {
  const latest = new Latest({ counter: 7, timeline: "00000001" });
  const before = latest.moment;
  latest.learn({ counter: 7, timeline: "00000001" });
  expect(latest.moment).toBe(before);
  latest.learn({ counter: 7, timeline: "00000002" });
  expect(latest.moment.revision).toBe(7);
  expect(latest.moment.epoch).toBeGreaterThan(before.epoch);
  expect(latest.timeline).toBe("00000002");
});
