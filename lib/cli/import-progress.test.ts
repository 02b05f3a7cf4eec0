import { expect, test } from "vitest";
import { showImport } from "./import-progress";
import { openScreen } from "./screen";

function shownOn(stream: { isTTY: boolean }, quiet = false): string {
  let text = "";
  const write = (more: string) => (text += more);
  const { watch, end } = showImport(openScreen({ ...stream, write }, quiet));
  watch({ step: "read", done: 0, of: null });
  watch({ step: "seal", done: 1, of: 4 });
  watch({ step: "seal", done: 4, of: 4 });
  watch({ step: "write", done: 2, of: 4 });
  watch({ step: "write", done: 4, of: 4 });
  end();
  return text;
}

test("on a terminal each step of an import that can be counted is one line, drawn to its end", () => {
  const lines = shownOn({ isTTY: true }).split("\n");
  expect(lines.map((line) => line.split("\u001b[K").at(-1))).toEqual([
    expect.stringMatching(/^Sealing .* 100 % {2}4 of 4$/),
    expect.stringMatching(/^Writing .* 100 % {2}4 of 4$/),
    "",
  ]);
});

test("elsewhere nothing is drawn, and with --json nothing is said", () => {
  expect(shownOn({ isTTY: false })).not.toMatch(/[\r\u001b]/);
  expect(shownOn({ isTTY: true }, true)).toBe("");
});
