import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse } from "./counts.mjs";

const LINES = 12; // the rest stands where the test ran

/**
 * One test that failed: where it is and what was wrong, for the end of a run, where a reader of a long log looks first.
 * @typedef {{ title: string, message: string }} Failure
 */

const failure = (title, messages) => ({
  title,
  message: stripVTControlCharacters(messages.filter(Boolean).join("\n"))
    .split("\n")
    .slice(0, LINES)
    .join("\n"),
});

/** @param {string | undefined} report Vitest's JSON report @param {string} root @returns {Failure[]} */
export function failuresOfVitest(report, root) {
  const { testResults = [] } = parse(report);
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [failure(file, [message])] : [];
    return failed.map((test) =>
      failure(`${file} > ${test.fullName}`, test.failureMessages.slice(0, 1)),
    );
  });
}

/** @param {string | undefined} report Playwright's JSON report @returns {Failure[]} */
export function failuresOfPlaywright(report) {
  const { suites = [], errors = [] } = parse(report);
  const specs = suites.flatMap(specsIn);
  return [
    ...errors.map(({ message }) => failure("outside every test", [message])),
    ...specs.filter((spec) => spec.tests.some(hasFailed)).map(failedSpec),
  ];
}

const specsIn = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsIn)];
const hasFailed = ({ status }) => status === "unexpected" || status === "flaky";

function failedSpec({ file, line, title, tests }) {
  const errors = tests.flatMap((test) => test.results).flatMap((result) => result.errors ?? []);
  return failure(
    `${file}:${line} > ${title}`,
    errors.slice(0, 1).map((error) => error.message),
  );
}

/** @param {Failure} failure @returns {string} a title and, indented, what was wrong */
export const paragraph = ({ title, message }) =>
  [`✗ ${title}`, ...message.split("\n").filter(Boolean)].join("\n    ");
