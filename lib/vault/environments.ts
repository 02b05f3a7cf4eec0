import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import { DEFAULT_ENVIRONMENT, isSlug } from "../name";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";

export interface EnvironmentRow {
  id: string;
  slug: string;
  protected: boolean;
}

/**
 * The environment that a caller means by `slug`. A service's is its own, and any other is refused before
 * it is looked up, alike whether it exists or not.
 * @throws CofferError `unauthenticated`, `forbidden`, `not_found`, `tampered`
 */
export async function environmentFor(
  { rows }: Door,
  db: Db,
  caller: Caller,
  slug: string | undefined,
): Promise<EnvironmentRow> {
  if (caller.kind === "service") {
    if (slug === undefined || slug === caller.environment.slug) return caller.environment;
    throw new CofferError("forbidden", "This token belongs to another environment.");
  }
  demand(caller, "environments.list"); // before it is looked up whether there is one
  return rows.checked("environment", await findEnvironment(db, slug ?? DEFAULT_ENVIRONMENT));
}

/** The row as it is in the database, not yet `checked`. @throws CofferError `not_found` */
export async function findEnvironment(
  db: Db,
  slug: string,
): Promise<EnvironmentRow & { name: string; mac: string }> {
  const row = isSlug(slug) ? await db.environment.findUnique({ where: { slug } }) : null;
  if (row) return row;
  throw new CofferError("not_found", "There is no such environment.");
}
