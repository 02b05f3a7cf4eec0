import { existsSync } from "node:fs";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { KeyringRecord } from "../crypto/keyring-record";
import { PrismaClient } from "./generated/sqlite/client";
import { sqlitePath } from "./sqlite";
import { isUniqueViolation, type Db, type Store } from "./store";

/** The stored keyring, or null in a database that has none yet. */
export async function readKeyring(db: Db): Promise<KeyringRecord | null> {
  const row = await db.keyring.findFirst({ include: { keys: true } });
  if (!row) return null;
  const wrapped = row.keys.map(({ keyId, kekFingerprint, wrapped }) => ({
    keyId,
    kekFingerprint,
    wrapped,
  }));
  return { id: row.id, salt: row.salt, kdf: row.kdf, wrapped };
}

/**
 * The keyring of a database that may not exist yet, read without changing anything: a wrong key must be
 * refused before the first migration.
 */
export async function peekKeyring(databaseUrl: string): Promise<KeyringRecord | null> {
  const url = sqlitePath(databaseUrl);
  if (!existsSync(url)) return null;
  const adapter = new PrismaBetterSqlite3({ url, readonly: true, fileMustExist: true });
  const client = new PrismaClient({ adapter });
  try {
    const tables = await client.$queryRaw<unknown[]>`
      SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'Keyring'`;
    return tables.length === 0 ? null : await readKeyring(client);
  } finally {
    await client.$disconnect();
  }
}

/** Makes the MAC of an environment's row. */
type MacOfEnvironment = (row: { id: string; slug: string; protected: boolean }) => string;

/**
 * Stores the first keyring, with the row that Revision lives in and the `default` environment. `make` is
 * asked for it under the database's write lock, so of two processes that start at once one makes a keyring.
 * Answers false if another process was first, or if there is anything in the database already.
 */
export async function storeFirstKeyring(
  store: Store,
  make: () => Promise<{ record: KeyringRecord; macOf: MacOfEnvironment }>,
  environment: { id: string; slug: string; name: string; protected: boolean },
  createdAt: Date,
): Promise<boolean> {
  try {
    return await store.write(async (tx) => {
      await tx.revision.create({ data: { id: 1, counter: 1 } });
      if ((await tx.user.count()) + (await tx.environment.count()) > 0) return false;
      const { record, macOf } = await make();
      const { id, salt, kdf, wrapped } = record;
      await tx.keyring.create({ data: { id, salt, kdf, createdAt, keys: { create: wrapped } } });
      await tx.environment.create({
        data: { ...environment, createdAt, mac: macOf(environment) },
      });
      return true;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
