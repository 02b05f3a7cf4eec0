import type { Config } from "../config";
import { CofferError, isCofferError } from "../errors";

/** There is nothing to open, and a command makes none. */
export function noVault({ databaseUrl }: Pick<Config, "databaseUrl">): CofferError {
  return new CofferError(
    "unavailable",
    `There is no vault yet in the database that DATABASE_URL names (${databaseUrl}). Start Coffer once: it makes one. Nothing was changed.`,
  );
}

/** A database that can't be opened or migrated, in words; the log of a start has nowhere to go. */
export function unusable(error: unknown): never {
  if (isCofferError(error)) throw error;
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  throw new CofferError(
    "unavailable",
    `The database that DATABASE_URL names can't be opened or migrated${code}. It must be a SQLite file of Coffer's own, or none yet, in a folder that Coffer may write to.`,
    { cause: error },
  );
}
