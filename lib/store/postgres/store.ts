import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool, PoolClient } from "pg";
import { onPostgres } from "../dialect";
import { appendEvents } from "../append-events";
import type { Content } from "../event-rows";
import { tipOf, type Placing } from "../journal-rows";
import type { Under } from "../moment";
import type { PrismaClient as SqliteClient } from "../generated/sqlite/client";
import { PrismaClient } from "../generated/postgresql/client";
import type { Closing, Db, Store, StoreOptions } from "../store";
import { Listeners } from "../listeners";
import { turns } from "../turns";
import {
  directReader,
  replaceSealed,
  writeDelivered,
  writeSecretUses,
  writeTokenUses,
} from "./direct-rows";
import { isConflict, isLost } from "./errors";
import { appendAtOnce, insertEvents } from "./event-rows";
import { PostgresFeed } from "./feed";
import { connectionsOf, isBehindPooler, openPool } from "./pool";
import { probe } from "./probe";
import { queryOn, type Naming } from "./query";
import { Reach } from "./reach";
import { NOTHING, readHeads, readTail, recordReader, recordRows } from "./record-rows";
import { Latest, SEEN, seenIn, type Seen } from "./latest";
import {
  AT_ONCE,
  BEGINNING,
  LIMITED,
  outcomeUnknown,
  retried,
  transaction,
  transactionOn,
  wasCommitted,
  type Begun,
} from "./transaction";
import { requireUsable } from "./usable";

const LIMITS = {
  ...{ maxWait: 10_000, timeout: 30_000 },
  isolationLevel: "ReadCommitted", // whatever the server's own is: see BEGINNING
} as { maxWait: number; timeout: number };

/** Where this process's journal ends, as far as it is sure. */
interface Tail {
  journalId: string;
  seq: number;
  isSure: boolean;
}

/** Opens a store on a PostgreSQL database that is migrated. */
export async function openPostgresStore(
  databaseUrl: string,
  { directUrl, log }: Pick<StoreOptions, "directUrl" | "log"> = {},
): Promise<Store> {
  const isPooled = isBehindPooler(databaseUrl);
  const naming: Naming = { isOn: !isPooled, lost: () => log?.warn({}, NAMES_LOST) };
  const connections = connectionsOf(databaseUrl);
  const reach = new Reach(() => probe(databaseUrl), log);
  const direct = openPool(databaseUrl, { max: connections.direct, verify, reach });
  const pool = openPool(databaseUrl, { max: connections.prisma, verify, reach });
  const query = queryOn(direct, naming);
  try {
    await requireUsable(query);
    const see = async () => seenIn(await query<Seen>(SEEN));
    const latest = new Latest(await see());
    direct.on("connect", () => {
      latest.forget();
    });
    // The two clients have the same models and are not assignable to each other.
    const client = new PrismaClient({ adapter: new PrismaPg(pool) }) as unknown as SqliteClient;
    const feed = new PostgresFeed({
      databaseUrl: directUrl ?? (isPooled ? null : databaseUrl),
      say: (channel) => query("SELECT pg_notify($1, '')", [channel]),
      log,
    });
    return storeOn({ direct, pool, client, query, latest, see, naming, feed, reach });
  } catch (error) {
    reach.close();
    await Promise.all([direct.end(), pool.end()]);
    throw error;
  }
}

const NAMES_LOST =
  "a pooler in front of the database loses what is prepared by name, and so nothing is any more: add pgbouncer=true to DATABASE_URL";

/** Each connection is looked at before it is used: after a failover some may lead to a standby, which is behind. */
function verify(client: PoolClient, done: (refused?: Error) => void): void {
  requireUsable(queryOn(client, false)).then(() => done(), done);
}

interface Parts {
  direct: Pool;
  pool: Pool;
  client: SqliteClient;
  query: ReturnType<typeof queryOn>;
  latest: Latest;
  see: () => Promise<Seen>;
  naming: Naming;
  feed: PostgresFeed;
  reach: Reach;
}

function storeOn(parts: Parts): Store {
  const { direct, pool, client, query, latest, see, naming, feed, reach } = parts;
  const inTurn = turns();
  /** What is put on record gets its places one after the other: also beside a transaction that has not come to its end. */
  const onRecord = turns();
  const tail: Tail = { journalId: "", seq: 0, isSure: true };
  const end = async (on = query) =>
    tail.isSure ? NOTHING : readTail(on, tail.journalId, tail.seq);
  const record = recordRows(query);
  const writes = new Listeners();
  let stamps = 0;

  /** One attempt at a transaction. */
  async function attempt<T>(
    work: (tx: Db) => Promise<T>,
    closing: Closing | undefined,
  ): Promise<T> {
    let release: () => void = () => undefined;
    /** What came of the work, once nothing is missing but the commit. */
    let made: { result: T; begun: Begun } | undefined;
    try {
      const result = await client.$transaction(async (tx) => {
        made = undefined;
        const [begun] = await tx.$queryRawUnsafe<[Begun]>(BEGINNING);
        await tx.$executeRawUnsafe(AT_ONCE);
        const result = await work(onPostgres(tx));
        if (closing) {
          release = await turnOn(onRecord);
          const atEnd = await end();
          tail.isSure = false;
          await closing.last(tx, atEnd);
        }
        made = { result, begun };
        return result;
      }, LIMITS);
      if (closing) {
        closing.committed();
        tail.isSure = true;
      }
      return result;
    } catch (error) {
      release(); // finding it out may take a while; where the journal ends is looked at by whoever is next
      if (!made || isConflict(error)) throw error;
      const isCommitted = await wasCommitted(query, made.begun);
      if (isCommitted === null) throw outcomeUnknown(error);
      if (isCommitted) return made.result;
      throw error;
    } finally {
      release();
    }
  }

  return {
    db: onPostgres(client),
    get latest() {
      return latest.moment;
    },
    look: async () => {
      latest.learn(await see());
      return latest.moment;
    },
    onWrite: (heard) => writes.add(heard),
    feed,
    direct: {
      ...directReader(query),
      ...recordReader(query),
      record,
      readHeads: () => readHeads(query),
      stamp: () => ++stamps,
      readRevision: async () => (await see()).counter,
    },
    write: (work, closing) =>
      reach.inTurn(inTurn, async () => {
        const result = await retried(() => attempt(work, closing));
        // So that what this instance keeps in memory is made void at once, and not by the next request.
        await see().then(
          (seen) => latest.learn(seen),
          () => undefined,
        );
        writes.tell();
        return result;
      }),
    openJournal: (open, committed) =>
      reach.inTurn(inTurn, async () => {
        // In this order, as `attempt` has it; and before a connection is taken, which whoever has the turn may wait for.
        const release = await turnOn(onRecord);
        try {
          const journalId = await retried(() =>
            transaction(direct, BEGINNING, async (tx) => {
              const { journal, first } = open(await readHeads(tx));
              const { id, openedAt, link } = journal;
              await tx(`INSERT INTO "Journal" ("id", "openedAt", "link") VALUES ($1, $2, $3)`, [
                ...[id, openedAt.toISOString(), link],
              ]);
              await insertEvents(tx, [first], null);
              return id;
            }),
          );
          Object.assign(tail, { journalId, seq: 1, isSure: true } satisfies Tail);
          committed();
        } finally {
          release();
        }
      }),
    appendEvents: (events, begin, committed) =>
      reach.inTurn(onRecord, async () => {
        // Connected before anything is looked at: a new connection makes void what is in memory (`Latest.forget`).
        const connection = await direct.connect();
        const on = queryOn(connection, naming);
        const begun = async () => {
          const atEnd = await end(on);
          tail.isSure = false;
          return begin(atEnd);
        };
        let lost: Error | undefined;
        try {
          let timeline = "";
          const present = () => {
            timeline = latest.timeline;
            return latest.moment;
          };
          const append = async (
            contents: readonly Content[],
            { place }: Placing,
            under: Under | null,
          ) => {
            const placed = place(contents);
            const bound = under && { counter: under.revision, timeline };
            const { isWritten, seen } =
              (await appendAtOnce(on, placed, bound)) ??
              (await transactionOn(
                ...([connection, `SELECT ${LIMITED}`] as const),
                (tx) => insertEvents(tx, placed, bound),
                (error) => (lost = error),
              ));
            latest.learn(seen);
            return isWritten ? tipOf(placed) : undefined;
          };
          const how = { latest: present, begin: begun, write: append };
          const appended = await appendEvents(events, how);
          committed(appended);
          tail.seq = appended.tip?.seq ?? tail.seq;
          tail.isSure = true;
        } catch (error) {
          if (isLost(error)) lost = error as Error;
          throw error;
        } finally {
          connection.release(lost);
        }
      }),
    replaceSealed: (resealed) =>
      retried(() => transaction(direct, `SELECT ${LIMITED}`, (tx) => replaceSealed(tx, resealed))),
    writeSecretUses: (uses) => retried(() => writeSecretUses(query, uses)),
    writeTokenUses: (uses) => retried(() => writeTokenUses(query, uses)),
    writeDelivered: (delivered) => retried(() => writeDelivered(query, delivered)),
    scrubLog: () => Promise.resolve(), // docs/decisions: what PostgreSQL keeps of deleted rows is its own to vacuum
    close: async () => {
      feed.close();
      await Promise.all([inTurn.settled(), onRecord.settled()]);
      reach.close();
      await client.$disconnect();
      await Promise.all([direct.end(), pool.end()]);
    },
  };
}

/** Waits for one's turn, and returns what ends it. */
function turnOn(queue: ReturnType<typeof turns>): Promise<() => void> {
  return new Promise((begun) => {
    void queue(() => new Promise<void>((end) => begun(end)));
  });
}
