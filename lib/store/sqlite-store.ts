import { Prisma, PrismaClient } from "./generated/sqlite/client";
import { appendEvents } from "./append-events";
import { OF_OPENING, retryBusy } from "./busy";
import { openDirect } from "./direct";
import type { EventToWrite } from "./event-rows";
import { NO_FEED } from "./feed";
import type { Placing } from "./journal-rows";
import { Listeners } from "./listeners";
import { holds, type Moment } from "./moment";
import { writeHere } from "./record-writer";
import { BUSY_TIMEOUT_MS, SqliteConnections } from "./sqlite";
import type { Store } from "./store";
import { writeInThread } from "./threaded-writer";
import { turns } from "./turns";

const SCRUB_AGAIN_MS = 1_000;
const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 30_000 };

/**
 * Opens a store on a SQLite file that is migrated. The adapter has one connection, and a query made while a transaction
 * is open on it runs inside that transaction: it would see uncommitted rows, and be lost with a rollback. Hence two
 * clients, and a lock that lets one write transaction exist at a time. Two more connections, without Prisma, are for what
 * is done at every resolve: one reads, and one writes the record.
 * @param writerEntry as `StoreOptions.writer`
 */
export async function openSqliteStore(
  databaseUrl: string,
  writerEntry: string | undefined,
): Promise<Store> {
  const connections = new SqliteConnections(databaseUrl);
  const reader = new PrismaClient({ adapter: connections });
  const writer = new PrismaClient({ adapter: connections });
  // Each connection makes sure of the log's mode, for which nobody else may be at the file.
  const opening = <T>(attempt: () => T | Promise<T>) => retryBusy(attempt, OF_OPENING);
  await opening(() => reader.$connect());
  await opening(() => writer.$connect());
  const direct = await opening(() => openDirect(databaseUrl));
  const record = writerEntry
    ? writeInThread(writerEntry, databaseUrl)
    : await opening(() => writeHere(databaseUrl, BUSY_TIMEOUT_MS));
  let latest = await opening(() => record.look());

  const locked = turns();

  function learn(found: Moment): Moment {
    if (found.epoch !== latest.epoch || found.revision !== latest.revision) latest = found;
    return latest;
  }

  const append = (events: readonly EventToWrite[], begin: () => Placing) =>
    appendEvents(events, {
      ...{ latest: () => latest, begin },
      async write(contents, placing, under) {
        const { found, tip } = await record.append(contents, placing, under);
        const isWritten = under === null || found === null || holds(under, learn(found));
        return isWritten ? tip : undefined;
      },
    });

  const writes = new Listeners();
  let scrubAgain: NodeJS.Timeout | undefined;
  async function scrubLog(): Promise<void> {
    clearTimeout(scrubAgain);
    const done = await locked(() => truncateLog(writer)).catch(() => false);
    if (!done) scrubAgain = setTimeout(() => void scrubLog(), SCRUB_AGAIN_MS).unref();
  }
  await scrubLog(); // the process may have been killed between a deletion and its scrubbing

  return {
    db: reader,
    direct,
    get latest() {
      return latest;
    },
    look: () => locked(() => retryBusy(async () => learn(await record.look()))),
    onWrite: (heard) => writes.add(heard),
    feed: NO_FEED,
    write: (work, closing) =>
      locked(async () => {
        const result = await retryBusy(() =>
          writer.$transaction(async (tx) => {
            const done = await work(tx);
            await closing?.last(tx, direct.record);
            return done;
          }, TRANSACTION_LIMITS),
        );
        closing?.committed();
        writes.tell();
        return result;
      }),
    openJournal: (open, committed) =>
      locked(async () => {
        await retryBusy(() => direct.openJournal(open));
        committed();
      }),
    appendEvents: (events, begin, committed) =>
      locked(async () => {
        committed(await retryBusy(() => append(events, () => begin(direct.record))));
      }),
    replaceSealed: (resealed) => locked(() => retryBusy(() => record.replaceSealed(resealed))),
    writeSecretUses: (uses) => locked(() => retryBusy(() => record.writeSecretUses(uses))),
    writeTokenUses: (uses) => locked(() => retryBusy(() => record.writeTokenUses(uses))),
    writeDelivered: (given) => locked(() => retryBusy(() => record.writeDelivered(given))),
    scrubLog,
    close: async () => {
      clearTimeout(scrubAgain);
      await locked.settled();
      await record.close();
      direct.close();
      await Promise.all([reader.$disconnect(), writer.$disconnect()]);
      await connections.dispose();
    },
  };
}

/** False where a reader of the file was in the way. */
async function truncateLog(writer: PrismaClient): Promise<boolean> {
  const [row] = await writer.$queryRaw<{ busy: number | bigint }[]>(
    Prisma.sql`PRAGMA wal_checkpoint(TRUNCATE)`,
  );
  return Number(row?.busy) === 0;
}
