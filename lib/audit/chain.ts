import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import {
  cellsOf,
  EVENT_COLUMNS,
  type Cell,
  type Content,
  type StoredEvent,
} from "../store/event-rows";
import type { After, Placing, StoredJournal, Tip } from "../store/journal-rows";

// The chain of FORMAT.md. Pure: rows in, MACs out.

const EVENT = "cfa1";
const JOURNAL = "cfa1/journal";
/** Columns that every event has had from the beginning of the chain. Nulls at the end are left out of later ones. */
const FIRST_COLUMNS = 15;

/** Makes the MACs of a vault's audit record. Holds its key where neither printing nor inspection reaches it. */
export class Chain {
  readonly #key: KeyObject;

  /** @param key the purpose key `audit` */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** What stands before the first event of a journal in place of a MAC: it covers the journal's own row. */
  opening(id: string, openedAt: Cell, link: string): string {
    return macOver(this.#key, "", rowStatement(id, openedAt, link));
  }

  /** MAC of an event in its place, made of the one before it. Its own, if it has one, does not count. */
  next(previous: string, event: StoredEvent, seq: Cell = event[1] ?? null): string {
    return macOver(this.#key, previous, statementOf(event, seq));
  }

  /** How the next events of a journal get their places that ends there. */
  after(journalId: string, tip: Tip): Placing {
    const after = { journalId, ...tip, key: this.#key };
    return { after, place: (contents) => placeAfter(after, contents) };
  }
}

/** Puts the next events of a journal in their places: each with its number, and the MAC made of the one before it. */
export function placeAfter(
  { journalId, seq, mac, key }: After,
  contents: readonly Content[],
): StoredEvent[] {
  let previous = mac;
  return contents.map((content, index) => {
    const event = cellsOf(content, journalId, seq + 1 + index);
    previous = macOver(key, previous, statementOf(event, event[1] ?? null));
    event.push(previous);
    return event;
  });
}

function macOver(key: KeyObject, previous: string, statement: string): string {
  return createHmac("sha256", key)
    .update(previous + statement)
    .digest("base64url");
}

/** The MAC of an event as it is stored. */
export function macOf(event: StoredEvent): Cell {
  return event[EVENT_COLUMNS.length] ?? null;
}

/** Whether an event has a number that Coffer gives. */
export function isNumbered(event: StoredEvent): boolean {
  return Number.isSafeInteger(event[1]) && Number(event[1]) > 0;
}

/** Whether a journal is from before the chain. */
export function isUnchained({ link }: Pick<StoredJournal, "link">): boolean {
  return link === null;
}

/**
 * SHA-256 over a journal whose MACs the present key can't check, in base64url: what the first journal under that key binds
 * it by. It covers the journal's row and MACs, if it has any.
 */
export class JournalDigest {
  readonly #hash = createHash("sha256");

  constructor({ id, openedAt, link }: StoredJournal) {
    if (link !== null) this.#hash.update(`${rowStatement(id, openedAt, link)}\n`);
  }

  take(event: StoredEvent): void {
    const mac = macOf(event);
    const more = mac === null ? "" : JSON.stringify(mac);
    this.#hash.update(`${statementOf(event, event[1] ?? null)}${more}\n`);
  }

  end(): string {
    return this.#hash.digest("base64url");
  }
}

/** A journal's row as JSON. */
function rowStatement(id: string, openedAt: Cell, link: string): string {
  return JSON.stringify([JOURNAL, id, utc(openedAt), link]);
}

/** An event as JSON: no two of them have one text. */
function statementOf(event: StoredEvent, seq: Cell): string {
  let end: number = EVENT_COLUMNS.length;
  while (end > FIRST_COLUMNS && event[end - 1] === null) end--;
  const fields = event.slice(0, end);
  fields[1] = seq;
  fields[2] = utc(fields[2] ?? null);
  return `["${EVENT}",${JSON.stringify(fields).slice(1)}`;
}

/** A stored time as ISO 8601 in UTC. What is spelled in another way stays as it is, and has another MAC. */
function utc(stored: Cell): Cell {
  return typeof stored === "string" && stored.endsWith("+00:00")
    ? `${stored.slice(0, -6)}Z`
    : stored;
}
