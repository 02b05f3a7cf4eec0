import { LATEST_LIMIT } from "../components/audit/audit-url";
import { may } from "../lib/access/may";
import { isCofferError } from "../lib/errors";
import type { RecordEvent, RecordPage } from "../lib/shapes";
import type { Console } from "./console";

/** What a search of the audit record found, or why it can't be searched at the moment. */
export async function told(
  search: Promise<RecordPage>,
): Promise<{ page: RecordPage | null; trouble: string }> {
  try {
    return { page: await search, trouble: "" };
  } catch (error) {
    if (!isCofferError(error) || error.code !== "unavailable") throw error;
    return { page: null, trouble: error.message };
  }
}

/** The last events of a thing, or by a person; null where they can't be had at the moment, and `trouble` says why. */
export interface Latest {
  events: readonly RecordEvent[] | null;
  trouble: string;
}

/**
 * The last events of a thing, or by a person, for the page of that; null for who may not read the record. A record that can't be searched
 * keeps nobody from the rest of the page.
 */
export async function latestOf(
  { vault, caller }: Console,
  filters: { actor?: string; secret?: string; service?: string; environment?: string },
): Promise<Latest | null> {
  if (!may(caller, "audit.read")) return null;
  const search = vault.record.search(caller, { ...filters, limit: LATEST_LIMIT });
  const { page, trouble } = await told(search);
  return { events: page?.items ?? null, trouble };
}
