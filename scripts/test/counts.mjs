/**
 * What a phase of `npm test` came to.
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** A check that has no tests of its own, such as the linter, is one test. @returns {Counts} */
export const countCheck = (code) => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
});

/**
 * A runner that found nothing to run, left no report, or ended badly although no test did (a file that does
 * not load, a crash, an error outside every test), counts as one failure more.
 */
function settle(code, { passed, failed, skipped }) {
  const silent = passed + failed === 0 || (code !== 0 && failed === 0);
  return { passed, failed: silent ? failed + 1 : failed, skipped };
}

/** @param {number} code @param {string | undefined} report Vitest's JSON report @returns {Counts} */
export function countVitest(code, report) {
  const { testResults = [] } = parse(report);
  const files = testResults.map(({ status, assertionResults }) => {
    const count = (...statuses) =>
      assertionResults.filter((test) => statuses.includes(test.status)).length;
    const failed = count("failed");
    return {
      passed: count("passed"),
      failed: status === "failed" && failed === 0 ? 1 : failed,
      skipped: count("skipped", "pending", "todo", "disabled"),
    };
  });
  return settle(code, sum(files));
}

/**
 * A flaky test, one that passed only when tried again, has failed.
 * @param {number} code @param {string | undefined} report Playwright's JSON report @returns {Counts}
 */
export function countPlaywright(code, report) {
  const { stats = {} } = parse(report);
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats;
  return settle(code, { passed: expected, failed: unexpected + flaky, skipped });
}

/** @param {string | undefined} report @returns {object} what a report says, nothing if it is none */
export function parse(report) {
  try {
    return JSON.parse(report);
  } catch {
    return {};
  }
}

/** @param {Counts[]} counts @returns {Counts} */
export function sum(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const key of Object.keys(total)) {
    for (const count of counts) total[key] += count[key];
  }
  return total;
}

/** The last line of `npm test`. @param {Counts} counts */
export function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
