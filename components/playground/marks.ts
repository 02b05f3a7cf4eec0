import type { Finding } from "./findings";
import type { FormatId } from "./format";
import { spotsInDocument } from "./document-spots";
import { spotsInJson } from "./json-spots";
import { merge, type Mark } from "./spot";

/**
 * Where the findings of a report stand in the text that was checked. Takes time in the length of both. A finding
 * that can't be found has no mark: the list of findings has it all the same.
 */
export function findMarks(text: string, format: FormatId, findings: readonly Finding[]): Mark[] {
  return merge(format === "json" ? spotsInJson(text, findings) : spotsInDocument(text, findings));
}
