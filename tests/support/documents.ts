import { changesOf, findInDocument } from "../../lib/reference/documents/find";
import { changed, type Format } from "../../lib/reference/documents/format";
import { rewrite } from "../../lib/reference/documents/rewrite";
import type { Mistake } from "../../lib/reference/expand";
import { parse } from "../../lib/reference/parse";
import type { Reference } from "../../lib/reference/segments";

/** What a reference is replaced by. */
export type ValueOf = (reference: Reference) => string;

/** A document with its references expanded, or why it has none: mistakes, or scalars that can't hold a value. */
export type Rendered =
  | { readonly text: string }
  | { readonly unencodable: readonly number[] }
  | { readonly mistakes: readonly Mistake[] };

/** All steps of a render, without a vault. */
export function render(format: Format, source: string, value: ValueOf): Rendered {
  const reading = format.read(source);
  const found = findInDocument(format, source, reading);
  if (found.mistakes.length > 0) return { mistakes: found.mistakes };
  return rewrite(format, source, reading, changesOf(found, value));
}

/** What a string is when its references are expanded, whatever document it came from. */
export function expandText(text: string, value: ValueOf): string {
  let at = 0;
  const changes = (parse(text) ?? []).flatMap((segment) => {
    const start = at;
    at += segment.raw.length;
    if (segment.kind === "text") return [];
    if (segment.kind === "malformed") throw new Error(`malformed: ${segment.canonical}`);
    return [{ start, end: at, put: segment.kind === "escape" ? segment.text : value(segment) }];
  });
  return changed(text, changes);
}

/** What a parsed document is when the references in its values are expanded. Keys are left as they are. */
export function expandTree(tree: unknown, value: ValueOf): unknown {
  if (typeof tree === "string") return expandText(tree, value);
  if (Array.isArray(tree)) return tree.map((item) => expandTree(item, value));
  if (typeof tree !== "object" || tree === null) return tree;
  if (tree instanceof Map) {
    return new Map([...tree].map(([key, item]) => [key, expandTree(item, value)]));
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, expandTree(item, value)]),
  );
}

/** A document with its references expanded; null where some value can't be written where it is to stand. */
export function renderedText(format: Format, source: string, value: ValueOf): string | null {
  const rendered = render(format, source, value);
  if ("mistakes" in rendered) {
    throw new Error(`malformed: ${rendered.mistakes.map((one) => one.canonical).join(", ")}`);
  }
  return "text" in rendered ? rendered.text : null;
}
