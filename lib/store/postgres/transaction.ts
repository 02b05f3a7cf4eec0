import type { ClientBase, Pool } from "pg";
import { CofferError } from "../../errors";
import { isConflict } from "./errors";
import { TIMELINE } from "./latest";
import { queryOn, type Query } from "./query";

/** One write transaction at a time, whichever instance it is of. Any number that nothing else uses. */
const WRITE_LOCK = 7_226_820_111;
/** How long a transaction waits for the others, how long one statement may take, and how long it may stand still. */
const LIMITS = {
  lock_timeout: 10_000,
  statement_timeout: 25_000,
  idle_in_transaction_session_timeout: 30_000,
};

/** Limits that end with the transaction: those of a session would be another one's behind a pooler. */
export const LIMITED = Object.entries(LIMITS)
  .map(([name, ms]) => `set_config('${name}', '${String(ms)}', true)`)
  .join(", ");

/**
 * The first statement of every write transaction: limits, the transaction's number, and the lock that all take.
 *
 * It is to PostgreSQL what SQLite's write lock is to SQLite: writers come one after the other, and a transaction's
 * later statements, each of which sees what was committed before it began (READ COMMITTED), see what the one before it
 * has left, and nobody changes it until they are done. So no read-then-write races another one, there is nothing to
 * deadlock about, and what was shown to be right on SQLite is right here. It ends with the transaction, also where the
 * instance or its connection does. Audit events, use counts and sealing anew take no part in it: no decision reads
 * what they write. Nor does what a sink was given: that is one statement, which finds that its lease is still the holder's, or does nothing.
 */
export const BEGINNING = `SELECT ${LIMITED}, pg_current_xact_id()::text AS "xid", ${TIMELINE} AS "timeline", pg_advisory_xact_lock(${String(WRITE_LOCK)})::text AS "lock"`;

/** What is known of a transaction from its beginning. */
export interface Begun {
  xid: string;
  /** Of the server's history: another one once a standby has taken over, where the same number may be of something else. */
  timeline: string;
}

/** As often is a transaction done again that PostgreSQL has rolled back in favour of another one. */
const MOST_TRIES = 5;

/** Does it again, from its beginning, as long as PostgreSQL rolls it back for a conflict. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 * tries * (1 + Math.random())));
    }
  }
}

/**
 * What somebody has told the database to do at the commit it does after each statement, so nothing is undone after the last look at
 * what was written. Nothing of Coffer's is put off.
 */
export const AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE";

/** Runs `work` in a transaction on one connection of the pool. `first` is its first statement. */
export async function transaction<T>(
  pool: Pool,
  first: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    return await transactionOn(client, first, work, (error) => (failed = error));
  } finally {
    client.release(failed);
  }
}

/**
 * Runs `work` in a transaction on a connection. `first` is its first statement.
 * @param lost told that the connection is of no use any more
 */
export async function transactionOn<T>(
  client: ClientBase,
  first: string,
  work: (query: Query) => Promise<T>,
  lost: (error: Error) => unknown,
): Promise<T> {
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${AT_ONCE}`);
    await client.query(first);
    const result = await work(queryOn(client, false));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // Rolled back, the connection is as good as before.
    await client.query("ROLLBACK").catch((failed: unknown) => {
      lost(error instanceof Error ? error : new Error("a transaction failed", { cause: failed }));
    });
    throw error;
  }
}

const LOOK_FOR_MS = 15_000;
const LOOK_EVERY_MS = 200;

/** Whether a transaction whose end was not heard of is durable. Null: that can't be found out. */
export async function wasCommitted(query: Query, begun: Begun): Promise<boolean | null> {
  const until = performance.now() + LOOK_FOR_MS;
  while (performance.now() < until) {
    try {
      const [row] = await query<{ status: string | null }>(
        `SELECT CASE WHEN ${TIMELINE} = $2 THEN pg_xact_status($1::xid8) END AS "status"`,
        [begun.xid, begun.timeline],
      );
      if (row?.status === "committed") return true;
      if (row?.status === "aborted") return false;
      if (row?.status !== "in progress") return null;
    } catch {
      // the database is not back yet
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}

/** What is said where it can't. */
export function outcomeUnknown(cause: unknown): CofferError {
  return new CofferError(
    "unavailable",
    "The connection to the database was lost while a change was being written, so it is not known whether it was made. Look before you try again.",
    { cause },
  );
}
