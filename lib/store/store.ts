import { CofferError } from "../errors";
import { Prisma, PrismaClient } from "./generated/sqlite/client";
import { migrate, type MigrateOptions } from "./migrate";
import { SqliteConnections } from "./sqlite";

/** What a query runs on: the reader client, or a transaction of the writer's. */
export type Db = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends" | "$use"
>;

const BUSY_RETRIES = 5;
const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 30_000 };

/**
 * The database. Reads go through `db`; writes only through `write`.
 *
 * The SQLite adapter has one connection, and a query made while a transaction is open on it runs inside
 * that transaction: it would see uncommitted rows, and be lost with a rollback. Hence two clients, and a
 * lock that lets one write transaction exist at a time.
 */
export interface Store {
  readonly db: Db;
  /**
   * Runs `work` in one transaction and returns once it is durable. Nothing of it remains if it throws. Its
   * first statement must be a write: a transaction that reads first fails at once beside another process.
   * `work` may run more than once. `committed` is called once the transaction is durable and before
   * another one begins.
   */
  write<T>(work: (tx: Db) => Promise<T>, committed?: () => void): Promise<T>;
  /** Overwrites what the write-ahead log still holds of deleted rows. */
  truncateLog(): Promise<void>;
  close(): Promise<void>;
}

/** Migrates the database, then opens it. @throws CofferError `unavailable` */
export async function openStore(options: MigrateOptions): Promise<Store> {
  await migrate(options);
  const connections = new SqliteConnections(options.databaseUrl);
  const reader = new PrismaClient({ adapter: connections });
  const writer = new PrismaClient({ adapter: connections });
  await Promise.all([reader.$connect(), writer.$connect()]);

  let last: Promise<unknown> = Promise.resolve();
  function locked<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    db: reader,
    write: (work, committed) =>
      locked(async () => {
        const result = await retryBusy(() =>
          writer.$transaction((tx) => work(tx), TRANSACTION_LIMITS),
        );
        committed?.();
        return result;
      }),
    truncateLog: () =>
      locked(async () => {
        await writer.$queryRaw(Prisma.sql`PRAGMA wal_checkpoint(TRUNCATE)`);
      }),
    close: async () => {
      await last;
      await Promise.all([reader.$disconnect(), writer.$disconnect()]);
      await connections.dispose();
    },
  };
}

/** Repeats a transaction that found the file locked by another process. */
async function retryBusy<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tries > BUSY_RETRIES) {
        throw new CofferError("unavailable", "The database is busy. Try again in a moment.", {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** tries));
    }
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && /SQLITE_BUSY|database is locked|SocketTimeout/.test(error.message)
  );
}

/** Whether `error` says that a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Whether `error` came from the database or its client, and not from code above it. */
export function isDatabaseError(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError ||
    error instanceof Prisma.PrismaClientUnknownRequestError ||
    error instanceof Prisma.PrismaClientInitializationError ||
    error instanceof Prisma.PrismaClientRustPanicError
  );
}
