import type { Format, Reading } from "./documents/format";
import { Lines } from "./documents/lines";
import { eachString, type Range } from "./json-text";
import { decode } from "./json-token";
import { nearMisses } from "./near-miss";
import { parse } from "./parse";

/** Something in a document that is left as it is, and was perhaps meant otherwise. */
export interface Warning {
  /** As it stands: bounded, and never a default's text. */
  readonly text: string;
  readonly message: string;
  readonly path: string;
}

/** More than these say nothing new; the list ends with a line that says how many there are. */
const MOST = 100;

/** Gathers the warnings of one document, in the order of its text. */
class Warnings {
  readonly list: Warning[] = [];
  private more = 0;

  readValue(text: string, placeOf: (index: number) => string): void {
    const references = spansOf(text);
    let next = 0;
    for (const { at, text: near, message } of nearMisses(text)) {
      while ((references[next]?.end ?? Infinity) <= at) next++;
      // What stands within a reference is its default's, and not to be shown; the reference itself may be.
      if ((references[next]?.start ?? Infinity) < at) continue;
      this.add(near, `Not a reference: ${message}.`, () => placeOf(at));
    }
  }

  readKey(text: string, placeOf: () => string): void {
    for (const segment of parse(text) ?? []) {
      if (segment.kind === "text" || segment.kind === "escape") continue;
      this.add(segment.canonical, "Keys are never expanded: this stays as it is.", placeOf);
    }
  }

  done(): Warning[] {
    if (this.more === 0) return this.list;
    const message = `There are ${this.more.toLocaleString("en")} more like these.`;
    return [...this.list, { text: "…", message, path: "" }];
  }

  private add(text: string, message: string, placeOf: () => string): void {
    if (this.list.length < MOST) this.list.push({ text, message, path: placeOf() });
    else this.more++;
  }
}

/** Where the references of a text stand, malformed ones included. */
function spansOf(text: string): Range[] {
  let end = 0;
  return (parse(text) ?? []).flatMap((segment) => {
    const start = end;
    end += segment.raw.length;
    return segment.kind === "text" || segment.kind === "escape" ? [] : [{ start, end }];
  });
}

/** What to warn of in JSON. `range` and places as for findReferences. */
export function warningsOfTree(source: string, range: Range): Warning[] {
  const warnings = new Warnings();
  eachString(
    source,
    range,
    (start, end, place, isKey) => {
      const text = decode(source, start, end);
      const placeOf = (): string => place.pointer();
      if (isKey) warnings.readKey(text, placeOf);
      else warnings.readValue(text, placeOf);
    },
    "with keys",
  );
  return warnings.done();
}

/** What to warn of in a document of another format. */
export function warningsOfDocument(format: Format, source: string, reading: Reading): Warning[] {
  const warnings = new Warnings();
  const lines = new Lines(source);
  for (const scalar of reading.scalars) {
    warnings.readValue(scalar.text, (index) =>
      lines.placeOf(format.offsetOf(source, scalar, index)),
    );
  }
  for (const key of reading.keys) warnings.readKey(key.text, () => lines.placeOf(key.start));
  return warnings.done();
}
