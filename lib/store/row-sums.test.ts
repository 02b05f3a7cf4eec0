import { expect, test } from "vitest";
import type { Cell, Snapshot } from "./backup-rows";
import { requireSame, summed, type Sums } from "./row-sums";

const quiet = { progress: () => undefined, signal: new AbortController().signal };

/** Tables with these rows, given one at a time. */
function tablesOf(content: Record<string, Cell[][]>): Pick<Snapshot, "tables" | "rows"> {
  return {
    tables: Object.entries(content).map(([table, rows]) => ({
      ...{ table, columns: [], rows: rows.length },
    })),
    rows: ({ table }) => (content[table] ?? []).map((row) => [row]),
  };
}

async function sumsOf(content: Record<string, Cell[][]>): Promise<Sums> {
  const sums: Sums = new Map();
  const source = tablesOf(content);
  for (const table of source.tables) {
    for await (const page of summed(table.table, source.rows(table), sums))
      expect(page).toHaveLength(1);
  }
  return sums;
}

const ROWS: Record<string, Cell[][]> = {
  A: [
    ["1", 1, null],
    ["2", 2, true],
  ],
  B: [],
};

test("rows that read back as they were are the same", async () => {
  await requireSame(tablesOf(ROWS), await sumsOf(ROWS), quiet);
});

test.each<[string, Record<string, Cell[][]>, string]>([
  [
    "a cell that is another",
    {
      ...ROWS,
      A: [
        ["1", 1, null],
        ["2", 2, false],
      ],
    },
    "A",
  ],
  [
    "a number that became a text",
    {
      ...ROWS,
      A: [
        ["1", "1", null],
        ["2", 2, true],
      ],
    },
    "A",
  ],
  ["a row that is missing", { ...ROWS, A: [["1", 1, null]] }, "A"],
  [
    "rows in another order",
    {
      ...ROWS,
      A: [
        ["2", 2, true],
        ["1", 1, null],
      ],
    },
    "A",
  ],
  ["a row too many", { ...ROWS, B: [["1"]] }, "B"],
  ["a table that is missing", { A: ROWS["A"] ?? [] }, "B"],
  ["a table too many", { ...ROWS, C: [] }, "C"],
])("%s is found, by its table", async (_, there, table) => {
  const found = requireSame(tablesOf(there), await sumsOf(ROWS), quiet);
  await expect(found).rejects.toThrow(`What was written to ${table} does not read back`);
});
