import type { KeyObject } from "node:crypto";
import { timeText } from "./column";
import type { Prepare } from "./direct";
import {
  eventWriter,
  STORED_COLUMNS,
  type Cell,
  type Content,
  type StoredEvent,
} from "./event-rows";
import type { Soon } from "./soon";
import { openReadOnly } from "./sqlite";

/** A journal as it is stored. `link` is null in one from before the chain. */
export interface StoredJournal {
  id: string;
  openedAt: Cell;
  link: string | null;
}

/** Where a journal ends, or was at a time: a number and the MAC of the event that has it. */
export interface Place {
  seq: number;
  mac: string | null;
}

/** The end of a journal that is written to: what its next event comes after. */
export interface Tip {
  seq: number;
  mac: string;
}

/** What the next events of a journal come after, and the key of their MACs. Another thread can be given it. */
export interface After extends Tip {
  journalId: string;
  key: KeyObject;
}

/** How the next events of a journal get their places: a number and a MAC each. */
export interface Placing {
  after: After;
  /** Puts all of them in their places, which takes some microseconds for each. */
  place: (contents: readonly Content[]) => StoredEvent[];
}

/** Where a journal ends that ends with these events; undefined where there are none. */
export function tipOf(events: readonly StoredEvent[]): Tip | undefined {
  const last = events.at(-1);
  return last && { seq: Number(last[1]), mac: String(last.at(-1)) };
}

/** A journal that begins, and its first event. */
export interface Opening {
  journal: { id: string; openedAt: Date; link: string };
  first: StoredEvent;
}

/** The audit record, read past Prisma: its journals, and the events of each by their number. */
export interface RecordRows {
  /** In the order in which they were opened. */
  journals(): StoredJournal[];
  /** The next journal id after this one that an event names, whether or not there is such a journal; the first after null. */
  nextId(after: string | null): string | null;
  /** The last event of a journal; null where it has none. */
  head(journalId: string): Place | null;
  /** The last event of a journal that has a number and a MAC such as Coffer gives; null where none has. */
  end(journalId: string): Tip | null;
  /** MAC of an event; undefined where there is no such event. */
  mac(journalId: string, seq: number): string | null | undefined;
  /** Up to `limit` events after a number, in order. */
  page(journalId: string, after: number, limit: number): StoredEvent[];
  /** Where that MAC stands, in up to two places. Looks at every event. */
  withMac(mac: string): { journalId: string; seq: number }[];
  count(): number;
  /** What stands for the events of a journal that were pruned, as text; null where none were. */
  anchor(journalId: string): string | null;
  /** The event that comes `skip` events after the one after a place, in order of time. */
  later(after: TimePlace, skip: number): TimePlace | null;
}

/** The same of a record that may have to be asked for from elsewhere. */
export type LiveRecord = {
  [Method in keyof RecordRows]: (
    ...wanted: Parameters<RecordRows[Method]>
  ) => Soon<ReturnType<RecordRows[Method]>>;
};

/** A place in order of time. */
export interface TimePlace {
  at: string;
  journalId: string;
  seq: number;
}

/** Reads the record on a connection. */
export function recordRows(prepare: Prepare): RecordRows {
  const columns = STORED_COLUMNS.join(", ");
  const journals = prepare(`SELECT "id", "openedAt", "link" FROM "Journal" ORDER BY 2, 1`);
  const firstId = prepare(`SELECT min("journalId") FROM "AuditEvent"`).pluck();
  const nextId = prepare(`SELECT min("journalId") FROM "AuditEvent" WHERE "journalId" > ?`).pluck();
  const head = prepare(
    // What is no integer, Coffer has not written: no link may name it, and none be void by it.
    `SELECT "seq", "mac" FROM "AuditEvent" WHERE "journalId" = ? AND typeof("seq") = 'integer' ORDER BY "seq" DESC LIMIT 1`,
  );
  const end = prepare(
    `SELECT "seq", "mac" FROM "AuditEvent" WHERE "journalId" = ? AND typeof("seq") = 'integer' AND typeof("mac") = 'text'
     AND "seq" BETWEEN 1 AND ${String(Number.MAX_SAFE_INTEGER)} ORDER BY "seq" DESC LIMIT 1`,
  );
  const mac = prepare(`SELECT "mac" FROM "AuditEvent" WHERE "journalId" = ? AND "seq" = ?`).pluck();
  const page = prepare(
    `SELECT ${columns} FROM "AuditEvent" WHERE "journalId" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?`,
  ).raw();
  const withMac = prepare(`SELECT "journalId", "seq" FROM "AuditEvent" WHERE "mac" = ? LIMIT 2`);
  const count = prepare(`SELECT count(*) FROM "AuditEvent"`).pluck();
  const anchor = prepare(`SELECT "text" FROM "AuditAnchor" WHERE "journalId" = ?`).pluck();
  const later = prepare(`
    SELECT "at", "journalId", "seq" FROM "AuditEvent" WHERE "at" >= ? AND ("at", "journalId", "seq") > (?, ?, ?)
    ORDER BY "at", "journalId", "seq" LIMIT 1 OFFSET ?`);
  return {
    journals: () => journals.all() as StoredJournal[],
    nextId: (after) => (after === null ? firstId.get() : nextId.get(after)) as string | null,
    head: (journalId) => (head.get(journalId) as Place | undefined) ?? null,
    end: (journalId) => (end.get(journalId) as Tip | undefined) ?? null,
    mac: (journalId, seq) => mac.get(journalId, seq) as string | null | undefined,
    page: (journalId, after, limit) => page.all(journalId, after, limit) as StoredEvent[],
    withMac: (mac) => withMac.all(mac) as { journalId: string; seq: number }[],
    count: () => count.get() as number,
    anchor: (journalId) => (anchor.get(journalId) as string | undefined) ?? null,
    later: ({ at, journalId, seq }, skip) =>
      (later.get(at, at, journalId, seq, skip) as TimePlace | undefined) ?? null,
  };
}

/** Writes a journal and its first event, which the database refuses where the journal is not there. @throws NotKept */
export function openingWriter(prepare: Prepare): (opening: Opening) => void {
  const insertJournal = prepare(
    `INSERT INTO "Journal" ("id", "openedAt", "link") VALUES (?, ?, ?)`,
  );
  const writeEvents = eventWriter(prepare);
  return ({ journal: { id, openedAt, link }, first }) => {
    insertJournal.run(id, timeText(openedAt), link);
    writeEvents([first]);
  };
}

/** The record on a connection of its own that can't write: for who reads all of it. */
export interface OpenRecord extends RecordRows {
  close(): void;
}

/** Opens that connection. It begins no transaction, so it is in nobody's way for longer than a page. */
export function openRecord(databaseUrl: string): OpenRecord {
  const database = openReadOnly(databaseUrl);
  return { ...recordRows((sql) => database.prepare(sql)), close: () => database.close() };
}
