"use client";

import { useState } from "react";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import { Problem, send } from "../api";
import { usePoll, type Pace } from "../use-poll";
import type { AuditQuery } from "./audit-url";

const PACE: Pace = { firstMs: 10_000, lastMs: 10_000 };
/** Newer events than this are not shown one by one: the list is made anew. */
const MOST_NEW = 100;

export interface Events {
  items: readonly RecordEvent[];
  /** Events that came since and are not shown yet. */
  waiting: readonly RecordEvent[];
  isManyMore: boolean;
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
  const { waiting, isManyMore, take } = useNewer(first, query);

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
    items: [...newer, ...first.items, ...older],
    ...{ waiting, isManyMore, lookedBackTo, loading, trouble, loadMore },
    showWaiting: () => {
      setNewer((shown) => [...waiting, ...shown]);
      take();
    },
    hasMore: cursor !== null,
  };
}

/** Asks now and then for what is newer. What is shown is not moved by it. */
function useNewer(first: RecordPage, query: AuditQuery) {
  const [waiting, setWaiting] = useState<readonly RecordEvent[]>([]);
  const [isManyMore, setManyMore] = useState(false);
  // Before a time that was chosen there is nothing newer.
  const [cursor, setCursor] = useState(query.to === undefined ? first.newerCursor : null);

  async function look() {
    if (cursor === null) return;
    try {
      const page = await ask(query, { newer: cursor });
      if (page.items.length === 0) return;
      const isWhole = page.nextCursor === null;
      setCursor(isWhole ? page.newerCursor : null);
      if (isWhole) setWaiting((before) => [...page.items, ...before]);
      else setManyMore(true);
    } catch (error) {
      // A search ends some day, and a session too: then it is for the reader to search again.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) setCursor(null);
    }
  }

  usePoll(cursor === null ? null : PACE, look);
  return { waiting, isManyMore, take: () => setWaiting([]) };
}

function ask(
  query: AuditQuery,
  place: { cursor: string } | { newer: string },
): Promise<RecordPage> {
  const search = new URLSearchParams({ ...query, ...place, limit: String(MOST_NEW) });
  return send<RecordPage>("GET", `/audit?${search.toString()}`);
}
