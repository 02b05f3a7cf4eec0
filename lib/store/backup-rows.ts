import { CofferError } from "../errors";
import { providerOf } from "./provider";

/** A value of a row as a backup holds it: a time is ISO 8601 in UTC. */
export type Cell = string | number | boolean | null;

/** A table of a backup: its columns in the order in which each row has their values. */
export interface BackupTable {
  table: string;
  columns: string[];
  rows: number;
}

/**
 * What no backup holds, with the rows that it keeps of it all the same. A copy must let nobody in who was let in
 * elsewhere: sessions end, links that nobody has used are made anew. A used link says that the setup is over. And the
 * processes that work on a database do not work on a copy of it.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  Instance: "1 = 0",
  Session: "1 = 0",
  OneTimeLink: `"consumedAt" IS NOT NULL`,
};

/** The whole database at one moment. Others write on meanwhile. */
export interface Snapshot {
  migrations: string[];
  /** Where each journal ends: its id, and the number of its last event. */
  heads: [journal: string, seq: number][];
  tables: BackupTable[];
  /** The rows of a table in the order of their keys, some at a time. */
  rows(table: BackupTable): Iterable<Cell[][]> | AsyncIterable<Cell[][]>;
  close(): Promise<void>;
}

/** Begins to read a database in one read transaction, on a connection of its own. */
export async function openSnapshot(databaseUrl: string, leftOut = LEFT_OUT): Promise<Snapshot> {
  if (providerOf(databaseUrl) === "postgresql") {
    const { openPostgresSnapshot } = await import("./postgres/snapshot");
    return openPostgresSnapshot(databaseUrl, leftOut);
  }
  const { openSqliteSnapshot } = await import("./sqlite-snapshot");
  return openSqliteSnapshot(databaseUrl, leftOut);
}

/**
 * Refuses what is no vault, so that nothing is kept as a copy of one that could not be opened: a vault has one keyring,
 * and was made by migrations.
 * @throws CofferError `unavailable`
 */
export function requireVault({
  tables,
  migrations,
}: Pick<Snapshot, "tables" | "migrations">): void {
  const keyrings = tables.find(({ table }) => table === "Keyring")?.rows ?? 0;
  if (keyrings === 1 && migrations.length > 0) return;
  throw new CofferError(
    "unavailable",
    `The database that DATABASE_URL names can't be copied: what is read there is no whole vault (keyrings: ${String(keyrings)}, migrations: ${String(migrations.length)}). Look whether DATABASE_URL leads to the vault, and whether something other than Coffer has changed it. Nothing was copied.`,
  );
}
