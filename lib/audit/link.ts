import type { RecordRows, StoredJournal } from "../store/journal-rows";
import { isNumbered, isUnchained, JournalDigest } from "./chain";
import { pagesOf } from "./pages";

/** A journal's end, as another journal or a checkpoint knows it: its id, the number of an event and that event's MAC. */
export type Head = readonly [journalId: string, seq: number, mac: string];

/** What a journal knows of the others when it is opened. Stored as JSON, and under the MAC of its first event. */
export interface Link {
  heads: readonly Head[];
  /**
   * Journals whose MACs can't be checked by the key of this one, each with its last number and its digest: those from before the chain, and
   * after a reset of the keys all from before that. In the first journal under a key only.
   */
  before: readonly Head[];
}

/**
 * The ends of the journals that no other one is linked to: these stand for all of the chain, because each is linked to
 * what came before it.
 */
export function openHeads(record: RecordRows): Head[] {
  const chained = record.journals().filter((journal) => !isUnchained(journal));
  const known = new Set(
    chained.flatMap((journal) => linkOf(journal)?.heads ?? []).map((head) => headKey(head)),
  );
  return chained.flatMap(({ id }) => {
    const end = record.end(id); // what somebody has put after it keeps no journal from being linked to
    if (end === null) return [];
    const head: Head = [id, end.seq, end.mac];
    return known.has(headKey(head)) ? [] : [head];
  });
}

/** What a journal that is opened now is linked to. To be asked in the transaction that opens it. */
export function linkNow(record: RecordRows): Link {
  const journals = record.journals();
  const isFirst = journals.every(isUnchained);
  return { heads: openHeads(record), before: isFirst ? journals.flatMap(digestOf(record)) : [] };
}

/** What the first journal after a reset of the keys is linked to: it binds all there is as a whole. */
export function linkAfterReset(record: RecordRows): Link {
  return { heads: openHeads(record), before: record.journals().flatMap(digestOf(record)) };
}

/** When the keys were reset, if this link is of the journal that was opened then: no other one has both. */
export function resetOf(link: Link, journal: StoredJournal): string | null {
  const isReset = link.heads.length > 0 && link.before.length > 0;
  return isReset ? timeOf(journal) : null;
}

/** Whether this link is of the journal with which the chain began, and binds others from before it. */
export function beganChain(link: Link | null | undefined, journal: StoredJournal): boolean {
  return link?.before.length ? resetOf(link, journal) === null : false;
}

/** When a journal was opened, as ISO 8601 in UTC. */
export function timeOf({ openedAt }: StoredJournal): string {
  return new Date(String(openedAt)).toISOString();
}

const digestOf =
  (record: RecordRows) =>
  (journal: StoredJournal): Head[] => {
    const digest = new JournalDigest(journal);
    let last = 0;
    for (const page of pagesOf(record, journal.id)) {
      for (const event of page.filter(isNumbered)) {
        digest.take(event);
        last = Number(event[1]);
      }
    }
    return [[journal.id, last, digest.end()]];
  };

/** The link of a journal; null where it has none, or something that is none. */
export function linkOf({ link }: Pick<StoredJournal, "link">): Link | null {
  try {
    const { heads, before } = JSON.parse(link ?? "") as Record<string, unknown>;
    return areHeads(heads) && areHeads(before) ? { heads, before } : null;
  } catch {
    return null;
  }
}

function areHeads(list: unknown): list is Head[] {
  return (
    Array.isArray(list) &&
    list.every(
      (head) =>
        Array.isArray(head) &&
        head.length === 3 &&
        typeof head[0] === "string" &&
        Number.isSafeInteger(head[1]) &&
        typeof head[2] === "string",
    )
  );
}

/** A head as one text. */
export function headKey([id, seq, mac]: Head): string {
  return `${id} ${String(seq)} ${mac}`;
}
