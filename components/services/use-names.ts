"use client";

import { useEffect, useState } from "react";
import type { Page, SecretInfo } from "../../lib/shapes";
import { Problem, send } from "../api";

const PAGE = 500;
/** More names than this are not fetched only to show what matches. */
const MOST = 5_000;

export type Names =
  | { state: "loading" }
  | { state: "failed"; why: string }
  | { state: "known"; names: string[]; isAll: boolean };

/** The names of an environment's secrets. */
export function useNames(environment: string): Names {
  const [names, setNames] = useState<Names>({ state: "loading" });

  useEffect(() => {
    const gone = new AbortController();
    fetchNames(environment, gone.signal).then(setNames, (error: unknown) => {
      if (gone.signal.aborted) return;
      setNames({
        state: "failed",
        why: error instanceof Problem ? error.message : "Something went wrong.",
      });
    });
    return () => gone.abort();
  }, [environment]);

  return names;
}

async function fetchNames(environment: string, signal: AbortSignal): Promise<Names> {
  const names: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null && names.length < MOST) {
    const query = new URLSearchParams({
      environment,
      limit: String(PAGE),
      ...(cursor && { cursor }),
    });
    const page: Page<SecretInfo> = await send(
      "GET",
      `/secrets?${query.toString()}`,
      undefined,
      signal,
    );
    names.push(...page.items.map((secret) => secret.name));
    cursor = page.nextCursor;
  }
  return { state: "known", names, isAll: cursor === null };
}
