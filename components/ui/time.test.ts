import { expect, test } from "vitest";
import { axisTime, otherDay, timeOfDay } from "./time";

const HOUR = 60 * 60 * 1000;
// Of the zone that the test runs in.
const at = (month: number, day: number, hour = 9, year = 2030) =>
  new Date(year, month - 1, day, hour, 5, 3);

test("a time of day is to the second", () => {
  expect(timeOfDay(at(1, 31).toISOString())).toBe("09:05:03");
});

test.each([
  ["today", at(1, 31, 0), ""],
  ["yesterday", at(1, 30, 23), "30 Jan"],
  ["the same day of another year", at(1, 31, 9, 2029), "31 Jan 2029"],
])("the day is told unless it is today: %s", (_, time, told) => {
  expect(otherDay(time.toISOString(), at(1, 31, 23).getTime())).toBe(told);
});

test.each([
  [1, "09:05"],
  [24 * 7, "31 Jan, 09:05"],
  [24 * 30, "31 Jan"],
  [24 * 400, "31 Jan 2030"],
])("on an axis of %s hours a time is as exact as it can be told", (hours, told) => {
  expect(axisTime(at(1, 31).getTime(), hours * HOUR)).toBe(told);
});
