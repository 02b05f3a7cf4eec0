import { CofferError } from "../errors";
import { MAX_ENTRIES, type Entry } from "../import/entry";
import { guessFormat } from "../import/read";
import { readTyk } from "../import/tyk";
import { notTyk, readTykDump, requireFewRows, tykRow, type TykRow } from "../import/tyk-dump";
import type { ImportReport } from "../shapes";
import { readSecretsTable } from "../store/tyk-database";
import type { DocumentWorker } from "./documents";
import { SOURCE_MAX_BYTES, type ImportSource, type WatchImport } from "./import-request";

/** What a source says. */
export interface ReadSource {
  format: ImportReport["format"];
  entries: Entry[];
  notes: string[];
}

/**
 * Reads a source, a large text in a thread of its own.
 * @throws CofferError `body_too_large`, `invalid_document`, `limit_exceeded`
 */
export async function readSource(
  source: ImportSource,
  documents: DocumentWorker,
  watch: WatchImport,
): Promise<ReadSource> {
  if (source.format === "tyk") {
    requireFits(source.file.length);
    const rows = tykRows(source.file);
    const read = await readTyk(rows, source.key, (opened) =>
      watch({ step: "read", done: opened, of: rows.length }),
    );
    return { format: "tyk", ...read };
  }
  requireFits(Buffer.byteLength(source.text));
  const format = source.format ?? guessFormat(source.text);
  const entries = await documents.run({ do: "import", format, text: source.text });
  return { format, entries, notes: [] };
}

function requireFits(bytes: number): void {
  if (bytes <= SOURCE_MAX_BYTES) return;
  throw new CofferError(
    "body_too_large",
    "The source is larger than 16 MiB. Nothing was done. Split it, or leave out what is not to be imported.",
  );
}

const TROUBLE = {
  no_table: "The SQLite file has no plain table named secrets with the columns var_name and value.",
  broken: "The SQLite file is damaged, encrypted or cut short.",
};

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function tykRows(file: Buffer): TykRow[] {
  const found = readSecretsTable(file, MAX_ENTRIES + 1);
  if (found === "not_sqlite") return readTykDump(dumpText(file));
  if (typeof found === "string") throw notTyk(TROUBLE[found]);
  requireFewRows(found.length);
  return found.map(tykRow);
}

function dumpText(file: Buffer): string {
  try {
    return UTF8.decode(file);
  } catch {
    throw notTyk("It is neither a SQLite file nor text in UTF-8.");
  }
}
