import { expect, it } from "vitest";
import { failuresOfPlaywright, failuresOfVitest, paragraph } from "./failures.mjs";

const test = (fullName: string, status: string, ...failureMessages: string[]) => ({
  fullName,
  status,
  failureMessages,
});
const vitest = (...testResults: object[]) =>
  failuresOfVitest(JSON.stringify({ testResults }), "/p");

it("each test of Vitest that failed is named with its file and what was wrong, and no other is", () => {
  const assertionResults = [
    test("a", "passed"),
    test("b", "failed", "expected 1\n    at b.ts:3"),
    test("c", "skipped"),
  ];
  expect(vitest({ name: "/p/lib/x.test.ts", status: "failed", assertionResults })).toEqual([
    { title: "lib/x.test.ts > b", message: "expected 1\n    at b.ts:3" },
  ]);
});

it("a file that does not load is named", () => {
  const file = { name: "/p/x.test.ts", status: "failed", message: "no y", assertionResults: [] };
  expect(vitest(file)).toEqual([{ title: "x.test.ts", message: "no y" }]);
});

it("each browser test that failed, or passed only when tried again, is named", () => {
  const spec = (title: string, status: string) => ({
    ...{ file: "a.spec.ts", line: 7, title },
    tests: [
      { status, results: [{ errors: [{ message: `\u001b[31m${title} went wrong\u001b[39m` }] }] },
    ],
  });
  const suites = [
    {
      specs: [spec("a", "expected")],
      suites: [{ specs: [spec("b", "unexpected"), spec("c", "flaky")] }],
    },
  ];
  expect(
    failuresOfPlaywright(JSON.stringify({ suites, errors: [{ message: "no server" }] })),
  ).toEqual([
    { title: "outside every test", message: "no server" },
    { title: "a.spec.ts:7 > b", message: "b went wrong" },
    { title: "a.spec.ts:7 > c", message: "c went wrong" },
  ]);
});

it("a runner that left no report names nothing", () => {
  expect(failuresOfVitest(undefined, "/p")).toEqual([]);
  expect(failuresOfPlaywright("{")).toEqual([]);
});

it("what was wrong stands indented below its title, and a long message is cut", () => {
  const [failed] = vitest({
    ...{ name: "/p/x.test.ts", status: "failed" },
    assertionResults: [
      test("a", "failed", Array.from({ length: 99 }, (_, at) => `line ${at}`).join("\n")),
    ],
  });
  const lines = paragraph(failed ?? { title: "", message: "" }).split("\n");
  expect(lines.slice(0, 2)).toEqual(["✗ x.test.ts > a", "    line 0"]);
  expect(lines).toHaveLength(13);
});
