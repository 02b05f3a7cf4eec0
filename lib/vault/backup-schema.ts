import { CofferError } from "../errors";
import { readMigrationNames } from "../store/migrate";

/**
 * The migrations of SQLite that make the schema which a backup's rows are of. One that was taken on PostgreSQL names those
 * of PostgreSQL: a number stands for the same schema in both.
 * @throws CofferError `invalid_backup` for a schema that this version does not know
 */
export async function schemaOf(
  migrations: readonly string[],
  prismaDirectory: string,
): Promise<ReadonlySet<string>> {
  const onSqlite = await readMigrationNames(prismaDirectory, "sqlite");
  if (migrations.every((name) => onSqlite.includes(name))) return new Set(migrations);
  const onPostgres = await readMigrationNames(prismaDirectory, "postgresql");
  const newer = migrations.find((name) => !onSqlite.includes(name) && !onPostgres.includes(name));
  if (newer !== undefined) {
    throw new CofferError(
      "invalid_backup",
      `This backup is of a newer Coffer (migration ${newer}). Restore it with that version. Nothing was changed.`,
    );
  }
  const latest = Math.max(...migrations.map(numberOf));
  return new Set(onSqlite.filter((name) => numberOf(name) <= latest));
}

const numberOf = (name: string): number => parseInt(name, 10);
