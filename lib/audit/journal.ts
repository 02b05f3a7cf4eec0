import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import { contentOf, type EventRow, type StoredEvent } from "../store/event-rows";
import { requireKept, runOf } from "../store/kept";
import type { Under } from "../store/moment";
import type { Db, Store } from "../store/store";
import { Chain, macOf } from "./chain";
import { Ending } from "./ending";
import { eventRow, type Happening } from "./event";
import { groupCommit } from "./group-commit";
import type { Link } from "./link";
import { MOST_EVENTS, openNext, type Writing } from "./opening";
import { tipOf, type Placing, type RecordRows, type Tip } from "../store/journal-rows";
import type { WholeRecord } from "../store/open-record";

/**
 * The audit record. Each process start opens a journal of its own, linked to where the others end; an event's place
 * in it and its MAC are given under the store's write lock, so the numbers have no gaps and follow the order
 * of commits (FORMAT.md). Where it is full, another one takes its place before the next commit.
 */
export interface Journal {
  /** Of the journal that is written to now. */
  readonly id: string;
  /**
   * Runs `work` in one transaction whose last statement writes the events that `work` noted. Both are
   * durable when it returns; neither exists if it throws.
   */
  commit<T>(work: (tx: Db, note: (event: Happening) => void) => Promise<T>): Promise<T>;
  /**
   * Returns once the event is durable. Callers that wait at the same time share one commit. An event that was
   * decided `under` something is written only while that holds, which its transaction looks at
   * first: so a change that was acknowledged, by whichever process, binds whatever is answered after it.
   * @throws CofferError `unavailable` when it can't be written, or what it was decided under is past
   *   (`isStale`): nothing may be answered then
   */
  record(event: Happening, under?: Under): Promise<void>;
  /** Whether the last event that was to be written could be. */
  isWriting(): boolean;
}

type LinkTo = (record: RecordRows) => Link;

/**
 * Opens a journal for this process. Its first event registers the journal itself.
 * @param key the purpose key `audit`
 * @param mostEvents when a journal is full; a test gives less
 */
export async function openJournal(
  store: Store,
  first: Happening,
  now: () => Date,
  key: Uint8Array,
  mostEvents = MOST_EVENTS,
): Promise<Journal> {
  const writing = { store, now, chain: new Chain(key), mostEvents };
  return goingOn(writing, first.caller, await openNext(writing, first));
}

/** How a journal is opened that is to be linked to all of the record. */
interface OpeningWith {
  store: Store;
  first: Happening;
  now: () => Date;
  /** The purpose key `audit`. */
  key: Uint8Array;
  /** Opens the record that it is linked to. */
  open: () => Promise<WholeRecord>;
}

/**
 * Opens a journal in the transaction of what is done first: neither exists without the other. `work` is run as `commit` runs it, and
 * begins with a write.
 * @param linkTo what it is linked to
 */
export async function openJournalWith<T>(
  { store, first, now, key, open }: OpeningWith,
  linkTo: LinkTo,
  work: (tx: Db, note: (event: Happening) => void) => Promise<T>,
): Promise<{ journal: Journal; done: T }> {
  const id = randomUUID();
  const chain = new Chain(key);
  const at = now();
  // All of the record may be read for this: not while the transaction's time runs, unless somebody has written meanwhile.
  const { link, isPresent } = await linked(open, linkTo);
  let ending = new Ending(id, chain, "");
  let tip: Tip | undefined;
  const done = await store.write(
    async (tx) => {
      const noted = [eventRow(first, at)];
      const result = await work(tx, (event) => noted.push(eventRow(event, now())));
      // What other connections read is the record as it was before this transaction, and stays so until it ends.
      const text = JSON.stringify((await isPresent()) ? link : (await linked(open, linkTo)).link);
      ending = new Ending(id, chain, chain.opening(id, at.toISOString(), text));
      const placing = ending.begin(await store.direct.readHeads());
      await tx.journal.create({ data: { id, openedAt: at, link: text } });
      tip = await insert(tx, noted, placing);
      return result;
    },
    {
      last: () => Promise.resolve(),
      committed: () => {
        ending.committed(tip);
      },
    },
  );
  const writing = { store, now, chain, mostEvents: MOST_EVENTS };
  return { journal: goingOn(writing, first.caller, ending), done };
}

async function linked(open: OpeningWith["open"], linkTo: LinkTo) {
  const record = await open();
  try {
    return { link: linkTo(record.rows), isPresent: record.isPresent };
  } finally {
    record.close();
  }
}

/** The journal that has been opened, and ends there; and those that come after it. */
function goingOn(writing: Writing, caller: Caller, opened: Ending): Journal {
  const { store, now, mostEvents } = writing;
  /** Changes under the store's lock only, between two attempts to write. */
  let ending = opened;
  let next: Promise<unknown> | undefined;

  /** To be called before anything is written. Where the next journal can't be opened nothing is, and whoever is next tries again. */
  async function makeRoom(): Promise<void> {
    if (ending.length < mostEvents) return;
    const target = `journal ${ending.journalId}`;
    const first = { caller, action: "audit.continue", target, outcome: "ok" } as const;
    next ??= openNext(writing, first, (begun) => (ending = begun)).finally(
      () => (next = undefined),
    );
    await next;
  }

  const commits = groupCommit(async (events) => {
    await makeRoom();
    let present: readonly boolean[] = [];
    await store.appendEvents(
      events,
      (record) => ending.begin(record),
      ({ written, tip }) => {
        ending.committed(tip);
        present = written;
      },
    );
    return present;
  });

  return {
    get id() {
      return ending.journalId;
    },
    isWriting: () => commits.isWriting(),
    async commit(work) {
      await makeRoom();
      const noted: EventRow[] = [];
      let tip: Tip | undefined;
      return store.write(
        (tx) => {
          noted.length = 0;
          return work(tx, (event) => noted.push(eventRow(event, now())));
        },
        {
          async last(tx, record) {
            tip = await insert(tx, noted, ending.begin(record));
          },
          committed: () => {
            ending.committed(tip);
          },
        },
      );
    },
    async record(event, under) {
      const row = eventRow(event, now());
      await commits.write({ row, under: under ?? null }, event.caller.kind !== "nobody");
    },
  };
}

/** Puts events in their places, writes them there and looks whether they are. Returns where the journal ends then. @throws NotKept */
async function insert(
  tx: Db,
  rows: readonly EventRow[],
  { place }: Placing,
): Promise<Tip | undefined> {
  const placed = place(rows.map(contentOf));
  const run = runOf(placed);
  if (!run) return undefined;
  await tx.auditEvent.createMany({ data: rows.map((row, at) => inPlace(row, placed[at] ?? [])) });
  const { journalId, first, last } = run;
  const found = await tx.auditEvent.findMany({
    where: { journalId, seq: { gte: first, lte: last } },
    orderBy: { seq: "asc" },
    select: { mac: true },
  });
  requireKept(placed, { count: found.length, mac: found.at(-1)?.mac ?? null });
  return tipOf(placed);
}

/** An event in its place, as Prisma takes it. */
function inPlace(row: EventRow, event: StoredEvent) {
  const [journalId, seq] = event;
  return { ...row, journalId: String(journalId), seq: Number(seq), mac: String(macOf(event)) };
}
