import { openSnapshot } from "../store/backup-rows";
import { openRecord } from "../store/journal-rows";
import { migrate } from "../store/migrate";
import { newDatabase } from "../store/new-database";
import { providerOf } from "../store/provider";
import { openLoader } from "../store/sqlite-loader";
import { verifyHere, verifyOpened, type RecordVerifier } from "./record-verifier";

/** What a record is read from. */
const TABLES = ["Journal", "AuditAnchor", "AuditEvent"];

/** Verifies the record where a vault has arrived: of PostgreSQL as it was copied, in one snapshot, into a temporary file. */
export function verifyMoved(prismaDirectory: string): RecordVerifier {
  return async (task, progress, signal) => {
    if (providerOf(task.databaseUrl) === "sqlite") return verifyHere(task, progress, signal);
    const copy = await newDatabase(task.databaseUrl, prismaDirectory);
    try {
      await migrate({ databaseUrl: copy.temporaryUrl, prismaDirectory });
      await copyRecord(task.databaseUrl, copy.temporaryUrl);
      return await verifyOpened(openRecord(copy.temporaryUrl), task, progress, signal);
    } finally {
      copy.clean();
    }
  };
}

async function copyRecord(from: string, to: string): Promise<void> {
  const source = await openSnapshot(from, {});
  const loader = openLoader(to);
  try {
    for (const table of source.tables.filter((each) => TABLES.includes(each.table))) {
      const write = loader.begin(table.table, table.columns);
      for await (const page of source.rows(table)) for (const row of page) write(row);
    }
    loader.end();
  } finally {
    loader.close();
    await source.close();
  }
}
