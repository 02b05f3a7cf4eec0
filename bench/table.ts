/** A table for people: lines of cells, the first of them the heading. */
export type Table = readonly (readonly string[])[];

/** As Markdown, which reads well on a terminal too. */
export function markdown(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  const lines = table.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

export const whole = (number: number): string => Math.round(number).toLocaleString("en");
export const ratio = (number: number): string => number.toFixed(2);
export const ms = (number: number): string => number.toFixed(2);
