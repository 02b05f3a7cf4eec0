import { CofferError } from "../../errors";
import type { FoundEvent } from "../event-rows";
import { RecordSearch, type RecordResults, type RecordTask } from "../record-search";
import type { OpenSearch } from "../record-searcher";
import { isBehindPooler, openPool } from "./pool";
import { queryOn } from "./query";
import { openCopy, readPlaces, type RecordCopy } from "./record-copy";

/** How long a task waits for what is new: nearly always some milliseconds, and longer for the first, which has it all copied. */
const LONGEST_WAIT_MS = 10_000;
const PART_MS = 500;

/**
 * Searches the record of a PostgreSQL database: in a copy that this process keeps in a temporary folder, by the index that
 * is kept beside a SQLite file. Nothing is searched before the copy has all that was written when the search was
 * asked for, and each event that is found is read from the record itself. The copy begins with the first search: an instance that
 * nobody searches on has none.
 */
export function searchPostgres(databaseUrl: string, longestMs?: number): OpenSearch {
  const pool = openPool(databaseUrl, { max: 1 });
  const query = queryOn(pool, isBehindPooler(databaseUrl) ? false : { isOn: true });
  let copy: RecordCopy | undefined;
  let search: RecordSearch | undefined;
  let under: Promise<unknown> = Promise.resolve();
  const caughtUp = (ms: number): Promise<RecordSearch | null> => {
    const until = performance.now() + ms; // also of who waits for others
    const mine = under.then(async () => {
      copy ??= openCopy();
      if (!(await copy.catchUp(query, until))) return null;
      return (search ??= new RecordSearch(copy.databaseUrl, longestMs));
    });
    under = mine.catch(() => undefined);
    return mine;
  };

  return {
    async run(task: RecordTask): Promise<RecordResults[RecordTask["do"]]> {
      const inCopy = await caughtUp(LONGEST_WAIT_MS);
      if (!inCopy) throw isBehind();
      const result = inCopy.run(task);
      if (!("events" in result)) return result;
      const now = await readPlaces(query, result.events);
      const events = result.events.flatMap(({ journalId, seq }): FoundEvent[] => {
        const row = now.get(`${journalId} ${String(seq)}`);
        return row ? [{ ...row, at: (row["at"] as Date).toISOString() } as FoundEvent] : [];
      });
      return { ...result, events };
    },
    async catchUp() {
      if (!copy) return true;
      return (await caughtUp(PART_MS))?.catchUp() ?? false;
    },
    async close() {
      await under;
      search?.close();
      copy?.close();
      await pool.end();
    },
  };
}

function isBehind(): CofferError {
  return new CofferError(
    "unavailable",
    "This instance is still copying the audit record, to search it. Try again in a while.",
  );
}
