import { existsSync } from "node:fs";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import type { KeyringRecord, WrappedKeyRecord } from "../crypto/keyring-record";
import { OF_OPENING, retryBusy } from "./busy";
import { PrismaClient } from "./generated/sqlite/client";
import { providerOf } from "./provider";
import { sqlitePath } from "./sqlite";
import { isUniqueViolation, type Db, type Store } from "./store";

/** The stored keyring, or null in a database that has none yet. Also of a database that is to be migrated. */
export async function readKeyring(db: Db): Promise<KeyringRecord | null> {
  const row = await db.keyring.findFirst({
    select: { id: true, salt: true, kdf: true, keys: true },
  });
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
 * refused before the first migration. So must a vault that was moved there and is not verified yet, but for the move.
 * @param tell told once, where a database on a server is not there yet, for how many seconds it is waited for, and why
 * @throws CofferError `unavailable` for that
 */
export async function peekKeyring(
  databaseUrl: string,
  isByMove = false,
  tell?: (seconds: number, error: unknown) => void,
): Promise<KeyringRecord | null> {
  if (providerOf(databaseUrl) === "postgresql") {
    const { peekPostgresKeyring } = await import("./postgres/peek");
    return peekPostgresKeyring(databaseUrl, isByMove, { tell });
  }
  // Another process that starts at the same time may be making it.
  return retryBusy(() => peekFile(sqlitePath(databaseUrl)), OF_OPENING);
}

async function peekFile(url: string): Promise<KeyringRecord | null> {
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

/** What stands beside the keys (FORMAT.md, "The head"). */
export interface KeyringHead {
  id: string;
  newestKeyId: number;
  resealedTo: number;
  mac: string;
}

/** The head of the stored keyring, and when the keyring was made. */
export async function readHead(db: Db): Promise<KeyringHead & { createdAt: Date }> {
  return db.keyring.findFirstOrThrow({
    select: { id: true, newestKeyId: true, resealedTo: true, mac: true, createdAt: true },
  });
}

/** How often the stored keyring was changed. */
export async function readKeyringCount(db: Db): Promise<number> {
  return (await db.revision.findUniqueOrThrow({ where: { id: 1 } })).keyring;
}

/** Says that the stored keyring is another. A write transaction can begin with it. Returns the count. */
export async function countKeyringChange(tx: Db): Promise<number> {
  const row = await tx.revision.update({ where: { id: 1 }, data: { keyring: { increment: 1 } } });
  return row.keyring;
}

/** Stores wraps of the keyring's keys. */
export async function addWraps(
  tx: Db,
  keyringId: string,
  wraps: readonly WrappedKeyRecord[],
): Promise<void> {
  await tx.wrappedKey.createMany({ data: wraps.map((wrap) => ({ ...wrap, keyringId })) });
}

/** How many values have ever been stored, purged ones too: no version number is given twice. */
export async function countStored(db: Db): Promise<number> {
  const [live, purged] = await Promise.all([
    db.secret.aggregate({ _sum: { highestVersion: true } }),
    db.purgedName.aggregate({ _sum: { highestVersion: true } }),
  ]);
  return (live._sum.highestVersion ?? 0) + (purged._sum.highestVersion ?? 0);
}

/** Makes the MACs of what is stored first. */
interface FirstMacs {
  environment: (row: { id: string; slug: string; protected: boolean }) => string;
  head: (row: Omit<KeyringHead, "mac">) => string;
}

/**
 * Stores the first keyring, with the row that Revision lives in and the `default` environment. `make` is
 * asked for it under the database's write lock, so of two processes that start at once one makes a keyring.
 * Answers false if another process was first, or if there is anything in the database already.
 */
export async function storeFirstKeyring(
  store: Store,
  make: () => Promise<{ record: KeyringRecord; macOf: FirstMacs }>,
  environment: { id: string; slug: string; name: string; protected: boolean },
  createdAt: Date,
): Promise<boolean> {
  try {
    return await store.write(async (tx) => {
      await tx.revision.create({ data: { id: 1, counter: 1 } });
      if ((await tx.user.count()) + (await tx.environment.count()) > 0) return false;
      const { record, macOf } = await make();
      const { id, salt, kdf, wrapped } = record;
      const head = { id, newestKeyId: 1, resealedTo: 1 };
      await tx.keyring.create({
        data: {
          ...{ ...head, salt, kdf, createdAt, mac: macOf.head(head) },
          keys: { create: wrapped },
        },
      });
      await tx.environment.create({
        data: { ...environment, createdAt, mac: macOf.environment(environment) },
      });
      return true;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
