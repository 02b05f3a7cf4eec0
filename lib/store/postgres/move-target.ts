import { randomUUID } from "node:crypto";
import { CofferError } from "../../errors";
import { migrate } from "../migrate";
import type { MoveTarget } from "../move-target";
import { loadInto } from "./load";
import { openPool } from "./pool";
import { queryOn, type Query } from "./query";
import { SCHEMA } from "./schema";
import { isEmpty, tableNames } from "./snapshot";
import { BEGINNING, transaction } from "./transaction";
import { isUnfinished } from "./unfinished";
import { requireUsable } from "./usable";

/**
 * A vault that is moved to PostgreSQL is there once its one transaction is, and beside it a table that says that it is not
 * verified yet: as long as that is there no start opens the vault (`unfinished.ts`), and a move empties the database
 * and begins anew.
 */
export function serverTarget(databaseUrl: string, prismaDirectory: string): MoveTarget {
  const run = randomUUID();
  return {
    databaseUrl,
    isFree: () =>
      connected(databaseUrl, async (query) => {
        await requireUsable(query);
        return (await isUnfinished(query)) || (await isEmpty(query));
      }),
    async fill(source, watch) {
      await migrate({ databaseUrl, prismaDirectory });
      return loadInto(databaseUrl, { source, ...watch, first: (query) => makeRoom(query, run) });
    },
    finish: () =>
      locked(databaseUrl, async (query) => {
        if (!(await isOfRun(query, run))) return false;
        await query(`DROP TABLE ${SCHEMA}."_coffer_move"`);
        return true;
      }),
    clean: () =>
      locked(databaseUrl, async (query) => {
        if (!(await isOfRun(query, run)) || (await isWorkedOn(query))) return;
        await emptyTables(query);
        await query(`DROP TABLE ${SCHEMA}."_coffer_move"`);
      }),
  };
}

/** Whether what is there is what this run has copied, and not another one since. */
async function isOfRun(query: Query, run: string): Promise<boolean> {
  if (!(await isUnfinished(query))) return false;
  return (
    (await query(`SELECT 1 AS "one" FROM ${SCHEMA}."_coffer_move" WHERE "run" = $1`, [run]))
      .length > 0
  );
}

/**
 * Whether a server has registered there, which none can that knows of moves: what it serves is not taken away from under
 * it. The copy brings no row of that table along, and the move's own is a command's.
 */
async function isWorkedOn(query: Query): Promise<boolean> {
  return (
    (await query(`SELECT 1 AS "one" FROM ${SCHEMA}."Instance" WHERE "kind" = 'server'`)).length > 0
  );
}

/** Whether one has been there just now, by the clock that instances go by (`sharedTime`): one that was killed is gone. */
async function isLivedIn(query: Query): Promise<boolean> {
  const rows = await query(`SELECT 1 AS "one" FROM ${SCHEMA}."Instance" WHERE "kind" = 'server'
    AND "seenAt" > (clock_timestamp() AT TIME ZONE 'UTC') - interval '45 seconds'`);
  return rows.length > 0;
}

/** @throws CofferError `unavailable` */
async function makeRoom(query: Query, run: string): Promise<void> {
  if (await isUnfinished(query)) {
    if (await isLivedIn(query)) throw livedIn();
    await emptyTables(query);
    await query(`TRUNCATE ${SCHEMA}."_coffer_move"`);
  } else if (await isEmpty(query)) {
    await query(`CREATE TABLE ${SCHEMA}."_coffer_move" ("run" TEXT NOT NULL)`);
  } else return;
  await query(`INSERT INTO ${SCHEMA}."_coffer_move" VALUES ($1)`, [run]);
}

function livedIn(): CofferError {
  return new CofferError(
    "unavailable",
    "A server works on what an unfinished move has left in that database: one of an older version, which knows of no moves. Stop it, and type this again; one that was killed counts for 45 seconds. Nothing was changed.",
  );
}

/** Those of Coffer; others may be there. */
async function emptyTables(query: Query): Promise<void> {
  const all = (await tableNames(query)).map((name) => `${SCHEMA}."${name}"`);
  if (all.length > 0) await query(`TRUNCATE ${all.join(", ")}`);
}

async function connected<T>(databaseUrl: string, work: (query: Query) => Promise<T>): Promise<T> {
  const pool = openPool(databaseUrl, { max: 1, isPatient: true });
  return work(queryOn(pool, false)).finally(() => pool.end());
}

function locked<T>(databaseUrl: string, work: (query: Query) => Promise<T>): Promise<T> {
  const pool = openPool(databaseUrl, { max: 1, isPatient: true });
  return transaction(pool, BEGINNING, work).finally(() => pool.end());
}
