import { CofferError } from "../errors";
import type { BackupTable, Cell, Snapshot } from "../store/backup-rows";

// What stands in a backup (lib/crypto/BACKUP.md, "Content"): JSON Lines.

const FORMAT = "coffer-rows";
/** Rows are written in pieces of about this size. */
const PIECE_CHARACTERS = 65_536;
/** No line that Coffer writes is longer: a value has 64 KiB, a name of an event at most a few. */
const MAX_LINE_BYTES = 16 * 2 ** 20;

/** The first line of a backup: when it was taken, of which schema, and where its journals ended. */
export interface BackupHead {
  takenAt: string;
  migrations: string[];
  heads: [journal: string, seq: number][];
  rows: number;
}

/** What a line of a backup says. */
export type BackupLine =
  | { kind: "head"; head: BackupHead }
  | { kind: "table"; table: BackupTable }
  | { kind: "row"; row: Cell[] };

export function headOf({ migrations, heads, tables }: Snapshot, takenAt: Date): BackupHead {
  const rows = tables.reduce((total, table) => total + table.rows, 0);
  return { takenAt: takenAt.toISOString(), migrations, heads, rows };
}

/** A snapshot as the content of a backup. `progress` is told how many rows are written. */
export async function* writeContent(
  snapshot: Snapshot,
  head: BackupHead,
  progress: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let piece = `${JSON.stringify({ format: FORMAT, ...head })}\n`;
  let done = 0;
  for (const table of snapshot.tables) {
    piece += `${JSON.stringify(table)}\n`;
    for await (const page of snapshot.rows(table)) {
      for (const row of page) {
        piece += `${JSON.stringify(row)}\n`;
        done++;
        if (piece.length < PIECE_CHARACTERS) continue;
        yield Buffer.from(piece);
        piece = "";
        progress(done);
        await new Promise((resolve) => setImmediate(resolve)); // others get their turn
      }
    }
  }
  progress(done);
  yield Buffer.from(`${piece}{"end":true}\n`);
}

/**
 * Reads a backup's content, and gives its lines: the head, then each table and its rows, as many as it says. That it
 * is whole is known only once it has come to its end.
 * @throws CofferError `invalid_backup`
 */
export async function* readContent(content: AsyncIterable<Buffer>): AsyncGenerator<BackupLine> {
  const lines = linesOf(content);
  const head = headIn(await nextOf(lines));
  yield { kind: "head", head };
  let rows = 0;
  for (;;) {
    const line = await nextOf(lines);
    if (isRecord(line) && line["end"] === true) break;
    const table = tableIn(line);
    yield { kind: "table", table };
    for (let left = table.rows; left > 0; left--) {
      yield { kind: "row", row: rowIn(await nextOf(lines), table) };
      rows++;
    }
  }
  if (rows !== head.rows || (await lines.next()).done !== true) throw notContent();
}

async function nextOf(lines: AsyncGenerator): Promise<unknown> {
  const next = await lines.next();
  if (next.done === true) throw notContent();
  return next.value;
}

async function* linesOf(content: AsyncIterable<Buffer>): AsyncGenerator {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of content) {
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a)) {
      yield parsed(bytes.subarray(0, end));
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > MAX_LINE_BYTES) throw notContent();
    rest = bytes;
  }
  if (rest.length > 0) throw notContent();
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    throw notContent();
  }
}

function headIn(line: unknown): BackupHead {
  if (!isRecord(line) || line["format"] !== FORMAT) throw notContent();
  const { takenAt, migrations, heads, rows } = line;
  const isWhole =
    typeof takenAt === "string" && isCount(rows) && Array.isArray(heads) && areNames(migrations);
  if (!isWhole) throw notContent();
  return { takenAt, migrations, heads: heads as BackupHead["heads"], rows };
}

function tableIn(line: unknown): BackupTable {
  if (!isRecord(line)) throw notContent();
  const { table, columns, rows } = line;
  if (typeof table !== "string" || !areNames(columns) || !isCount(rows)) throw notContent();
  return { table, columns, rows };
}

function rowIn(line: unknown, { columns }: BackupTable): Cell[] {
  if (!Array.isArray(line) || line.length !== columns.length) throw notContent();
  if (line.some((cell) => typeof cell === "object" && cell !== null)) throw notContent();
  return line as Cell[];
}

const isRecord = (line: unknown): line is Record<string, unknown> =>
  typeof line === "object" && line !== null && !Array.isArray(line);
const areNames = (list: unknown): list is string[] =>
  Array.isArray(list) && list.every((name) => typeof name === "string");
const isCount = (number: unknown): number is number =>
  typeof number === "number" && Number.isSafeInteger(number) && number >= 0;

/** What is authentic and still makes no sense was not written by Coffer. */
function notContent(): CofferError {
  return new CofferError(
    "invalid_backup",
    "The backup's content is not what Coffer writes. Use another copy of it.",
    { details: { reason: "not_content" } },
  );
}
