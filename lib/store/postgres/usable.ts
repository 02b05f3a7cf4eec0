import { CofferError } from "../../errors";
import { TABLES } from "../tables";
import type { Query } from "./query";
import { SCHEMA } from "./schema";

interface Settings {
  version: number;
  encoding: string;
  commit: string;
  isReadOnly: string;
  isStandby: boolean;
  dateStyle: string;
  /** Whether the search path leads to Coffer's schema. */
  isFound: boolean;
  /** A schema before it that has a table of a name that Coffer's have. */
  other: string | null;
}

const OLDEST = 14;
const NAMES = [...TABLES, "_prisma_migrations"].map((name) => `'${name}'`).join(", ");

/**
 * Refuses a server on which Coffer would not keep its word.
 * @throws CofferError `unavailable`
 */
export async function requireUsable(query: Query): Promise<void> {
  const [settings] = await query<Settings>(`
    SELECT current_setting('server_version_num')::integer AS "version", current_setting('server_encoding') AS "encoding",
      current_setting('synchronous_commit') AS "commit", current_setting('transaction_read_only') AS "isReadOnly",
      pg_is_in_recovery() AS "isStandby", current_setting('DateStyle') AS "dateStyle",
      '${SCHEMA}' = ANY(current_schemas(false)) AS "isFound",
      (SELECT min(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname IN (${NAMES}) AND n.nspname <> '${SCHEMA}' AND pg_table_is_visible(c.oid)) AS "other"`);
  const refusal = settings && (refusalOf(settings) ?? refusalOfPath(settings));
  if (refusal) throw new CofferError("unavailable", refusal);
}

function refusalOf(settings: Settings): string | null {
  const { version, encoding, commit, isReadOnly, isStandby, dateStyle } = settings;
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
  if (!dateStyle.startsWith("ISO")) {
    return `DateStyle is ${dateStyle} in the database that DATABASE_URL names, and Coffer reads times as ISO 8601. Set it for Coffer's role: ALTER ROLE … SET datestyle = 'ISO'.`;
  }
  return null;
}

/** Where Coffer's names lead to. A schema before Coffer's does no harm as long as it has none of them. */
function refusalOfPath({ isFound, other }: Settings): string | null {
  if (!isFound) {
    return `Coffer's tables are in the schema ${SCHEMA}, and the search path in the database that DATABASE_URL names does not lead there. Set it for Coffer's role: ALTER ROLE … SET search_path = ${SCHEMA}; and take options= out of the address. If there is no such schema: CREATE SCHEMA ${SCHEMA} AUTHORIZATION, and the role.`;
  }
  if (other !== null) {
    return `The search path in the database that DATABASE_URL names has a schema before ${SCHEMA} with a table of a name that Coffer's have: ${JSON.stringify(other)}. Coffer's tables are in ${SCHEMA}. Set the path for Coffer's role: ALTER ROLE … SET search_path = ${SCHEMA}.`;
  }
  return null;
}
