import { describe, expect, it } from "vitest";
import { countCheck, countPlaywright, countVitest, sentence, sum } from "./counts.mjs";

const files = (...testResults: { status: string; assertionResults: { status: string }[] }[]) =>
  JSON.stringify({ testResults });
const tests = (...statuses: string[]) => statuses.map((status) => ({ status }));
const stats = (counts: object) => JSON.stringify({ stats: counts });

describe("nothing that went wrong is counted as passed", () => {
  it.each([
    ["a runner that left no report", countVitest(0, undefined)],
    ["a report cut short", countVitest(0, '{"testResults": [')],
    ["a run without tests", countVitest(0, files())],
    ["a browser run without tests", countPlaywright(0, stats({ expected: 0 }))],
    ["a browser runner that left no report", countPlaywright(1, undefined)],
    ["nothing but skipped tests", countPlaywright(0, stats({ skipped: 3 }))],
    ["a check that fails", countCheck(2)],
  ])("%s has failed", (_, { passed, failed }) => {
    expect({ passed, failed }).toEqual({ passed: 0, failed: 1 });
  });

  it("a file that does not load is a failure beside the tests that passed", () => {
    const report = files(
      { status: "passed", assertionResults: tests("passed", "passed") },
      { status: "failed", assertionResults: [] },
    );
    expect(countVitest(1, report)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  it("an error outside every test is a failure", () => {
    const report = files({ status: "passed", assertionResults: tests("passed") });
    expect(countVitest(1, report)).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(countPlaywright(1, stats({ expected: 1 })).failed).toBe(1);
  });

  it("a test that passed only when tried again has failed", () => {
    expect(countPlaywright(0, stats({ expected: 2, flaky: 1 })).failed).toBe(1);
  });
});

it("failed, passed and skipped tests are counted one by one", () => {
  const report = files({
    status: "failed",
    assertionResults: tests("passed", "failed", "failed", "skipped", "todo"),
  });
  expect(countVitest(1, report)).toEqual({ passed: 1, failed: 2, skipped: 2 });
  const browser = stats({ expected: 4, unexpected: 1, skipped: 1 });
  expect(countPlaywright(1, browser)).toEqual({ passed: 4, failed: 1, skipped: 1 });
});

it("the last line gives the sum, and skipped tests only if there are some", () => {
  expect(sentence(sum([countCheck(0), countCheck(0), countCheck(1)]))).toBe("2 passed, 1 failed");
  expect(sentence({ passed: 3, failed: 0, skipped: 1 })).toBe("3 passed, 0 failed, 1 skipped");
});
