"use client";

import { useCallback, useState } from "react";
import type { Attention } from "../../lib/attention";
import type { Page, SecretInfo } from "../../lib/shapes";
import { Problem, send } from "../api";

export interface SecretQuery {
  search: string;
  tag: string;
  attention: Attention | "";
  state: "active" | "trashed";
}

export interface SecretList {
  items: readonly SecretInfo[];
  hasMore: boolean;
  loading: boolean;
  trouble: string;
  loadMore: () => Promise<void>;
  /** Puts what a save answered in the place of what is shown. */
  replace: (secret: SecretInfo) => void;
  remove: (name: string) => void;
}

/** Pages that were loaded after the first, for one query. */
interface Rest {
  of: string;
  items: readonly SecretInfo[];
  cursor: string | null | undefined;
}

/**
 * The list: its first page from the server's render, the rest fetched page by page. A refresh replaces the
 * first page and keeps the others; another query starts over.
 */
export function useSecretList(
  environment: string,
  first: Page<SecretInfo>,
  query: SecretQuery,
): SecretList {
  const { search, tag, attention, state } = query;
  const of = JSON.stringify([environment, search, tag, attention, state]);
  const [kept, setRest] = useState<Rest>({ of, items: [], cursor: undefined });
  const [loading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState("");

  const rest: Rest = kept.of === of ? kept : { of, items: [], cursor: undefined };
  const cursor = rest.cursor === undefined ? first.nextCursor : rest.cursor;
  const inFirst = new Set(first.items.map((secret) => secret.name));
  const items =
    rest.items.length === 0
      ? first.items
      : [...first.items, ...rest.items.filter((secret) => !inFirst.has(secret.name))];

  async function loadMore() {
    if (loading || cursor === null) return;
    setLoading(true);
    setTrouble("");
    try {
      const page = await send<Page<SecretInfo>>(
        "GET",
        `/secrets?${searchOf(environment, query, cursor)}`,
      );
      setRest({ of, items: [...rest.items, ...page.items], cursor: page.nextCursor });
    } catch (error) {
      setTrouble(error instanceof Problem ? error.message : "Loading more failed. Try again.");
    } finally {
      setLoading(false);
    }
  }

  const replace = useCallback((secret: SecretInfo) => {
    setRest((rest) => ({
      ...rest,
      items: rest.items.map((each) => (each.name === secret.name ? secret : each)),
    }));
  }, []);
  const remove = useCallback((name: string) => {
    setRest((rest) => ({ ...rest, items: rest.items.filter((each) => each.name !== name) }));
  }, []);

  return { items, hasMore: cursor !== null, loading, trouble, loadMore, replace, remove };
}

function searchOf(environment: string, query: SecretQuery, cursor: string): string {
  const search = new URLSearchParams({ environment, state: query.state, limit: "100", cursor });
  if (query.search) search.set("search", query.search);
  if (query.tag) search.set("tag", query.tag);
  if (query.attention) search.set("attention", query.attention);
  return search.toString();
}
