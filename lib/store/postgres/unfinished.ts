import { CofferError } from "../../errors";
import { SCHEMA } from "./schema";

/** Asks on any connection to PostgreSQL. */
type Ask = <R extends object>(sql: string) => Promise<R[]>;

/** Whether a vault was moved here, and the move has not come to its end (`move-target.ts`). */
export async function isUnfinished(query: Ask): Promise<boolean> {
  const [row] = await query<{ isThere: boolean }>(
    `SELECT to_regclass('${SCHEMA}."_coffer_move"') IS NOT NULL AS "isThere"`,
  );
  return row?.isThere === true;
}

/** @throws CofferError `unavailable` */
export async function requireFinished(query: Ask): Promise<void> {
  if (!(await isUnfinished(query))) return;
  throw new CofferError(
    "unavailable",
    "A vault is being moved into this database, or a move has not come to its end: what is here is not verified. Type the same coffer migrate-to again; it begins anew. The vault is where it was moved from.",
  );
}
