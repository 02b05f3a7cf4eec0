import { providerOf } from "./provider";
import { RecordSearch, type RecordResults, type RecordTask } from "./record-search";
import type { Soon } from "./soon";

/** Looks through the audit record. */
export interface RecordSearcher {
  /** @throws Error where the database can't be read */
  run<D extends RecordTask["do"]>(task: Extract<RecordTask, { do: D }>): Promise<RecordResults[D]>;
  close(): Promise<void>;
}

/** A search that is open, on either kind of database. */
export interface OpenSearch {
  run(task: RecordTask): Soon<RecordResults[RecordTask["do"]]>;
  /** Takes in what is new, for a while. False where more is left. On PostgreSQL that is nothing before the first task. */
  catchUp(): Soon<boolean>;
  close(): Soon<void>;
}

/** Opens it in this thread. */
export async function openSearch(databaseUrl: string, longestMs?: number): Promise<OpenSearch> {
  if (providerOf(databaseUrl) === "sqlite") return new RecordSearch(databaseUrl, longestMs);
  const { searchPostgres } = await import("./postgres/record-search");
  return searchPostgres(databaseUrl, longestMs);
}

/** Looks in this thread, which does nothing else meanwhile: for commands and tests. Opens nothing before the first task. */
export function searchInThisThread(databaseUrl: string, longestMs?: number): RecordSearcher {
  let search: Promise<OpenSearch> | undefined;
  return {
    run: async (task) => {
      search ??= openSearch(databaseUrl, longestMs).catch((error: unknown) => {
        search = undefined;
        throw error;
      });
      return (await (await search).run(task)) as never;
    },
    async close() {
      const open = search;
      search = undefined;
      await (await open?.catch(() => undefined))?.close();
    },
  };
}
