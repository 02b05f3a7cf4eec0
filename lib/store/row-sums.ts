import { createHash } from "node:crypto";
import { CofferError } from "../errors";
import type { Cell, Snapshot } from "./backup-rows";

/** What is told of rows that are copied. */
export interface CopyWatch {
  progress: (step: "writing" | "comparing", done: number, total: number) => void;
  signal: AbortSignal;
}

/** What a table's rows come to. Two that have the same have the same rows, byte for byte. */
interface Sum {
  rows: number;
  digest: string;
}

/** What all tables come to that were read, by their names. */
export type Sums = Map<string, Sum>;

/** Gives the rows of a table, and once all are given, adds what they come to. */
export async function* summed(
  table: string,
  pages: Iterable<Cell[][]> | AsyncIterable<Cell[][]>,
  sums: Sums,
): AsyncGenerator<Cell[][]> {
  const digest = createHash("sha256");
  let rows = 0;
  for await (const page of pages) {
    for (const row of page) digest.update(`${JSON.stringify(row)}\n`);
    rows += page.length;
    yield page;
  }
  sums.set(table, { rows, digest: digest.digest("hex") });
}

/** Reads everything that was written. @throws CofferError `unavailable` for a table that is not what was read */
export async function requireSame(
  target: Pick<Snapshot, "tables" | "rows">,
  read: Sums,
  watch: CopyWatch,
): Promise<void> {
  const meter = meterOf(target, watch, "comparing");
  const there: Sums = new Map();
  for (const table of target.tables) {
    for await (const page of summed(table.table, target.rows(table), there)) meter(page.length);
  }
  for (const name of new Set([...read.keys(), ...there.keys()])) {
    const [of, is] = [read.get(name), there.get(name)];
    if (of?.rows !== is?.rows || of?.digest !== is?.digest) throw notSame(name);
  }
}

/** Tells how far it is after some rows. @throws CofferError `unavailable` once it is to stop */
export function meterOf(
  { tables }: Pick<Snapshot, "tables">,
  { progress, signal }: CopyWatch,
  step: "writing" | "comparing",
): (rows: number) => void {
  const total = tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  return (rows) => {
    if (signal.aborted) throw new CofferError("unavailable", "Interrupted. Nothing was changed.");
    progress(step, (done += rows), total);
  };
}

function notSame(table: string): CofferError {
  return new CofferError(
    "unavailable",
    `What was written to ${table} does not read back as it was. Nothing was changed.`,
  );
}
