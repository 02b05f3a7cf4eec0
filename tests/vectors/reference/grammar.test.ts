import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Globs } from "../../../lib/reference/globs";
import { yaml } from "../../../lib/reference/documents/yaml";
import type { Mistake } from "../../../lib/reference/expand";
import { LIMITS } from "../../../lib/reference/limits";
import { nearMisses } from "../../../lib/reference/near-miss";
import { parse } from "../../../lib/reference/parse";
import { render } from "../../support/documents";
import { notationOf } from "./notation";

const GRAMMAR = readFileSync(new URL("../../../lib/reference/GRAMMAR.md", import.meta.url), "utf8");

/** The lines of all fenced blocks of this kind. */
function linesOf(kind: string): string[] {
  const blocks = GRAMMAR.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, "gms"));
  return [...blocks].flatMap((block) => (block[1] ?? "").split("\n").filter((line) => line !== ""));
}

function mistakesIn(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ path, fault, canonical }) => `[${path} ${fault} ${canonical}]`).join(" ");
}

describe("every example of GRAMMAR.md is true", () => {
  const examples = linesOf("examples").map((line) => /^(.*?) +=> {2}(.*)$/.exec(line) ?? [line]);

  const near = linesOf("near").map((line) => /^(.*?) +=> {2}(.*)$/.exec(line) ?? [line]);

  it("of which there are many", () => {
    expect(examples.length).toBeGreaterThan(60);
  });

  it.each(examples)("%s", (_line, text = "", expected = "") => {
    const segments = parse(text);
    expect(segments === null ? "nothing" : notationOf(segments)).toBe(expected);
  });

  it.each(linesOf("paths"))("%s", (line) => {
    const [glob = "", place = "", covered] = line.split(/ +/);
    const cover = new Globs([glob]).cover(place.slice(1).split("/"));
    expect(cover ? "yes" : "no").toBe(covered);
  });

  it.each(near)("%s", (_line, text = "", expected = "") => {
    const messages = nearMisses(text).map(({ message }) => message);
    expect(messages).toEqual(expected === "nothing" ? [] : [expected]);
  });

  const documents = linesOf("yaml-examples").map(
    (line) => /^(.*?) +with {2}(.*?) +=> {2}(.*)$/.exec(line)?.slice(1) ?? [line],
  );

  it("in YAML too", () => {
    expect(documents.length).toBeGreaterThan(20);
  });

  it.each(documents)("%s with %s", (source = "", value = "", expected = "") => {
    const [document, put, written] = [source, value, expected].map((t) => t.replaceAll("↵", "\n"));
    const result = render(yaml, document ?? "", () => put ?? "");
    if ("text" in result) expect(result.text).toBe(written);
    else expect("mistakes" in result ? mistakesIn(result.mistakes) : result).toBe(written);
  });

  it("and so is its table of limits", () => {
    const rows = GRAMMAR.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm);
    const stated = [...rows].map(([, name, most = ""]) => [name, Number(most.replaceAll(",", ""))]);
    expect(Object.fromEntries(stated)).toEqual(LIMITS);
  });
});
