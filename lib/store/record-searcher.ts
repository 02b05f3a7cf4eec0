import { RecordSearch, type RecordResults, type RecordTask } from "./record-search";

/** Looks through the audit record. */
export interface RecordSearcher {
  /** @throws Error where the database can't be read */
  run<D extends RecordTask["do"]>(task: Extract<RecordTask, { do: D }>): Promise<RecordResults[D]>;
  close(): Promise<void>;
}

/** Looks in this thread, which does nothing else meanwhile: for commands and tests. Opens nothing before the first task. */
export function searchInThisThread(databaseUrl: string, longestMs?: number): RecordSearcher {
  let search: RecordSearch | undefined;
  return {
    run: (task) =>
      new Promise((done) => {
        search ??= new RecordSearch(databaseUrl, longestMs);
        done(search.run(task) as never);
      }),
    close() {
      search?.close();
      search = undefined;
      return Promise.resolve();
    },
  };
}
