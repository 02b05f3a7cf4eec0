import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "../browser.mjs";
import { FOR_COMMANDS, FOR_RUNNING, FOR_SOURCES } from "../setup.mjs";
import { inRoot, root, workFolder } from "../setup/root.mjs";
import { runNode } from "../setup/run.mjs";
import { countCheck, countPlaywright, countVitest } from "./counts.mjs";
import { failuresOfPlaywright, failuresOfVitest } from "./failures.mjs";

/** Says to the tests which database they are to use. */
const ON_POSTGRES = { COFFER_TEST_DATABASE: "postgresql" };

/** The end-to-end tests that run on PostgreSQL whenever anything is tested: those that go through most of Coffer. */
const FEW = ["story", "audit", "keys"].map((name) => `/${name}.spec.ts`);

/** Settings of the person who runs the tests must not reach the servers that the tests start. */
const SETTING = /^(TYK_AI_|COFFER_(?!TEST_)|DATABASE_URL|NEXTAUTH_|AUTH_|(HOST|PORT)(_FILE)?$)/;

function testEnv(more) {
  const settings = Object.keys(process.env).filter((name) => SETTING.test(name));
  const none = Object.fromEntries(settings.map((name) => [name, undefined]));
  return { ...none, NODE_ENV: "test", ...more };
}

/** Runs a program of the project's packages in front of the user. */
async function tool(program, args, more) {
  const options = { show: true, env: testEnv(more) };
  return (await runNode([inRoot("node_modules", program), ...args], options)).code;
}

/** Gives `work` the path of a report to write, and returns what it wrote. */
async function reported(name, work) {
  const file = join(workFolder, "reports", `${name}.json`);
  mkdirSync(join(workFolder, "reports"), { recursive: true });
  rmSync(file, { force: true });
  const code = await work(file);
  try {
    return [code, readFileSync(file, "utf8")];
  } catch {
    return [code, undefined];
  }
}

async function vitest(project) {
  const [code, report] = await reported(project, (file) =>
    tool("vitest/vitest.mjs", [
      ...["run", "--project", project],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ]),
  );
  return { ...countVitest(code, report), failures: failuresOfVitest(report, root) };
}

async function playwright(name, files = [], env = {}) {
  const path = await chromium();
  const [code, report] = await reported(name, (file) =>
    tool(
      "playwright/cli.js",
      ["test", "--config", "tests/e2e/playwright.config.ts", "--reporter=list,json", ...files],
      { COFFER_TEST_CHROMIUM: path, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...env },
    ),
  );
  return { ...countPlaywright(code, report), failures: failuresOfPlaywright(report) };
}

/** The phases of `npm test`, in order: cheap ones first. Those that are `onDemand` run only where their part is named. */
export const PHASES = [
  {
    part: "lint",
    title: "Prettier",
    needs: FOR_SOURCES,
    run: async () => countCheck(await tool("prettier/bin/prettier.cjs", ["--check", "."])),
  },
  {
    part: "lint",
    title: "ESLint",
    needs: FOR_RUNNING, // Next writes types when it builds.
    run: async () => countCheck(await tool("eslint/bin/eslint.js", [".", "--max-warnings=0"])),
  },
  {
    part: "lint",
    title: "Types",
    needs: FOR_RUNNING,
    run: async () => countCheck(await tool("typescript/bin/tsc", ["--noEmit"])),
  },
  { part: "unit", title: "Unit tests", needs: FOR_SOURCES, run: () => vitest("unit") },
  { part: "api", title: "API tests", needs: FOR_RUNNING, run: () => vitest("api") },
  {
    part: "postgresql",
    title: "Tests on PostgreSQL",
    needs: FOR_COMMANDS,
    run: () => vitest("postgresql"),
  },
  { part: "e2e", title: "End-to-end tests", needs: FOR_RUNNING, run: () => playwright("e2e") },
  {
    part: "e2e",
    title: "Some end-to-end tests on PostgreSQL",
    needs: FOR_RUNNING,
    run: () => playwright("e2e-postgresql", FEW, ON_POSTGRES),
  },
  {
    part: "postgresql-all",
    title: "All tests on PostgreSQL",
    needs: FOR_RUNNING,
    onDemand: true,
    run: () => vitest("postgresql-all"),
  },
  {
    part: "e2e-postgresql",
    title: "All end-to-end tests on PostgreSQL",
    needs: FOR_RUNNING,
    onDemand: true,
    run: () => playwright("e2e-postgresql", [], ON_POSTGRES),
  },
];
