import { CHOMPING_MODE } from "js-yaml";
import { SCALAR_STYLE } from "./yaml-events";
import { isPrintableLine } from "./yaml-quote";
import type { YamlScalar } from "./yaml-reading";

/**
 * Y6: a literal block that says `text`, at the same indentation, chomped as the text's end asks for. Null where
 * a reader could take it for something else: lines of blanks only, a first line that would have to be measured,
 * no line at all, or a file whose missing last newline would have to come.
 */
export function literalBlock(source: string, scalar: YamlScalar, text: string): string | null {
  const { indent, chomping } = scalar.event;
  const { indicators, rest, lineEnd } = headerOf(source, scalar);
  let ends = 0;
  while (text.endsWith("\n", text.length - ends)) ends++;
  const lines = text.slice(0, text.length - ends).split("\n");
  const width = /[0-9]/.exec(indicators)?.[0] ?? "";
  const first = lines.find((line) => line !== "");
  const isMeasured = width !== "" || (first !== undefined && !/^[ \t]/.test(first));
  if (indent < 1 || first === undefined || !isMeasured || first.startsWith("\t")) return null;
  if (!lines.every((line) => isPrintableLine(line) && !/^[ \t]+$/.test(line))) return null;

  const after = endOf(source, scalar);
  const isKept = ends > 1 || (ends === 1 && chomping === CHOMPING_MODE.KEEP);
  if (ends > 1 && after === "") return null;
  const style = ends === 0 ? "-" : isKept ? "+" : "";
  const spaces = " ".repeat(indent);
  const content = lines.map((line) => (line === "" ? "" : spaces + line)).join(lineEnd);
  const end = isKept && after !== "" ? lineEnd.repeat(ends) : after;
  return `|${width}${style}${rest}${content}${end}`;
}

/** What follows a block scalar that is now in double quotes: its header's comment, and its last line's end. */
export function quotedTail(source: string, scalar: YamlScalar): string {
  const { style } = scalar.event;
  if (style !== SCALAR_STYLE.LITERAL_BLOCK && style !== SCALAR_STYLE.FOLDED_BLOCK) return "";
  const { rest } = headerOf(source, scalar);
  return rest.trimEnd() + endOf(source, scalar);
}

function headerOf(
  source: string,
  { start, event }: YamlScalar,
): { indicators: string; rest: string; lineEnd: string } {
  const header = source.slice(start, event.valueStart);
  const indicators = /^[|>][-+0-9]*/.exec(header)?.[0] ?? "";
  const lineEnd = /\r?\n$|\r$/.exec(header)?.[0] ?? "\n";
  return { indicators, rest: header.slice(indicators.length), lineEnd };
}

/** The end of a block's last line with text, and the empty lines after it; nothing if the source ends there. */
function endOf(source: string, { event }: YamlScalar): string {
  let at = event.valueEnd;
  let end = at;
  while (at > event.valueStart && /[ \t\r\n]/.test(source[at - 1] ?? "")) {
    at--;
    if (/[\r\n]/.test(source[at] ?? "")) end = at;
  }
  return source.slice(end, event.valueEnd);
}
