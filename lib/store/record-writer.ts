import Database from "better-sqlite3";
import { transactions, type Prepare } from "./direct";
import { eventWriter, type Content, type StoredEvent } from "./event-rows";
import { tipOf, type Placing, type Tip } from "./journal-rows";
import { holds, type Moment, type Under } from "./moment";
import { sealedWriter, type Resealed } from "./sealed-rows";
import { deliveryWriter, type Delivered } from "./sink-rows";
import { PRAGMAS, sqlitePath } from "./sqlite";
import { useWriter, type SecretUse, type TokenUse } from "./use-rows";

/** A promise in place of each result: for what may be done in another thread. */
type Later<T> = {
  [K in keyof T]: T[K] extends (...given: infer G) => infer R ? (...given: G) => Promise<R> : never;
};

/**
 * Writes what Coffer writes on its own account: the record, what is counted beside it, and what sinks were given. All of it on one
 * connection, which so can tell when anything else has been committed. It takes SQLite's write lock: only the store
 * calls it, under its own lock.
 */
export interface RecordWriter {
  /** Now, outside of any transaction. */
  look(): Moment;
  /**
   * Writes events in one transaction, durable when it returns, if what they were `under` holds in it; null: in any case.
   * Returns the moment of the transaction, which tells whether they were written; null where nobody has looked.
   * @throws NotKept
   */
  append(events: readonly StoredEvent[], under: Under | null): Moment | null;
  /** Replaces each sealed text that is still the one it was. Returns how many were. */
  replaceSealed(resealed: readonly Resealed[]): number;
  writeSecretUses(uses: readonly SecretUse[]): void;
  writeTokenUses(uses: readonly TokenUse[]): void;
  /** Notes what a sink was given, in one transaction. False, and nothing is noted, where the lease is not the holder's. */
  writeDelivered(delivered: Delivered): boolean;
  close(): void;
}

/** A writer that may be in another thread, which is then where events are put in their places, too. */
export interface LaterWriter extends Later<Omit<RecordWriter, "append">> {
  append(contents: readonly Content[], placing: Placing, under: Under | null): Promise<InPlace>;
}

/** What came of an attempt to write events. */
export interface InPlace {
  /** The moment of the transaction, as `RecordWriter.append` returns it. */
  found: Moment | null;
  /** Where the journal ends, if they were written. */
  tip: Tip | undefined;
}

/** Writes events that are in their places. */
export function appendInPlace(
  writer: RecordWriter,
  events: readonly StoredEvent[],
  under: Under | null,
): InPlace {
  return { found: writer.append(events, under), tip: tipOf(events) };
}

/**
 * Opens a writer to a database that is migrated.
 * @param waitMs how long it sleeps for another process's lock
 * @param epoch the number of its first epoch: higher than any that an earlier writer has given
 */
export function openWriter(databaseUrl: string, waitMs: number, epoch = 1): RecordWriter {
  const database = new Database(sqlitePath(databaseUrl), { timeout: waitMs });
  database.exec(PRAGMAS);
  const prepare: Prepare = (sql) => database.prepare(sql);
  const stamp = prepare("PRAGMA data_version").pluck();
  const revision = prepare(`SELECT "counter" FROM "Revision" WHERE "id" = 1`).pluck();
  const inTransaction = transactions(database);
  const write = eventWriter(prepare);
  const deliveries = deliveryWriter(prepare);
  let seen: unknown;
  let latest: Moment | undefined;

  function look(): Moment {
    const now = stamp.get();
    if (latest && now === seen) return latest;
    const counter = revision.get();
    latest = {
      revision: typeof counter === "number" ? counter : 0,
      epoch: latest ? latest.epoch + 1 : epoch,
    };
    seen = now; // in this order: what is committed between the two begins another epoch
    return latest;
  }

  return {
    look,
    append: (events, under) =>
      inTransaction(() => {
        const now = under && look();
        if (!now || holds(under, now)) write(events);
        return now;
      }),
    ...sealedWriter(prepare),
    ...useWriter(prepare),
    writeDelivered: (delivered) => inTransaction(() => deliveries.writeDelivered(delivered)),
    close: () => database.close(),
  };
}

/** A writer in this thread, which does nothing else while the disk is written to: for commands and tests. */
export function writeHere(databaseUrl: string, waitMs: number): LaterWriter {
  const writer = openWriter(databaseUrl, waitMs);
  return {
    look: () => later(() => writer.look()),
    append: (contents, { place }, under) =>
      later(() => appendInPlace(writer, place(contents), under)),
    replaceSealed: (resealed) => later(() => writer.replaceSealed(resealed)),
    writeSecretUses: (uses) => later(() => writer.writeSecretUses(uses)),
    writeTokenUses: (uses) => later(() => writer.writeTokenUses(uses)),
    writeDelivered: (delivered) => later(() => writer.writeDelivered(delivered)),
    close: () => later(() => writer.close()),
  };
}

function later<T>(work: () => T): Promise<T> {
  return new Promise((done) => done(work()));
}
