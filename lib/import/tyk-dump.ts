import { CofferError } from "../errors";
import { MAX_ENTRIES } from "./entry";

/** A row of Tyk AI Studio's `secrets` table. */
export interface TykRow {
  id: string;
  varName: string;
  /** The ciphertext, as it is stored. */
  value: string;
  isDeleted: boolean;
}

/**
 * The rows of a dump of the table: CSV with a line of column names, or JSON, which is a list of objects with those
 * names, as `sqlite3 -json` writes it.
 * @throws CofferError `invalid_document`, `limit_exceeded`
 */
export function readTykDump(text: string): TykRow[] {
  const source = text.replace(/^\ufeff/, "");
  const rows = /^\s*[[{]/.test(source) ? jsonRows(source) : csvRows(source);
  return rows.map(tykRow);
}

/** A row by its columns' names. @throws CofferError `invalid_document` */
export function tykRow(columns: ReadonlyMap<string, unknown>, index = 0): TykRow {
  const [name, value] = [columns.get("var_name"), columns.get("value")];
  if (typeof name !== "string" || (typeof value !== "string" && value !== null)) {
    throw notTyk(`Row ${String(index + 1)} has no text in the columns var_name and value.`);
  }
  const id = columns.get("id");
  const deletedAt = columns.get("deleted_at");
  return {
    id:
      typeof id === "number" || typeof id === "string"
        ? String(id).slice(0, 20)
        : String(index + 1),
    varName: name,
    value: value ?? "",
    isDeleted:
      deletedAt !== undefined && deletedAt !== null && deletedAt !== "" && deletedAt !== "NULL",
  };
}

/** @throws CofferError `limit_exceeded` */
export function requireFewRows(amount: number): void {
  if (amount <= MAX_ENTRIES) return;
  throw new CofferError(
    "limit_exceeded",
    `The secrets table has more than ${MAX_ENTRIES.toLocaleString("en")} rows; as many are imported at once.`,
    { details: { limit: "entries", max: MAX_ENTRIES } },
  );
}

/** The error for what is no such table. `what` quotes nothing of it. */
export function notTyk(what: string): CofferError {
  return new CofferError(
    "invalid_document",
    `This is no secrets table of Tyk AI Studio. ${what} Send its SQLite file, or a CSV or JSON dump of the table with the columns id, deleted_at, value and var_name.`,
  );
}

function jsonRows(source: string): Map<string, unknown>[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    throw notTyk("It is not valid JSON.");
  }
  if (!Array.isArray(parsed)) throw notTyk("The JSON is no list of rows.");
  requireFewRows(parsed.length);
  return parsed.map((row: unknown) => {
    if (typeof row !== "object" || row === null) throw notTyk("The JSON is no list of rows.");
    return new Map(Object.entries(row));
  });
}

function csvRows(source: string): Map<string, unknown>[] {
  const [names = [], ...records] = csvRecords(source);
  if (!names.includes("var_name") || !names.includes("value")) {
    throw notTyk("Its first line does not name the columns var_name and value.");
  }
  return records.map((cells) => {
    if (cells.length !== names.length)
      throw notTyk("A row has another number of cells than the first line.");
    return new Map(names.map((name, at) => [name, cells[at]]));
  });
}

/** The records of a CSV text (RFC 4180), with empty lines left out. */
function csvRecords(source: string): string[][] {
  const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/y;
  const records: string[][] = [];
  let cells: string[] = [];
  while (CELL.lastIndex < source.length) {
    const found = CELL.exec(source);
    if (found === null) throw notTyk("A quote in the CSV has no end, or stands inside a cell.");
    const [, quoted, bare = "", end = ""] = found;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") records.push(cells);
    requireFewRows(records.length - 1);
    cells = [];
  }
  if (cells.length > 0) records.push([...cells, ""]);
  return records;
}
