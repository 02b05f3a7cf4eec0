import { openExportedRecord, type ExportedRecord } from "./exported-record";
import { openRecord, type OpenRecord } from "./journal-rows";
import { providerOf } from "./provider";

/** The record on a connection of its own, for who reads all of it: on PostgreSQL a copy of it, as it is at one moment. */
export async function openRecordOf(databaseUrl: string): Promise<OpenRecord> {
  if (providerOf(databaseUrl) === "sqlite") return openRecord(databaseUrl);
  const { openWholeRecord } = await import("./postgres/record-copy");
  return openWholeRecord(databaseUrl, openRecord);
}

/** As `openExportedRecord`, on either kind of database. */
export async function openExportedOf(databaseUrl: string): Promise<ExportedRecord> {
  if (providerOf(databaseUrl) === "sqlite") return openExportedRecord(databaseUrl);
  const { openWholeRecord } = await import("./postgres/record-copy");
  return openWholeRecord(databaseUrl, openExportedRecord);
}
