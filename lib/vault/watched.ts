import type { NamedVersion } from "../audit/event";
import { CofferError } from "../errors";
import type { Document } from "../reference/document";
import type { Use } from "../reference/expand";
import type { Reference } from "../reference/segments";
import type { WatchedReference } from "../shapes";
import { describeUse } from "./check";
import { describeMistake } from "./failures";
import { recordedName, type Decisions } from "./references";

/**
 * What is kept of a document for as long as it is watched: which references it has, and what is malformed. Neither
 * its text nor a default's, nor the places.
 */
export interface Watched {
  uses: readonly Use[];
  mistakes: readonly WatchedReference[];
}

/** What a connection was told, or would be. */
export interface Standing {
  references: readonly Standpoint[];
  /** The service's rules as they are stored. */
  rulesText: string;
  tag: string;
}

/** What one reference comes to. */
export interface Standpoint {
  info: WatchedReference;
  /** For the record. */
  named: NamedVersion;
  /** Two with one text are the same: also where a secret of that name was purged and made anew, they are not. */
  mark: string;
}

/** @throws CofferError `limit_exceeded` */
export function watchedOf(
  { uses, mistakes }: Pick<Document, "uses" | "mistakes">,
  most: number,
): Watched {
  if (uses.length + mistakes.length > most) {
    throw new CofferError(
      "limit_exceeded",
      `More than ${most.toLocaleString("en")} references can't be watched by one connection.`,
      { details: { limit: "references", max: most } },
    );
  }
  const distinct = new Map<string, Reference>();
  for (const { reference } of uses) {
    const { canonical, fallback } = reference;
    const bare = { ...reference, raw: canonical, fallback: fallback === undefined ? fallback : "" };
    distinct.set(`${canonical}${fallback === undefined ? "" : " or else"}`, bare);
  }
  const kept = {
    uses: Array.from(distinct.values(), (reference) => ({ reference, paths: [], count: 1 })),
    mistakes: mistakes.map((mistake): WatchedReference => {
      const { reference, name, reason, message } = describeMistake(mistake);
      return { reference, name, status: reason, version: null, message };
    }),
  };
  // Written anew, because a piece of a text keeps all of it in memory.
  return JSON.parse(JSON.stringify(kept)) as Watched;
}

/** What every reference comes to, in the order of the text. */
export function standpoints({ uses }: Watched, decisions: Decisions): Standpoint[] {
  return uses.map(({ reference }) => {
    const decision = decisions.get(reference);
    const value = decision?.kind === "value" ? decision : null;
    const info = { ...describeUse(reference, decision), version: value?.version ?? null };
    return {
      info,
      named: [value?.name ?? recordedName(reference), value?.version ?? 0],
      mark: JSON.stringify([info.status, info.message, value?.secretId, info.version]),
    };
  });
}

/** What is other than it was told; null where nothing is. */
export function changesSince(
  told: Standing,
  now: Standing,
): { changed: Standpoint[]; rules: boolean } | null {
  const changed = now.references.filter(({ mark }, at) => mark !== told.references[at]?.mark);
  const rules = now.rulesText !== told.rulesText;
  return changed.length > 0 || rules ? { changed, rules } : null;
}

/** When the first thing ends by the clock of what this was decided by: the token, or a secret. Infinity: nothing does. */
export function endsAt(tokenExpiresAt: Date | null, decisions: Decisions): number {
  let first = tokenExpiresAt?.getTime() ?? Infinity;
  for (const decision of decisions.values()) {
    if (decision.kind !== "value" || decision.row.expiresAt === null) continue;
    first = Math.min(first, decision.row.expiresAt.getTime());
  }
  return first;
}
