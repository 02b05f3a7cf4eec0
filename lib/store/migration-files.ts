import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CofferError } from "../errors";
import type { Provider } from "./provider";

/** A step of the schema's history. */
export interface Migration {
  name: string;
  script: string;
}

/** Where the history of one kind of database is. */
export function historyOf(prismaDirectory: string, provider: Provider): string {
  return join(prismaDirectory, "migrations", provider);
}

/** The migrations in a folder, in their order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      script: await readFile(join(directory, name, "migration.sql"), "utf8"),
    })),
  );
}

/** What stands for a script in the database, as Prisma has it: SHA-256. */
export function checksumOf(script: string): string {
  return createHash("sha256").update(script).digest("hex");
}

/**
 * Refuses the two states that are dangerous, and that Prisma is silent about: a database that newer code has
 * migrated, and a migration that was edited after it had been applied.
 * @param applied name → checksum of the script as it was then
 * @throws CofferError `unavailable`
 */
export function refuseForeignHistory(
  known: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): void {
  const scripts = new Map(known.map(({ name, script }) => [name, script]));
  for (const [name, checksum] of applied) {
    const script = scripts.get(name);
    if (script === undefined) {
      throw new CofferError(
        "unavailable",
        `The database was migrated by a newer Coffer (migration ${name}). Start that version, or restore a backup.`,
      );
    }
    if (checksumOf(script) !== checksum) {
      throw new CofferError(
        "unavailable",
        `Migration ${name} was changed after it had been applied to this database. Restore the original file.`,
      );
    }
  }
}

/** There are migrations to come, and whoever opens it is not to apply them. */
export function isOlder(): CofferError {
  return new CofferError(
    "unavailable",
    "The database is of an older Coffer than this command. Start this version of Coffer first: it migrates the database. Nothing was changed.",
  );
}
