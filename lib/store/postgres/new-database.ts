import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSnapshot } from "../backup-rows";
import { migrate } from "../migrate";
import { isRunning, type NewDatabase } from "../new-database";
import { loadInto } from "./load";
import { hasNoRows } from "./snapshot";

const PREFIX = "coffer-restoring-";

/**
 * As `newDatabase`, on PostgreSQL: it is made as a SQLite file in a temporary folder, which nobody else may read,
 * and copied from there in one transaction. So what is restored needs no way of its own to come about on PostgreSQL, and
 * whatever happens, the database is empty until all is in it.
 */
export function newDatabaseOnServer(databaseUrl: string, prismaDirectory: string): NewDatabase {
  removeOthers();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${String(process.pid)}-`));
  const temporaryUrl = `file:${join(folder, "coffer.db")}`;
  return {
    temporaryUrl,
    isFree: () => hasNoRows(databaseUrl),
    async moveIntoPlace({ progress, signal }) {
      await migrate({ databaseUrl, prismaDirectory });
      const source = await openSnapshot(temporaryUrl, {});
      try {
        return await loadInto(databaseUrl, { source, progress, signal });
      } finally {
        await source.close();
      }
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Removes what processes have left that were killed. In a folder that is everybody's, only what is this user's. */
function removeOthers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue;
    if (!isRunning(parseInt(name.slice(PREFIX.length), 10)))
      rmSync(path, { recursive: true, force: true });
  }
}
