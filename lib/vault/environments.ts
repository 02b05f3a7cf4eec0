import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import { isSlug } from "../name";
import type { EnvironmentInfo } from "../shapes";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import type { Vault } from "./vault";

/** The environment that a person means who names none. */
export const DEFAULT_ENVIRONMENT = "default";

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
  demand(caller, "whoami");
  const wanted = slug ?? DEFAULT_ENVIRONMENT;
  const row = isSlug(wanted) ? await db.environment.findUnique({ where: { slug: wanted } }) : null;
  if (row) return rows.checked("environment", row);
  throw new CofferError("not_found", "There is no such environment.");
}

export function environmentFunctions(door: Door): Vault["environments"] {
  return {
    list: (caller) =>
      door.read(caller, { action: "environments.list" }, async () => {
        demand(caller, "environments.list");
        const rows = await door.store.db.environment.findMany({ orderBy: { slug: "asc" } });
        const answer = rows.map((row): EnvironmentInfo => ({
          slug: row.slug,
          name: row.name,
          protected: row.protected,
        }));
        return { answer };
      }),
  };
}
