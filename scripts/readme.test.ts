import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { VARIABLES } from "../lib/config";

const guides = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].concat(
  readdirSync("docs/decisions").map((name) => join("docs/decisions", name)),
);

test("README's configuration table names every variable, and no other", () => {
  const readme = readFileSync("README.md", "utf8");
  const table = /<!-- configuration:begin.*?-->(.*)<!-- configuration:end -->/s.exec(readme)?.[1];
  const named = Array.from((table ?? "").matchAll(/^\| `(\w+)`/gm), ([, name]) => name);
  expect(named).toEqual(Object.keys(VARIABLES));
});

test.each(guides)("every link of %s to a file of this repository leads somewhere", (guide) => {
  const text = readFileSync(guide, "utf8");
  const links = Array.from(text.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, path]) => path ?? "");
  const broken = links.filter((path) => !existsSync(join(dirname(guide), path)));
  expect(broken).toEqual([]);
});
