"use client";

import { useEffect, useRef, useState } from "react";
import type { RecordEvent, RecordPage } from "../../lib/shapes";
import { Problem, send } from "../api";
import type { AuditQuery } from "./audit-url";

const POLL_MS = 10_000;
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

/** Asks now and then for what is newer, while the page is seen. What is shown is not moved by it. */
function useNewer(first: RecordPage, query: AuditQuery) {
  const [waiting, setWaiting] = useState<readonly RecordEvent[]>([]);
  const [isManyMore, setManyMore] = useState(false);
  const cursor = useRef(first.newerCursor);
  const asked = useRef(query);

  useEffect(() => {
    if (asked.current.to !== undefined) return; // what is newer is not asked for
    const gone = new AbortController();
    const timer = setInterval(() => {
      const newer = cursor.current;
      if (newer === null || document.visibilityState === "hidden") return;
      ask(asked.current, { newer }, gone.signal).then(
        (page) => {
          if (page.items.length === 0) return;
          cursor.current = page.newerCursor;
          if (page.nextCursor !== null) {
            setManyMore(true);
            cursor.current = null;
          } else setWaiting((before) => [...page.items, ...before]);
        },
        (error: unknown) => {
          // A search ends some day, and a session too: then it is for the reader to search again.
          if (error instanceof Problem && error.status >= 400 && error.status < 500)
            cursor.current = null;
        },
      );
    }, POLL_MS);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, []);

  return { waiting, isManyMore, take: () => setWaiting([]) };
}

function ask(
  query: AuditQuery,
  place: { cursor: string } | { newer: string },
  signal?: AbortSignal,
): Promise<RecordPage> {
  const search = new URLSearchParams({ ...query, ...place, limit: String(MOST_NEW) });
  return send<RecordPage>("GET", `/audit?${search.toString()}`, undefined, signal);
}
