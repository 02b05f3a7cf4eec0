import type { ImportReport } from "../../lib/shapes";
import { Problem, send } from "../api";

/** Where the secrets of an import come from. */
export type Way = "text" | "tyk";

/** How a text is read; `guess` leaves it to Coffer. */
export type TextFormat = "guess" | "dotenv" | "json" | "yaml";

/** What is chosen of a preview: the numbers of its entries, and what becomes of each. */
export type Chosen = ReadonlyMap<number, "add" | "rotate">;

/** A source as the API takes it. It holds values: never in a state, gone when the call is over. */
type Source = { format?: string; text: string } | { format: "tyk"; file: string; key: string };

/** A text, or the text of a file, as a source. @throws Problem for a file that is not UTF-8 */
export async function textSource(from: string | File, format: TextFormat): Promise<Source> {
  const text = typeof from === "string" ? from : decoded(await from.arrayBuffer());
  return { ...(format !== "guess" && { format }), text };
}

/** A file of Tyk AI Studio with its key, as a source. */
export async function tykSource(file: File, key: string): Promise<Source> {
  return { format: "tyk", file: base64(await file.arrayBuffer()), key };
}

/** What would become of each entry. Writes nothing. @throws Problem */
export function preview(environment: string, source: Source): Promise<ImportReport> {
  return send<ImportReport>("POST", "/import", { environment, source, preview: true });
}

/** Writes what is chosen, or nothing. @throws Problem */
export function runImport(
  { environment, entries }: ImportReport,
  source: Source,
  chosen: Chosen,
): Promise<ImportReport> {
  const choose = Array.from(chosen, ([entry, as]) => {
    const version = entries[entry]?.version ?? null;
    return { entry, as, ...(as === "rotate" && version !== null && { version }) };
  });
  return send<ImportReport>("POST", "/import", { environment, source, choose });
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem(
      0,
      "invalid_encoding",
      "The file is not text in UTF-8. Choose a .env, JSON or YAML file; for a database of Tyk AI Studio choose “From Tyk AI Studio”.",
    );
  }
}

/** As many bytes as can be arguments of one call. */
const AT_ONCE = 8_192;

function base64(bytes: ArrayBuffer): string {
  const all = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < all.length; at += AT_ONCE) {
    text += String.fromCharCode(...all.subarray(at, at + AT_ONCE));
  }
  return btoa(text);
}
