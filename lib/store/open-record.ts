import { openExportedRecord, type ExportedRecord } from "./exported-record";
import { openRecord, type OpenRecord, type RecordRows } from "./journal-rows";
import { providerOf } from "./provider";
import type { Soon } from "./soon";
import type { Store } from "./store";

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

/** All of the record, for who links a journal to it. */
export interface WholeRecord {
  readonly rows: RecordRows;
  /** Whether nothing has been written to it since it was opened. To be asked in a write transaction; also after `close`. */
  readonly isPresent: () => Soon<boolean>;
  close(): void;
}

/** Opens it. On PostgreSQL it is a copy, and what tells of a later event is where the journals end. */
export async function openWholeRecord(store: Store, databaseUrl: string): Promise<WholeRecord> {
  const { direct } = store;
  if (providerOf(databaseUrl) === "sqlite") {
    const rows = await direct.readHeads();
    const seen = direct.stamp();
    return { rows, isPresent: () => direct.stamp() === seen, close: () => undefined };
  }
  const rows = await openRecordOf(databaseUrl);
  const seen = endsOf(rows);
  return {
    rows,
    isPresent: async () => endsOf(await direct.readHeads()) === seen,
    close: () => {
      rows.close();
    },
  };
}

function endsOf(record: RecordRows): string {
  return JSON.stringify(
    record.journals().map(({ id, link }) => {
      const end = record.end(id);
      return [id, link, end?.seq, end?.mac];
    }),
  );
}
