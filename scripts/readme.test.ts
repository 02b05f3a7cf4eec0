import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { VARIABLES } from "../lib/config";
import { permissionTable } from "./permission-table";
import { LIMITS } from "../lib/limits";
import { PROVIDER_VARIABLES } from "../lib/provider";

const guides = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs/single-sign-on.md",
  "docs/command.md",
  "docs/operate.md",
  "docs/backup.md",
  "docs/audit-stream.md",
  "docs/audit.md",
  "docs/watch.md",
].concat(readdirSync("docs/decisions").map((name) => join("docs/decisions", name)));

/** The variables that a table of README's names in its first column. */
function variablesOf(table: string): string[] {
  const text = new RegExp(`<!-- ${table}:begin.*?-->(.*)<!-- ${table}:end -->`, "s");
  const rows = (text.exec(readFileSync("README.md", "utf8"))?.[1] ?? "").matchAll(/^\| `(\w+)`/gm);
  return Array.from(rows, ([, name]) => name ?? "");
}

test("README's configuration table names every variable, and no other", () => {
  expect(variablesOf("configuration")).toEqual(Object.keys(VARIABLES));
});

test("README's table of a provider's settings names every one, and no other", () => {
  const settings = Object.keys(PROVIDER_VARIABLES).map((name) => `COFFER_OIDC_CORP_${name}`);
  expect(variablesOf("providers")).toEqual(settings);
});

test("README's permission table says what the policy does", () => {
  const readme = readFileSync("README.md", "utf8");
  const table = /<!-- permissions:begin.*?-->(.*)<!-- permissions:end -->/s.exec(readme)?.[1];
  // Where this fails, put what permissionTable() returns between the two marks, and `npm run format`.
  expect(cellsOf(table ?? "")).toEqual(cellsOf(permissionTable()));
});

/** The cells of a Markdown table, however its columns are padded. */
function cellsOf(table: string): string[][] {
  const rows = table.trim().split("\n");
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  return cells.filter((row) => !row.some((cell) => /^-+$/.test(cell)));
}

test("README's table of limits says what the limits are, in their order", () => {
  const readme = readFileSync("README.md", "utf8");
  const table = /<!-- limits:begin.*?-->(.*)<!-- limits:end -->/s.exec(readme)?.[1] ?? "";
  const said = Array.from(table.matchAll(/^\| `.*\| (.+?) +\|$/gm), ([, limit]) => limit);
  expect(said).toEqual([
    ...Object.values(LIMITS.rates).map(
      ({ most, perMs }) => `${most.toLocaleString("en")} in ${perMs / 1_000} s`,
    ),
    ...Object.values(LIMITS.backoffs).map(
      ({ free, longestWaitMs, forgottenAfterMs }) =>
        `${free}, then 1 s, 2 s, 4 s … ${longestWaitMs / 60_000} min; forgotten after ${forgottenAfterMs / 3_600_000} h`,
    ),
    ...[LIMITS.watch.perService, LIMITS.watch.perProcess].map(
      (most) => `${most.toLocaleString("en")} at once`,
    ),
  ]);
});

test.each(guides)("every link of %s to a file of this repository leads somewhere", (guide) => {
  const text = readFileSync(guide, "utf8");
  const links = Array.from(text.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, path]) => path ?? "");
  const broken = links.filter((path) => !existsSync(join(dirname(guide), path)));
  expect(broken).toEqual([]);
});
