import { findChromium } from "../../scripts/browser.mjs";

/**
 * The Chromium that end-to-end tests drive, for Playwright's `executablePath`. `npm test` installs one
 * where there is none.
 * @throws if there is none
 */
export function chromiumPath(): string {
  const path = findChromium();
  if (path !== undefined) return path;
  throw new Error("No Chromium was found. Run `npm test -- e2e`, or set COFFER_TEST_CHROMIUM.");
}

/** Chromium's sandbox refuses to run as root; containers usually are. */
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Arguments for Chromium: nothing but what the page under test asks for goes over the network. */
export const launchArgs: readonly string[] = [
  ...asRoot,
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
];
