import { describe, expect, it } from "vitest";
import { renderedText } from "../../../tests/support/documents";
import { isCofferError } from "../../errors";
import { formatOf, MEDIA_TYPES } from "./formats";

const MIB = 1_048_576;

/** `piece` until the text has about `length` characters, with something before and after. */
const many =
  (piece: string, before = "", after = "") =>
  (length: number) =>
    before + piece.repeat(Math.ceil(length / piece.length)) + after;

/** Texts made to make a careless reader recurse, look again and again, or lose its place. */
const HOSTILE: Record<string, (length: number) => string> = {
  dollars: many("$"),
  "dollars as a value": many("$", "a = "),
  "dollars in quotes": many("$", 'a = "', '"'),
  "open brackets": many("["),
  "open brackets as a value": many("[", "a = "),
  "open braces": many("{{"),
  "open braces as a value": many("{{", "a = "),
  "open tables": many("{a=", "a="),
  "references in quotes": many("$SECRET/A ", 'a = "', '"'),
  "references behind escapes": many("\\n{{Secrets.A}}", 'a = "', '"'),
  "references in lines": many("$SECRET/A\n", 'a = """', '"""'),
  "references on joined lines": many("\\\n  $SECRET/A-", 'a = """', '"""'),
  "bare references": many("$SECRET/A, ", "a = [", "]"),
  "bare references, a line each": many("a = $SECRET/A\n"),
  "bare references behind a hash": many("a=b#$SECRET/A\n"),
  "bare openers without an end": many("{{secrets.a:-", "a = "),
  "dotted keys": many("a.", "", "a = 1"),
  "dotted keys in a header": many("a.", "[", "a]"),
  "dotted keys in tables": many("[a.b.c.d]\n"),
  "tables of arrays": many("[[a]]\n"),
  "a long bare key": many("a"),
  "a long bare key with a value": many("a", "", "=1"),
  "a long quoted key": many("a", '"', '"=1'),
  "keys without a value": many("a "),
  "short entries": many("a=1\n"),
  "short strings": many('a="$"\n'),
  "strings in an array": many('"",', "a=[", "]"),
  "a long number": many("9", "a="),
  underscores: many("1_", "a=", "1"),
  "double quotes": many('"'),
  "single quotes": many("'"),
  backticks: many("`", "A="),
  "quotes as a value": many('"', "a="),
  "quotes without an end": many('a="\n'),
  "quotes of two kinds": many("'\"", "a="),
  "lines of quotes": many('""\n', 'a="""', '"""'),
  backslashes: many("\\"),
  "backslashes in quotes": many("\\\\", 'a="', '"'),
  "backslashes before quotes": many('\\"', 'a="', '"'),
  "joined lines": many("\\\n"),
  "joined lines in a value": many("\\\n", 'a="""', '"""'),
  "joined lines before a value": many("\\\r\n ", "a = "),
  escapes: many("\\u0024", 'a="', '"'),
  "escaped references": many("\\u0024SECRET/A", 'a="', '"'),
  "escaped letters": many("\\q", "a="),
  blanks: many(" "),
  "blanks in a value": many(" ", "a = ", "b"),
  "blanks behind a value": many(" ", "a = 1"),
  "blanks before an equals sign": many(" ", "a", "="),
  "blanks behind export": many(" ", "export", "a=1"),
  exports: many("export "),
  "equals signs": many("="),
  colons: many(":"),
  comments: many("#\n"),
  "one comment": many("#"),
  bangs: many("!\n"),
  "a long line of a comment": many("x", "# "),
  "line feeds": many("\n"),
  "carriage returns": many("\r"),
  "carriage returns behind values": many("a=1\r"),
  CRLF: many("\r\n"),
  "CRLF in a value": many("\r\n", 'a="""', '"""'),
  NUL: many("\0"),
  "NUL in a value": many("\0", 'a="', '"'),
  "byte order marks": many("\ufeff"),
  "lone surrogates": many("\ud800", 'a="', '"'),
  emoji: many("😀", 'a="$SECRET/A', '"'),
  "line separators": many("\u2028", "a='", "'"),
  __proto__: many("__proto__.", "", "a = 1"),
  "names that objects have": many("__proto__=1\nconstructor=1\n"),
  dates: many("1979-05-27T07:32:00Z,", "a=[", "]"),
};

describe.each(MEDIA_TYPES.filter((type) => type !== "application/json"))(
  "%s: 1 MiB of anything is rendered, or refused, in little time",
  (type) => {
    it.each(Object.entries(HOSTILE))("%s", { timeout: 30_000 }, (_name, textOf) => {
      const format = formatOf(type);
      if (format === undefined) throw new Error("no format");
      const text = textOf(MIB);
      const start = performance.now();
      try {
        const rendered = renderedText(format, text, () => "v");
        if (rendered !== null) format.read(rendered);
      } catch (error) {
        if (isCofferError(error)) {
          expect(["invalid_document", "limit_exceeded"]).toContain(error.code);
          expect(error.message.length).toBeLessThan(200);
        } else {
          expect(String(error)).toMatch(/^Error: malformed/);
        }
      }
      // Generous for a slow machine, and far from what anything that is not linear takes for a MiB.
      expect(performance.now() - start).toBeLessThan(5_000);
    });
  },
);
