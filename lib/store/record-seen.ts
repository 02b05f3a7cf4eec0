import { createHash } from "node:crypto";
import type Database from "better-sqlite3";

/** Up to which event each journal was seen: what was written since is what comes after, whatever its clock said. */
export interface Seen {
  /** The journals that may still grow, first of all, and the last event of each that was seen. */
  ends: [journalId: string, seq: number][];
  /** How many others there were, and a hash of them and of where they ended. */
  others: number;
  hash: string;
}

/** Where a journal ends. */
export interface SeenEnd {
  journalId: string;
  end: number;
  /** When its last event was, by the clock of who wrote it. */
  at: string;
  /** Whether that event says that its process stops: then there is hardly another. */
  isStopped: boolean;
  /** Whether it has events after `end` that are still to be told. */
  isBehind?: boolean;
}

/** Of so many journals their ends are in a cursor, which is to stay below 2,000 characters. */
const LISTED = 24;

/** By one look into the index for each journal that an event names. */
const ENDS = `
  WITH RECURSIVE "ids" ("id") AS (
    SELECT min("journalId") FROM "AuditEvent"
    UNION ALL
    SELECT (SELECT min(e."journalId") FROM "AuditEvent" e WHERE e."journalId" > i."id") FROM "ids" i WHERE i."id" IS NOT NULL)
  SELECT e."journalId", e."seq" AS "end", e."at", e."action" = 'stop' AS "isStopped" FROM "ids" i
  JOIN "AuditEvent" e ON e."journalId" = i."id"
    AND e."seq" = (SELECT max(l."seq") FROM "AuditEvent" l WHERE l."journalId" = i."id")
  WHERE i."id" IS NOT NULL`;

/** Every journal, the one with the newest time first. */
export function readSeenEnds(record: Database): SeenEnd[] {
  const rows = record.prepare(ENDS).all() as {
    journalId: string;
    end: number;
    at: unknown;
    isStopped: number;
  }[];
  return rows
    .map((row) => ({ ...row, at: String(row.at), isStopped: row.isStopped === 1 }))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** That all of it was seen. @param ends the newest time first */
export function seenOf(ends: readonly SeenEnd[]): Seen {
  const rank = ({ isBehind, isStopped }: SeenEnd) => (isBehind === true ? 0 : isStopped ? 2 : 1);
  const ranked = ends.toSorted((a, b) => rank(a) - rank(b));
  const behind = ends.filter(({ isBehind }) => isBehind).length;
  const listed = Math.max(LISTED, behind);
  const others = ranked.slice(listed);
  return {
    ends: ranked.slice(0, listed).map(({ journalId, end }) => [journalId, end]),
    others: others.length,
    hash: hashOf(others),
  };
}

/**
 * After which event each journal was not seen; null for one that was not there at all. What is not listed and is not as it was
 * hashed is taken for new where that explains it: as many journals as have come, those with the newest time. Null where it
 * does not, which nobody must take for nothing new.
 * @param ends the newest time first
 */
export function unseenOf(
  ends: readonly SeenEnd[],
  seen: Seen,
): { of: SeenEnd; after: number | null }[] | null {
  const listed = new Map(seen.ends);
  const known = ends.filter(({ journalId }) => listed.has(journalId));
  const rest = ends.filter(({ journalId }) => !listed.has(journalId));
  const others = rest.slice(rest.length - seen.others);
  if (known.length !== listed.size || rest.length < seen.others) return null;
  if (hashOf(others) !== seen.hash) return null;
  if (known.some(({ journalId, end }) => end < (listed.get(journalId) ?? 0))) return null;
  const isOther = new Set(others);
  return ends.map((of) => ({
    of,
    after: isOther.has(of) ? of.end : (listed.get(of.journalId) ?? null),
  }));
}

const HASH_LENGTH = 22;

function hashOf(ends: readonly SeenEnd[]): string {
  if (ends.length === 0) return "";
  const texts = ends.map(({ journalId, end }) => JSON.stringify([journalId, end])).sort();
  return createHash("sha256").update(texts.join()).digest("base64url").slice(0, HASH_LENGTH);
}
