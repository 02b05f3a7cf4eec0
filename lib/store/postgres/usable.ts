import { CofferError } from "../../errors";
import type { Query } from "./query";

interface Settings {
  version: number;
  encoding: string;
  commit: string;
  isReadOnly: string;
  isStandby: boolean;
}

const OLDEST = 14;

/**
 * Refuses a server on which Coffer would not keep its word.
 * @throws CofferError `unavailable`
 */
export async function requireUsable(query: Query): Promise<void> {
  const [settings] = await query<Settings>(`
    SELECT current_setting('server_version_num')::integer AS "version", current_setting('server_encoding') AS "encoding",
      current_setting('synchronous_commit') AS "commit", current_setting('transaction_read_only') AS "isReadOnly",
      pg_is_in_recovery() AS "isStandby"`);
  const refusal = settings && refusalOf(settings);
  if (refusal) throw new CofferError("unavailable", refusal);
}

function refusalOf({ version, encoding, commit, isReadOnly, isStandby }: Settings): string | null {
  if (version < OLDEST * 10_000) {
    return `The PostgreSQL server that DATABASE_URL names is older than version ${String(OLDEST)}. Use a newer one.`;
  }
  if (encoding !== "UTF8") {
    return `The database that DATABASE_URL names has the encoding ${encoding}. Make one with ENCODING 'UTF8'.`;
  }
  if (commit === "off") {
    return "synchronous_commit is off in the database that DATABASE_URL names, so what was acknowledged could be lost with the power. Turn it on for Coffer's role: ALTER ROLE … SET synchronous_commit = on.";
  }
  if (isStandby) {
    return "DATABASE_URL names a standby, which can only be read. Name the primary.";
  }
  if (isReadOnly === "on") {
    return "The database that DATABASE_URL names can only be read. Coffer has to write: even a read is put on record.";
  }
  return null;
}
