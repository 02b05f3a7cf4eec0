import type { ImportReport } from "../../lib/shapes";
import { Problem, sendLarge, sendOnce } from "../api";

/** Where the secrets of an import come from. */
export type Way = "text" | "tyk";

/** How a text is read; `guess` leaves it to Coffer. */
export type TextFormat = "guess" | "dotenv" | "json" | "yaml";

/**
 * What is chosen of a preview: the numbers of its entries, and what becomes of each. `suggested`: it is added under
 * the name that was suggested for it.
 */
export type Chosen = ReadonlyMap<number, "add" | "rotate" | "suggested">;

/** What all new secrets of an import get. */
export interface ForNew {
  tags?: readonly string[];
  expiresAt?: string | null;
  rotateEveryDays?: number | null;
}

/** How far an import is. */
export interface Work {
  step: "send" | "read" | "seal" | "write";
  /** From 0 to 1; null where that is not known. */
  part: number | null;
}

type Watch = (work: Work | null) => void;

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
export function preview(environment: string, source: Source, watch: Watch): Promise<ImportReport> {
  return post({ environment, source, preview: true }, watch);
}

/** Writes what is chosen, or nothing. @throws Problem */
export function runImport(
  { environment, entries }: ImportReport,
  source: Source,
  chosen: Chosen,
  forNew: ForNew,
  watch: Watch,
): Promise<ImportReport> {
  const choose = Array.from(chosen, ([entry, as]) => {
    const { version = null, suggestion = null } = entries[entry] ?? {};
    if (as === "suggested") return { entry, as: "add", ...(suggestion && { name: suggestion }) };
    return { entry, as, ...(as === "rotate" && version !== null && { version }) };
  });
  return post({ environment, source, choose, ...forNew }, watch);
}

/** Coffer is asked so often how far it is; it knows of nothing before it has everything. */
const ASK_EVERY_MS = 1_000;

/** Posts an import, and tells how far it is: first what is sent, then what Coffer says when it is asked. */
async function post(body: object, watch: Watch): Promise<ImportReport> {
  let next: ReturnType<typeof setTimeout> | undefined;
  let isThere = false;

  /** The next question, in place of one that waits. */
  function askLater() {
    clearTimeout(next);
    next = setTimeout(() => void ask(), ASK_EVERY_MS);
  }

  async function ask() {
    const step = await sendOnce<Answer>("GET", "/import").catch((): Answer => ({ progress: null }));
    if (!isThere) return;
    const { progress } = step;
    if (progress) {
      watch({ step: progress.step, part: progress.of ? progress.done / progress.of : null });
    }
    askLater();
  }

  function sent(part: number) {
    isThere = part >= 1;
    watch(isThere ? { step: "read", part: null } : { step: "send", part });
    if (isThere) askLater();
    else clearTimeout(next); // it is sent once more, after who it is was confirmed
  }

  sent(0);
  try {
    return await sendLarge<ImportReport>("/import", body, sent);
  } finally {
    isThere = false;
    clearTimeout(next);
    watch(null);
  }
}

interface Answer {
  progress: { step: "read" | "seal" | "write"; done: number; of: number | null } | null;
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
