import { parseEnv } from "node:util";
import { parse as parseProperties } from "dot-properties";
import { parse as parseDotenv } from "dotenv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import tomlReader from "toml";
import { parse as parseToml } from "smol-toml";
import { renderedText } from "../../../tests/support/documents";
import { HOSTILE_VALUES } from "../../../tests/support/hostile-values";
import { isCofferError } from "../../errors";
import { dotenv } from "./dotenv";
import { findInDocument } from "./find";
import type { Format } from "./format";
import { plain } from "./plain";
import { properties } from "./properties";
import { toml } from "./toml";

/**
 * Where Node 20 misreads names: a comment with blanks before it or `=` in it, a line or a value of blanks, more than a
 * space after `export`.
 */
const MISREAD = /(^|\n) +\r?(#|\n|$)|#[^\n]*[=\u2028]|= +\r?(\n|$)|export(\t| [ \t])/;

const readSmol = (text: string): unknown => parseToml(text);
const readOther = (text: string): unknown => tomlReader.parse(text);

const seed = Date.now() % 2 ** 31;
const runs = { seed, numRuns: 1_500 };

/* Values, and documents of which it is known what they say: any text in any spelling, with references in it. */

const value = fc.oneof(
  fc.constantFrom(...Object.values(HOSTILE_VALUES)),
  fc
    .array(
      fc.constantFrom(
        "a",
        " ",
        "\n",
        "\r",
        "\t",
        "'",
        '"',
        "`",
        "\\",
        "n",
        "#",
        "=",
        "$",
        "é",
        "😀",
        "\0",
        ":",
      ),
      { maxLength: 10 },
    )
    .map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const REFERENCE = "{{Secrets.A}}";
/** What stands around references in a string, without backslashes, which could escape them. */
const around = fc
  .array(
    fc.constantFrom(
      "a",
      "b c",
      " ",
      "\n",
      "'",
      '"',
      "''",
      '""',
      "é",
      "😀",
      "#",
      "=",
      ":",
      ",",
      "]",
      REFERENCE,
      REFERENCE,
    ),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(""));
const blank = fc.constantFrom("", "", " ", "  ");
const expand = (text: string, put: string): string => text.split(REFERENCE).join(put);

const hex = (text: string): string =>
  Array.from(text, (c) => `\\U${(c.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`).join("");

/** TOML spellings of a text: only those that can say it. */
const tomlString = (text: fc.Arbitrary<string>): fc.Arbitrary<[spelled: string, text: string]> =>
  fc.tuple(text, fc.nat(4), fc.nat(3)).map(([said, style, every]) => {
    const basic = Array.from(said, (c, i) =>
      c === "\n" || c === '"' || (every > 1 && i % every === 0) ? hex(c) : c,
    ).join("");
    if (style === 1 && !/['\n]/.test(said)) return [`'${said}'`, said];
    if (style === 2) {
      const joined = basic.replace("é", "\\\n \t\n  é");
      return [`"""\n${every === 0 ? joined : basic.replaceAll(hex("\n"), "\n")}"""`, said];
    }
    if (style === 3 && !said.includes("'''") && !said.endsWith("'"))
      return [`'''\n${said}'''`, said];
    return [`"${basic}"`, said];
  });

interface Says {
  readonly source: string;
  readonly texts: readonly string[];
}
const joinAll = (
  parts: readonly Says[],
  [open, between, close]: readonly [string, string, string],
): Says => ({
  source: open + parts.map((part) => part.source).join(between) + close,
  texts: parts.flatMap((part) => part.texts),
});
const tomlValue = fc.letrec<{ value: Says }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    tomlString(around).map(([source, said]): Says => ({ source, texts: [said] })),
    fc
      .constantFrom(
        "1_000",
        "-0x1F".slice(1),
        "1979-05-27 07:32:00Z",
        "07:32:00",
        "inf",
        "true",
        "6.6e-3",
      )
      .map((source): Says => ({ source, texts: [] })),
    fc
      .tuple(fc.array(tie("value"), { maxLength: 3 }), fc.constantFrom(", ", ",\n # c ']\n ", " ,"))
      .map(([items, between]) => joinAll(items, ["[ ", between, "\n]"])),
    fc.array(tie("value"), { maxLength: 3 }).map((items) =>
      joinAll(
        items.map(({ source, texts }, i) => ({ source: `k${i}."x.y" = ${source}`, texts })),
        ["{ ", ", ", " }"],
      ),
    ),
  ),
})).value;
const tomlDocument = fc
  .tuple(
    fc.array(fc.tuple(tomlValue, blank, fc.constantFrom("", " # c", ` # "${REFERENCE}`)), {
      maxLength: 5,
    }),
    fc.constantFrom("", "[t.'$SECRET/K']\n", "[[u]]\n"),
  )
  .map(([entries, header]) =>
    joinAll(
      entries.map(([{ source, texts }, pad, comment], i) => ({
        source: `${i === 2 ? header : ""}${pad}key-${i} =${pad}${source}${comment}\n`,
        texts,
      })),
      ["", "\n", ""],
    ),
  );

const strings = (tree: unknown): string[] => {
  if (typeof tree === "string") return [tree];
  if (typeof tree !== "object" || tree === null || tree instanceof Date) return [];
  return Object.values(tree).flatMap(strings);
};
/** The other readers' dates are objects of their own; none has a string that a document here could hold. */
const stringsOf = (tree: unknown): string[] => strings(tree).sort();

describe(
  `for any document and any value (fast-check seed ${String(seed)})`,
  { timeout: 60_000 },
  () => {
    it("TOML: every reader reads what was there with the values put in, and all else is as it was", () => {
      fc.assert(
        fc.property(tomlDocument, value, ({ source, texts }, put) => {
          expect(toml.read(source).scalars.map(({ text }) => text)).toEqual(texts);
          const rendered = renderedText(toml, source, () => put);
          const expected = texts.map((text) => expand(text, put));
          const used = texts.some((text) => text.includes(REFERENCE));
          expect(rendered === null).toBe(used && /\p{Surrogate}/u.test(put));
          if (rendered === null) return;
          expect(toml.read(rendered).scalars.map(({ text }) => text)).toEqual(expected);
          expect(toml.read(rendered).skeleton).toBe(toml.read(source).skeleton);
          for (const read of [readSmol, readOther]) {
            expect(stringsOf(read(rendered)).filter((text) => expected.includes(text))).toEqual(
              expected.toSorted(),
            );
          }
        }),
        runs,
      );
    });

    const quoted = fc.tuple(around, fc.nat(3)).map(([text, n]): [string, string] => {
      const quote = ["'", '"', "`"][n] ?? "";
      if (quote !== "" && !text.includes(quote)) return [quote + text + quote, text];
      const bare = text
        .replace(/[#\n]/g, "")
        .replace(/^['"\s]+/, "")
        .trimEnd();
      return [bare, bare];
    });
    const line = fc.tuple(
      fc.constantFrom("", "export "),
      blank,
      quoted,
      fc.constantFrom("", " # it's", ' #"`'),
    );

    it("dotenv: both readers read what was there with the values put in, or it is refused", () => {
      fc.assert(
        fc.property(
          fc.array(line, { maxLength: 5 }),
          fc.constantFrom("\n", "\r\n"),
          value,
          (lines, end, put) => {
            const source = lines
              // A blank value that is followed by blanks only is one that Node misreads.
              .map(
                ([start, pad, [spelled], comment], i) =>
                  `${start}K${i}=${spelled === "" ? "" : pad}${spelled}${comment}`,
              )
              .join("\n")
              .replaceAll("\n", end);
            const said = (text: string): unknown =>
              Object.fromEntries(Object.entries(parseDotenv(text)));
            expect({ ...parseEnv(source) }).toEqual(said(source));
            const { scalars, keys } = dotenv.read(source);
            expect(Object.fromEntries(scalars.map(({ text }, i) => [keys[i]?.text, text]))).toEqual(
              said(source),
            );
            const rendered = renderedText(dotenv, source, () => put);
            if (rendered === null) return;
            const expected = lines.map(([, , [, text]], i) => [`K${i}`, expand(text, put)]);
            expect(said(rendered)).toEqual(Object.fromEntries(expected));
            expect({ ...parseEnv(rendered) }).toEqual(said(rendered));
          },
        ),
        runs,
      );
    });

    const escaped = fc.tuple(around, fc.nat(3)).map(([text, every]): [string, string] => {
      const units = text.replace(/^ +/, "").split("");
      const spelled = units.map((c, i) => {
        if (c === "\n") return "\\n";
        if (i === 0 && /[=:]/.test(c)) return `\\${c}`;
        if (every > 1 && i % every === 0)
          return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
        return every === 1 && c === "a" ? "\\\n  a" : c;
      });
      return [spelled.join(""), units.join("")];
    });

    it("properties: another reader reads what was there with the values put in", () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(escaped, fc.constantFrom("=", " = ", ":", " ", "\t")), {
            maxLength: 5,
          }),
          fc.constantFrom("\n", "\r\n"),
          value,
          (lines, end, put) => {
            const source = lines
              .map(([[spelled], separator], i) => `# ${REFERENCE}\nk${i}${separator}${spelled}`)
              .join("\n")
              .replaceAll("\n", end);
            const expected = lines.map(([[, text]], i) => [`k${i}`, expand(text, put)]);
            const rendered = renderedText(properties, source, () => put) ?? "";
            expect(parseProperties(rendered)).toEqual(Object.fromEntries(expected));
            expect(properties.read(rendered).skeleton).toBe(properties.read(source).skeleton);
          },
        ),
        runs,
      );
    });

    const formats: readonly (readonly [string, Format])[] = [
      ["TOML", toml],
      ["dotenv", dotenv],
      ["properties", properties],
      ["plain text", plain],
    ];
    const pieces = fc.constantFrom(
      ...[
        "a",
        "b",
        " ",
        "\t",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "=",
        "=",
        ".",
        ",",
        "[",
        "]",
        "{",
        "}",
        "#",
        "!",
        ":",
      ],
      ...[
        "'",
        '"',
        "'''",
        '"""',
        "`",
        "\\",
        "\\u0041",
        "\\n",
        "export ",
        "1",
        "1979-05-27",
        "\0",
        "\ufeff",
      ],
      ...[
        "$SECRET/A",
        REFERENCE,
        "<<Secrets.B>>",
        "$ENV/X",
        "a = 1\n",
        'a = "',
        "\nb='",
        "__proto__",
      ],
    );

    it.each(formats)(
      "%s: any text at all is read or refused, and a reference that is its own value leaves it as it is",
      (_name, format) => {
        fc.assert(
          fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
            const source = parts.join("");
            try {
              const reading = format.read(source);
              let at = 0;
              for (const { start, end } of reading.scalars) {
                expect(start).toBeGreaterThanOrEqual(at);
                expect(end).toBeGreaterThanOrEqual(start);
                at = end;
              }
              expect(source.length).toBeGreaterThanOrEqual(at);
              const found = findInDocument(format, source, reading);
              const escapes = [...found.edits.values()]
                .flat()
                .some(({ put }) => typeof put === "string");
              if (found.mistakes.length > 0 || escapes) return;
              expect(renderedText(format, source, ({ raw }) => raw)).toBe(source);
            } catch (error) {
              if (!isCofferError(error)) throw error;
            }
          }),
          { seed, numRuns: 5_000 },
        );
      },
    );

    const plainPieces = fc.constantFrom(
      ...[
        "a",
        "b",
        " ",
        "\n",
        "\n",
        "\r\n",
        "=",
        "=",
        ".",
        "#",
        "'",
        "'",
        '"',
        '"',
        "`",
        "\\",
        "\\n",
        "\\r",
      ],
      ...["export ", "A=1\n", "\nB='", '\nC="', "D=", "\u00a0", "\u2028", "x'y", "\n# "],
    );

    it("dotenv: what is read is what both readers read, unless it says that they differ", () => {
      let agreements = 0;
      fc.assert(
        fc.property(fc.array(plainPieces, { maxLength: 15 }), (parts) => {
          const source = `Z=1\n${parts.join("")}`;
          try {
            const { scalars, keys } = dotenv.read(source);
            if (!scalars.every(({ agreed }) => agreed) || MISREAD.test(source)) return;
            const ours: unknown = Object.fromEntries(
              scalars.map(({ text }, i) => [keys[i]?.text, text]),
            );
            expect(parseDotenv(source)).toEqual(ours);
            expect({ ...parseEnv(source) }).toEqual(ours);
            agreements++;
          } catch (error) {
            if (!isCofferError(error)) throw error;
          }
        }),
        { seed, numRuns: 10_000 },
      );
      expect(agreements).toBeGreaterThan(500);
    });

    it("TOML: what is read is what smol-toml reads, and what it refuses is refused", () => {
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
          const source = parts.join("");
          let ours: string[] | null = null;
          let theirs: string[] | null = null;
          try {
            const { scalars, unquoted } = toml.read(source);
            if (unquoted.length > 0) return;
            ours = scalars.map(({ text }) => text).sort();
          } catch (error) {
            if (!isCofferError(error)) throw error;
          }
          try {
            theirs = stringsOf(parseToml(source))
              .map((text) => text.replaceAll("\r\n", "\n"))
              .sort();
          } catch {
            theirs = null;
          }
          expect(ours).toEqual(theirs);
        }),
        { seed, numRuns: 10_000 },
      );
    });
  },
);
