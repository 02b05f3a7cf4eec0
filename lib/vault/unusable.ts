import type { Config } from "../config";
import { isOfServer, shownUrl } from "../database-url";
import { CofferError, isCofferError } from "../errors";
import { NotKept } from "../store/kept";
import { reasonOf } from "../store/postgres/reason";

/** There is nothing to open, and a command makes none. */
export function noVault({ databaseUrl }: Pick<Config, "databaseUrl">): CofferError {
  return new CofferError(
    "unavailable",
    `There is no vault yet in the database that DATABASE_URL names (${shownUrl(databaseUrl)}). Start Coffer once: it makes one. Nothing was changed.`,
  );
}

/** What tells, in words, of a database that can't be opened or migrated; the log of a start has nowhere to go. */
export function unusable({ databaseUrl }: Pick<Config, "databaseUrl">): (error: unknown) => never {
  return (error) => {
    if (isCofferError(error)) throw error;
    if (error instanceof NotKept) throw notKept(error);
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new CofferError(
      "unavailable",
      isOfServer(databaseUrl)
        ? `The PostgreSQL database that DATABASE_URL names can't be used${code}: ${reasonOf(error)}.`
        : `The database that DATABASE_URL names can't be opened or migrated${code}. It must be a SQLite file of Coffer's own, or none yet, in a folder that Coffer may write to.`,
      { cause: error },
    );
  };
}

function notKept(cause: NotKept): CofferError {
  return new CofferError(
    "unavailable",
    "The audit record can't be written: something in the database that DATABASE_URL names, such as a trigger or a rule on the table AuditEvent, keeps events from it. Nothing was done. Remove it, and find out who has put it there; then coffer audit verify says whether the record is as Coffer wrote it.",
    { cause },
  );
}
