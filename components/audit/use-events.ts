"use client";

import { useMemo, useState } from "react";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import { Problem, send } from "../api";
import { usePoll, type Pace } from "../use-poll";
import type { AuditQuery } from "./audit-url";

const PACE: Pace = { firstMs: 10_000, lastMs: 10_000 };
/** Newer events than this are not shown one by one: the list is made anew. */
const MOST_NEW = 100;

/** A search ends some day, and a session or a role too. Anything else passes, such as too many requests. */
const ENDS_IT = [400, 401, 403];

export interface Events {
  items: readonly RecordEvent[];
  /** Events that came since and are not shown yet. */
  waiting: readonly RecordEvent[];
  isManyMore: boolean;
  /** Why nothing newer is looked for any more; empty as long as it is. */
  whyNoNewer: string;
  showWaiting: () => void;
  hasMore: boolean;
  /** How far was looked without finding enough. */
  lookedBackTo: string | null;
  loading: boolean;
  trouble: string;
  loadMore: () => Promise<void>;
}

/** What a row is known by. */
export const keyOf = ({ journal, seq }: RecordEvent): string => `${journal}-${String(seq)}`;

/** The events of a search: the first page from the server's render, older ones on demand, newer ones as they come. */
export function useEvents(first: RecordPage, query: AuditQuery): Events {
  const [newer, setNewer] = useState<readonly RecordEvent[]>([]);
  const [older, setOlder] = useState<readonly RecordEvent[]>([]);
  const [cursor, setCursor] = useState(first.nextCursor);
  const [lookedBackTo, setLookedBackTo] = useState(first.lookedBackTo);
  const [loading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState("");
  const { waiting: told, isManyMore, whyNoNewer, take } = useNewer(first, query);
  const items = useMemo(
    () => inOrder([...newer, ...first.items, ...older]),
    [newer, first.items, older],
  );
  // What was written late and is of an earlier time may have come with an older page already.
  const waiting = useMemo(() => {
    const shown = new Set(items.map(keyOf));
    return told.filter((event) => !shown.has(keyOf(event)));
  }, [told, items]);

  async function loadMore() {
    if (loading || cursor === null) return;
    setLoading(true);
    setTrouble("");
    try {
      const page = await ask(query, { cursor });
      setOlder((before) => [...before, ...page.items]);
      setCursor(page.nextCursor);
      setLookedBackTo(page.lookedBackTo);
    } catch (error) {
      setTrouble(error instanceof Problem ? error.message : "Loading more failed. Try again.");
    } finally {
      setLoading(false);
    }
  }

  return {
    ...{ items, waiting, isManyMore, whyNoNewer, lookedBackTo, loading, trouble, loadMore },
    showWaiting: () => {
      setNewer((shown) => [...waiting, ...shown]);
      take();
    },
    hasMore: cursor !== null,
  };
}

/** Newest first, each once, as the server orders them. */
export function inOrder(events: readonly RecordEvent[]): RecordEvent[] {
  const each = [...new Map(events.map((event) => [keyOf(event), event])).values()];
  return each.sort((a, b) => compare(b.at, a.at) || compare(b.journal, a.journal) || b.seq - a.seq);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Asks now and then for what is newer. What is shown is not moved by it. */
function useNewer(first: RecordPage, query: AuditQuery) {
  const [waiting, setWaiting] = useState<readonly RecordEvent[]>([]);
  const [isManyMore, setManyMore] = useState(false);
  const [whyNoNewer, setWhyNoNewer] = useState("");
  // Before a time that was chosen there is nothing newer.
  const [cursor, setCursor] = useState(query.to === undefined ? first.newerCursor : null);

  async function look() {
    if (cursor === null) return;
    try {
      const page = await ask(query, { newer: cursor });
      const isWhole = page.items.length < MOST_NEW;
      setCursor(isWhole ? page.newerCursor : null);
      if (!isWhole) setManyMore(true);
      else if (page.items.length > 0) setWaiting((before) => [...page.items, ...before]);
    } catch (error) {
      if (!(error instanceof Problem) || !ENDS_IT.includes(error.status)) return;
      setCursor(null);
      setWhyNoNewer(error.message);
    }
  }

  usePoll(cursor === null ? null : PACE, look);
  return { waiting, isManyMore, whyNoNewer, take: () => setWaiting([]) };
}

function ask(
  query: AuditQuery,
  place: { cursor: string } | { newer: string },
): Promise<RecordPage> {
  const search = new URLSearchParams({ ...query, ...place, limit: String(MOST_NEW) });
  return send<RecordPage>("GET", `/audit?${search.toString()}`);
}
