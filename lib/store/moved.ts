import { isOnPostgres } from "./dialect";
import { requireFinished } from "./postgres/unfinished";
import type { Db } from "./store";

/**
 * Refuses a vault that a move is bringing here and has not brought to its end. Every start begins with asking that
 * (`peekKeyring`), and the move may have come since. In a write transaction the answer holds until that ends.
 * @throws CofferError `unavailable`
 */
export async function requireMoved(db: Db): Promise<void> {
  if (isOnPostgres(db)) await requireFinished((sql) => db.$queryRawUnsafe(sql));
}
