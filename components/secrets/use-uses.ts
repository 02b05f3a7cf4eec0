"use client";

import { useEffect, useState } from "react";
import type { UseInfo } from "../../lib/shapes";
import { Problem, secretPath, send } from "../api";

export type Uses =
  { state: "loading" } | { state: "failed"; why: string } | { state: "known"; uses: UseInfo[] };

/** The services that read a secret, newest read first. */
export function useUses(environment: string, name: string): Uses {
  const [uses, setUses] = useState<Uses>({ state: "loading" });

  useEffect(() => {
    const gone = new AbortController();
    send<{ items: UseInfo[] }>(
      "GET",
      secretPath(environment, name, "/uses"),
      undefined,
      gone.signal,
    ).then(
      ({ items }) => {
        const newestFirst = items.toSorted((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt));
        setUses({ state: "known", uses: newestFirst });
      },
      (error: unknown) => {
        if (gone.signal.aborted) return;
        setUses({
          state: "failed",
          why: error instanceof Problem ? error.message : "Something went wrong.",
        });
      },
    );
    return () => gone.abort();
  }, [environment, name]);

  return uses;
}
