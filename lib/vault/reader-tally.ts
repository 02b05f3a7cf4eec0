import type { ReaderInfo, RefusalInfo, Span, TokenInfo } from "../shapes";
import type { ReadGroup } from "../store/reader-rows";
import { Latest } from "./latest";

const MOST_ADDRESSES = 100;
const MOST_REFUSALS = 200;

/** A service as it is now. */
export type Standing = Pick<ReaderInfo, "service" | "state" | "mayRead" | "mayReadOlder"> & {
  tokens: readonly TokenInfo[];
};

/** When a service last read it by the count of uses, which may tell more than the record still does. */
export interface CountedUse {
  service: { id: string; name: string };
  lastAt: Date;
}

/** What the record tells of one service's reads. */
interface Reads {
  service: { id: string; name: string };
  span: Span;
  unchanged: number;
  versions: Set<number>;
  addresses: Latest<Span & { address: string }>;
  tokens: Map<string, Span>;
}

/** Adds up who read a secret. Events come in order of time, but for those of one group. */
export class ReaderTally {
  readonly #reads = new Map<string, Reads>();
  readonly #refusals = new Latest<RefusalInfo>(MOST_REFUSALS);

  add(group: ReadGroup): void {
    if (group.outcome === "ok") this.#addRead(group);
    else this.#addRefusal(group);
  }

  #addRead(group: ReadGroup): void {
    const { actorId: id, actorName: name, address, tokenId } = group;
    const reads = this.#reads.get(id) ?? newReads({ id, name });
    this.#reads.set(id, reads);
    reads.service.name = name;
    widen(reads.span, group);
    if (group.code === "unchanged") reads.unchanged += group.count;
    for (const version of versionsOf(group)) reads.versions.add(version);
    widen(
      reads.addresses.seen(address, () => ({ address, ...nothing() })),
      group,
    );
    if (tokenId === null) return;
    const token = reads.tokens.get(tokenId) ?? nothing();
    reads.tokens.set(tokenId, token);
    widen(token, group);
  }

  #addRefusal(group: ReadGroup): void {
    const { actorKind: kind, actorId: id, actorName: name, address, action, code } = group;
    const key = [kind, id, name, address, action, code].join("\n");
    const make = () => ({ by: { kind, id, name }, address, action, code, ...nothing() });
    widen(this.#refusals.seen(key, make), group);
  }

  /** The last one first. */
  refusals(): RefusalInfo[] {
    return this.#refusals.values().sort(lastFirst);
  }

  /** Who read it, the last one first; then who may and did not. */
  readers(standings: readonly Standing[], counted: readonly CountedUse[]): ReaderInfo[] {
    const counts = new Map(counted.map(({ service, lastAt }) => [service.id, lastAt]));
    const known = new Map(standings.map((standing) => [standing.service.id, standing]));
    for (const { service } of [...this.#reads.values(), ...counted]) {
      if (!known.has(service.id)) known.set(service.id, { ...GONE, service });
    }
    return [...known.values()]
      .map((standing) => {
        const { id } = standing.service;
        return readerInfo(standing, this.#reads.get(id), counts.get(id));
      })
      .filter(({ mayRead, mayReadOlder, reads, lastCountedAt }) => {
        return mayRead || mayReadOlder || reads !== null || lastCountedAt !== null;
      })
      .sort((a, b) => lastRead(b).localeCompare(lastRead(a)));
  }
}

const GONE = { state: "deleted", mayRead: false, mayReadOlder: false, tokens: [] } as const;

function readerInfo(
  { tokens, ...standing }: Standing,
  reads: Reads | undefined,
  countedAt: Date | undefined,
): ReaderInfo {
  const known = new Map(tokens.map((token) => [token.id, token]));
  return {
    ...standing,
    liveTokens: tokens.filter(({ state }) => state === "live").length,
    reads: reads?.span ?? null,
    unchanged: reads?.unchanged ?? 0,
    versions: [...(reads?.versions ?? [])].sort((a, b) => b - a),
    addresses: reads?.addresses.values().sort(lastFirst) ?? [],
    tokens: Array.from(reads?.tokens ?? [], ([id, span]) => {
      const token = known.get(id);
      return { id, hint: token?.hint ?? null, live: token?.state === "live", ...span };
    }).sort(lastFirst),
    lastCountedAt: countedAt?.toISOString() ?? null,
  };
}

function newReads(service: { id: string; name: string }): Reads {
  return {
    ...{ service, span: nothing(), unchanged: 0, versions: new Set() },
    ...{ addresses: new Latest(MOST_ADDRESSES), tokens: new Map() },
  };
}

function versionsOf({ versions }: ReadGroup): number[] {
  return (versions ?? "").split(",").map(Number).filter(Boolean);
}

function nothing(): Span {
  return { count: 0, firstAt: "", lastAt: "" };
}

function widen(span: Span, { count, firstAt, lastAt }: ReadGroup): void {
  const [first, last] = [firstAt.toISOString(), lastAt.toISOString()];
  span.count += count;
  if (span.firstAt === "" || first < span.firstAt) span.firstAt = first;
  if (last > span.lastAt) span.lastAt = last;
}

function lastFirst(a: Span, b: Span): number {
  return b.lastAt.localeCompare(a.lastAt);
}

function lastRead({ reads, lastCountedAt }: ReaderInfo): string {
  return reads?.lastAt ?? lastCountedAt ?? "";
}
