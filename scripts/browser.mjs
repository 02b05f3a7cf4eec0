import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { withProgress } from "./setup/progress.mjs";
import { inRoot } from "./setup/root.mjs";
import { run, runNode, SetupError } from "./setup/run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Some of these names are stubs that only say how to install a browser: one that runs says its version. */
const works = (path) => spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;

function onPath() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).filter(existsSync);
}

/** Where Playwright keeps its own browser, once installed. */
function playwrightsOwn() {
  const path = createRequire(import.meta.url)("playwright").chromium.executablePath();
  return existsSync(path) ? [path] : [];
}

/**
 * A Chromium for the tests: COFFER_TEST_CHROMIUM if set, else the first that runs of those on the PATH and
 * Playwright's own.
 * @returns {string | undefined}
 */
export function findChromium() {
  const chosen = process.env.COFFER_TEST_CHROMIUM;
  if (chosen) return chosen;
  return [...onPath(), ...playwrightsOwn()].find(works);
}

async function install() {
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const update = await run("apt-get", ["update"], { env });
    const args = ["install", "-y", "--no-install-recommends", "chromium"];
    const apt = await run("apt-get", args, { env });
    if (findChromium()) return "";
    const own = await installPlaywrights();
    return `${update.output}${apt.output}${own}`;
  }
  return installPlaywrights();
}

async function installPlaywrights() {
  const cli = inRoot("node_modules/playwright/cli.js");
  const env = { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: undefined };
  return (await runNode([cli, "install", "chromium"], { env })).output;
}

/**
 * The path of a Chromium; installs one if there is none.
 * @throws SetupError
 */
export async function chromium() {
  const found = findChromium();
  if (found) return found;
  return withProgress("Browser", "installing Chromium for the end-to-end tests.", async () => {
    const output = await install();
    const installed = findChromium();
    if (installed) return installed;
    throw new SetupError(
      `${output}\nNo Chromium that runs was found, and none could be installed. Install one (on Debian: apt-get install chromium; elsewhere: npx playwright install --with-deps chromium), or set COFFER_TEST_CHROMIUM to the path of one.`,
    );
  });
}
