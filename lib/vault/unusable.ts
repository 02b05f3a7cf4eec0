import type { Config } from "../config";
import { shownUrl } from "../database-url";
import { CofferError, isCofferError } from "../errors";
import { NotKept } from "../store/kept";
import { isPostgresError } from "../store/postgres/errors";

/** There is nothing to open, and a command makes none. */
export function noVault({ databaseUrl }: Pick<Config, "databaseUrl">): CofferError {
  return new CofferError(
    "unavailable",
    `There is no vault yet in the database that DATABASE_URL names (${shownUrl(databaseUrl)}). Start Coffer once: it makes one. Nothing was changed.`,
  );
}

/** A database that can't be opened or migrated, in words; the log of a start has nowhere to go. */
export function unusable(error: unknown): never {
  if (isCofferError(error)) throw error;
  if (error instanceof NotKept) {
    throw new CofferError(
      "unavailable",
      "The audit record can't be written: something in the database that DATABASE_URL names, such as a trigger or a rule on the table AuditEvent, keeps events from it. Nothing was done. Remove it, and find out who has put it there; then coffer audit verify says whether the record is as Coffer wrote it.",
      { cause: error },
    );
  }
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  if (isPostgresError(error)) {
    throw new CofferError(
      "unavailable",
      `The PostgreSQL database that DATABASE_URL names can't be used${code}: ${reasonOf(error)}.`,
      { cause: error },
    );
  }
  throw new CofferError(
    "unavailable",
    `The database that DATABASE_URL names can't be opened or migrated${code}. It must be a SQLite file of Coffer's own, or none yet, in a folder that Coffer may write to.`,
    { cause: error },
  );
}

/** What PostgreSQL or the way there says, in words of Coffer's own: its own may quote what was sent. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (["28P01", "28000"].includes(code)) return "it does not take that user and password";
  if (code === "3D000") return "there is no database of that name";
  if (code === "42501")
    return "the user may not do there what Coffer has to; it must own the database's schema";
  if (code === "53300") return "it has no connection left; give it more, or run fewer instances";
  if (code === "53100") return "its disk is full";
  if (/^[0-9A-Z]{5}$/.test(code)) return "the server refused what Coffer asked of it";
  return "it can't be reached";
}
