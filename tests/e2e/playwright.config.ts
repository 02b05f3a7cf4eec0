import { defineConfig } from "playwright/test";
import { chromiumPath, launchArgs } from "../support/browser";

/** On PostgreSQL each test has a database of its own, of one server. */
const isOnPostgres = process.env["COFFER_TEST_DATABASE"] === "postgresql";

export default defineConfig({
  testDir: ".",
  ...(isOnPostgres && { globalSetup: "./postgres-server.ts" }),
  outputDir: "../../test-results",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  workers: 1,
  forbidOnly: true,
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: { executablePath: chromiumPath(), args: [...launchArgs] },
  },
});
