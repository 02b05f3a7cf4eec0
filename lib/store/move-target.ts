import type { Snapshot } from "./backup-rows";
import { openSnapshot } from "./backup-rows";
import { migrate } from "./migrate";
import { newDatabaseFile } from "./new-database";
import { providerOf } from "./provider";
import { meterOf, requireSame, summed, type CopyWatch, type Sums } from "./row-sums";
import { openLoader } from "./sqlite-loader";

/** Where a vault is moved to. Until it is finished nothing but the move can open what is there. */
export interface MoveTarget {
  /** What to open once it is filled, to verify it. */
  databaseUrl: string;
  /** Whether there is nothing in its place, or what a move has left that did not come to its end. */
  isFree(): Promise<boolean>;
  /** Copies every row, and compares what is there then. False if it is not free. */
  fill(source: Snapshot, watch: CopyWatch): Promise<boolean>;
  /** Puts it into its place, whole and durable. Every connection to it is closed. False if something came meanwhile. */
  finish(): Promise<boolean>;
  /** Removes what is not finished. */
  clean(): Promise<void>;
}

/** Prepares to move a vault there. */
export async function moveTarget(
  databaseUrl: string,
  prismaDirectory: string,
): Promise<MoveTarget> {
  if (providerOf(databaseUrl) === "sqlite") return fileTarget(databaseUrl, prismaDirectory);
  const { serverTarget } = await import("./postgres/move-target");
  return serverTarget(databaseUrl, prismaDirectory);
}

/** A file is made beside its place, and put there once it is verified. */
function fileTarget(databaseUrl: string, prismaDirectory: string): MoveTarget {
  const file = newDatabaseFile(databaseUrl);
  return {
    databaseUrl: file.temporaryUrl,
    isFree: () => file.isFree(),
    async fill(source, watch) {
      await migrate({ databaseUrl: file.temporaryUrl, prismaDirectory });
      const sums = await loadFile(file.temporaryUrl, source, watch);
      const written = await openSnapshot(file.temporaryUrl, {});
      await requireSame(written, sums, watch).finally(() => written.close());
      return true;
    },
    finish: () => file.moveIntoPlace({ progress: () => undefined, signal: NEVER }),
    clean: () => {
      file.clean();
      return Promise.resolve();
    },
  };
}

const NEVER = new AbortController().signal;

async function loadFile(databaseUrl: string, source: Snapshot, watch: CopyWatch): Promise<Sums> {
  const sums: Sums = new Map();
  const meter = meterOf(source, watch, "writing");
  const loader = openLoader(databaseUrl);
  try {
    for (const table of source.tables) {
      const write = loader.begin(table.table, table.columns);
      for await (const page of summed(table.table, source.rows(table), sums)) {
        for (const row of page) write(row);
        meter(page.length);
      }
    }
    loader.end();
    return sums;
  } finally {
    loader.close();
  }
}
