import { isOnPostgres } from "./dialect";
import type { Db } from "./store";

/**
 * The time by which processes that share a database tell whether another one lives: on PostgreSQL the database's own, since
 * the clocks of several hosts may differ by more than it takes to be thought dead; on SQLite the host's, `now`.
 */
export async function sharedTime(db: Db, now: () => Date): Promise<Date> {
  if (!isOnPostgres(db)) return now();
  const [row] = await db.$queryRawUnsafe<{ ms: bigint }[]>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "ms"`,
  );
  return new Date(Number(row?.ms));
}
