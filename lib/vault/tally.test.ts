import { expect, it } from "vitest";
import { Tally } from "./tally";

let now = 60_000;
const tally = () => new Tally({ most: 2, perMs: 60_000 }, () => new Date(now));

it("a window takes as many as its rate says of each key, and says when the next begins", () => {
  const counts = tally();
  expect([counts.take("a"), counts.take("a"), counts.take("a")]).toEqual([0, 0, 60]);
  now += 59_001;
  expect([counts.take("a"), counts.take("b")]).toEqual([1, 0]);
  now += 999;
  expect([counts.take("a"), counts.take("a"), counts.take("a")]).toEqual([0, 0, 60]);
});

it("a clock that is put back begins a new window", () => {
  const counts = tally();
  expect([counts.take("a"), counts.take("a"), counts.take("a")]).toEqual([0, 0, 60]);
  now -= 60_000;
  expect(counts.take("a")).toBe(0);
});

it("more keys than the memory takes share one count", () => {
  const counts = tally();
  for (let i = 0; i < 50_000; i++) counts.take(String(i));
  expect([counts.take("x"), counts.take("y"), counts.take("z")]).toEqual([0, 0, 60]);
  expect([counts.take("1"), counts.take("1")]).toEqual([0, 60]);
});
