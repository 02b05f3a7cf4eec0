import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findInDocument } from "../../../lib/reference/documents/find";
import { formatOf } from "../../../lib/reference/documents/formats";
import { renderedText } from "../../support/documents";

const GRAMMAR = readFileSync(new URL("../../../lib/reference/GRAMMAR.md", import.meta.url), "utf8");

const BLOCKS: readonly (readonly [kind: string, mediaType: string])[] = [
  ["toml", "application/toml"],
  ["dotenv", "text/x-dotenv"],
  ["properties", "text/x-java-properties"],
  ["plain", "text/plain"],
];

describe.each(BLOCKS)(
  "every document of GRAMMAR.md is rendered as it says: %s",
  (kind, mediaType) => {
    const [, value = "", body = ""] =
      new RegExp(`^\`\`\`${kind} (.*?)\n(.*?)^\`\`\``, "ms").exec(GRAMMAR) ?? [];
    const examples = body.split("\n").filter((line) => line !== "");

    it("of which there are some", () => {
      expect(examples.length).toBeGreaterThan(1);
    });

    it.each(examples)("%s", (line) => {
      const format = formatOf(mediaType);
      if (format === undefined) throw new Error("no format");
      const [, source = "", expected = ""] = /^(.*?) +=> {2}(.*)$/.exec(line) ?? [];
      const document = source.replaceAll("↵", "\n");
      const { mistakes } = findInDocument(format, document, format.read(document));
      if (expected.startsWith("unquoted ")) {
        expect(mistakes.map((one) => `${one.fault} ${one.path} ${one.canonical}`)).toEqual([
          expected,
        ]);
        return;
      }
      const rendered = renderedText(format, document, () => value);
      expect(rendered === null ? "null" : rendered.replaceAll("\n", "↵")).toBe(expected);
    });
  },
);
