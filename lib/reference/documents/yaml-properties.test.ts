import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { Document, isScalar, parseAllDocuments, Scalar, visit } from "yaml";
import { expandTree, render } from "../../../tests/support/documents";
import { isCofferError } from "../../errors";
import type { Reference } from "../segments";
import { yaml } from "./yaml";

/* Texts with whole references, and values that try to leave the place where they are put. */

const PIECES = [
  ...[
    "$SECRET/A",
    "<<Secrets.B>>",
    "{{ secrets.A.user@3:-d e }}",
    "\\$SECRET/A",
    "\\\\<<Secrets.A>>",
  ],
  ...[
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n  ",
    "\t",
    "a",
    "it's",
    '"',
    "\\",
    ": ",
    " #",
    "- ",
    "?",
    "|",
    ">",
  ],
  ...[
    "&a",
    "*a",
    "!t",
    "%",
    "@",
    "`",
    "[",
    "]",
    "{",
    "}",
    ",",
    "---",
    "...",
    "null",
    "0x1F",
    "é",
    "😀",
  ],
  ...["\u0085", "\u2028", "\ufeff", "\0", "\x1b", "\r", "${X:-y}", "<<", "=", "~", "10:30"],
];
const text = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((chosen) => chosen.join(""));
const valueText = fc.oneof(text, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));

/* Documents, as `yaml` writes them: any style for any scalar, any width, with comments and anchors. */

const TYPES = [
  Scalar.PLAIN,
  Scalar.QUOTE_SINGLE,
  Scalar.QUOTE_DOUBLE,
  Scalar.BLOCK_LITERAL,
  Scalar.BLOCK_FOLDED,
] as const;
const key = fc.constantFrom(
  "a",
  "b",
  "c d",
  "__proto__x",
  "1",
  "true",
  "$SECRET/K",
  "x: y",
  "it's",
  "",
);
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    text,
    fc.constantFrom(null, true, 1, -0.5, 0x1f, "007", "~"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const layout = fc.record({
  seed: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  indent: fc.integer({ min: 1, max: 4 }),
  lineWidth: fc.constantFrom(0, 20, 80),
  flow: fc.boolean(),
  crlf: fc.boolean(),
  ending: fc.constantFrom("\n", "", "\n\n", "\n# end\n", "\n...\n"),
});
const source = fc.tuple(tree, layout).map(([value, { seed, flow, crlf, ending, ...options }]) => {
  const document = new Document(value);
  let count = 0;
  visit(document, {
    Scalar(position, node) {
      if (position === "key" || !isScalar(node) || typeof node.value !== "string") return;
      const random = (seed[count % 8] ?? 0) + count++;
      node.type = TYPES[random % 5] ?? Scalar.PLAIN;
      if (random % 7 === 0) node.comment = " a comment";
      if (random % 11 === 0) node.anchor = `n${String(count)}`;
    },
    Collection(_position, node) {
      node.flow = flow && (seed[count % 8] ?? 0) % 3 === 0;
    },
  });
  const written = document.toString({ ...options, indent: Math.max(options.indent, 1) });
  const ended = written.replace(/\n$/, () => ending);
  return crlf ? ended.replaceAll("\n", "\r\n") : ended;
});

const withYaml = (written: string): unknown[] =>
  parseAllDocuments(written, { uniqueKeys: false, logLevel: "error" }).map((document) => {
    for (const error of document.errors) throw error;
    return document.toJS({ mapAsMap: true }) as unknown;
  });

function orNull<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}

const readers = [withYaml, (written: string): unknown[] => loadAll(written)];

/**
 * Without those that the readers disagree about: `yaml` breaks an escape in two when it folds a line there, and
 * counts the indentation of a block that is the whole document otherwise.
 */
const sound = source.filter((written) => {
  const [one, other] = readers.map((read) => orNull(() => read(written)));
  return one !== null && isDeepStrictEqual(toMaps(one), toMaps(other));
});

/** js-yaml reads maps as objects, and keys as strings. */
function toMaps(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(toMaps);
  if (typeof tree !== "object" || tree === null) return tree;
  const entries: [unknown, unknown][] = tree instanceof Map ? [...tree] : Object.entries(tree);
  const named = entries.map(([key, item]): [string, unknown] => [String(key), toMaps(item)]);
  return new Map(named.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const seed = Date.now() % 2 ** 31;
describe(
  `for any YAML and any values (fast-check seed ${String(seed)})`,
  { timeout: 120_000 },
  () => {
    const values = (list: readonly string[]) => (reference: Reference) =>
      list[reference.raw.length % list.length] ?? "";

    it("what two readers read is what they read before, expanded", () => {
      let rendered = 0;
      fc.assert(
        fc.property(sound, fc.array(valueText, { minLength: 1, maxLength: 3 }), (written, list) => {
          const value = values(list);
          const result = render(yaml, written, value);
          if (!("text" in result)) {
            expect(result).not.toHaveProperty("unencodable");
            return;
          }
          rendered++;
          for (const read of readers) {
            const before = orNull(() => read(written));
            if (before === null) continue;
            const expected = expandTree(before, value);
            const note = JSON.stringify({ written, list, text: result.text });
            const after = orNull(() => read(result.text));
            if (!isDeepStrictEqual(after, expected)) expect(after, note).toEqual(expected);
          }
        }),
        { seed, numRuns: 3_000 },
      );
      expect(rendered).toBeGreaterThan(1_500);
    });

    it("a document whose references are their own values is not touched", () => {
      fc.assert(
        fc.property(sound, (written) => {
          // An escaped reference is written without what escapes it.
          if (written.includes("\\")) return;
          const result = render(yaml, written, ({ raw }) => raw);
          if ("text" in result) expect(result.text).toBe(written);
        }),
        { seed, numRuns: 1_000 },
      );
    });

    it("what is nearly YAML is read as it is, or refused without a word of it", () => {
      const splice = fc.tuple(
        fc.nat(),
        fc.nat({ max: 4 }),
        fc.constantFrom(
          "",
          " ",
          "\n",
          ":",
          "- ",
          "{",
          "}",
          "[",
          "]",
          "'",
          '"',
          "|",
          "{{Secrets.A:-hidden}}",
        ),
      );
      fc.assert(
        fc.property(
          sound,
          fc.array(splice, { maxLength: 4 }),
          valueText,
          (written, splices, put) => {
            const damaged = splices.reduce((whole, [at, length, piece]) => {
              const place = at % (whole.length + 1);
              return whole.slice(0, place) + piece + whole.slice(place + length);
            }, written);
            // Where a splice has hit what comes before it, it is a part of a name, which is told.
            const isHidden = !damaged.replaceAll("{{Secrets.A:-hidden", "").includes("hidden");
            try {
              const result = render(yaml, damaged, () => put);
              const told = "mistakes" in result && isHidden ? JSON.stringify(result) : "";
              expect(told).not.toContain("hidden");
              if (!("text" in result)) return;
              const before = orNull(() => loadAll(damaged));
              if (before === null) return;
              expect(
                orNull(() => loadAll(result.text)),
                JSON.stringify({ damaged, put }),
              ).toEqual(expandTree(before, () => put));
            } catch (error) {
              if (!isCofferError(error)) throw error;
              expect(error.code).toBe("invalid_document");
              expect(error.message).not.toContain("hidden");
            }
          },
        ),
        { seed, numRuns: 3_000 },
      );
    });

    it("the place of a reference is where the source has it, if it has it as it is", () => {
      fc.assert(
        fc.property(sound, (written) => {
          const { scalars } = yaml.read(written);
          for (const scalar of scalars) {
            const at = scalar.text.indexOf("$SECRET/A");
            const offset = yaml.offsetOf(written, scalar, at);
            if (at < 0) continue;
            expect(offset).toBeGreaterThanOrEqual(scalar.start);
            expect(written[offset]).toBe("$");
          }
        }),
        { seed, numRuns: 1_000 },
      );
    });
  },
);
