"use client";

import { useEffect, useRef } from "react";

/** How often to ask: after `firstMs`, then less and less often, down to every `lastMs`. */
export interface Pace {
  firstMs: number;
  lastMs: number;
}

const SLOWER = 1.3;

/**
 * Asks again and again while there is a pace and the page is seen, and never before the last answer has come: each
 * time is a request that goes on record. `ask` deals with its own failures.
 */
export function usePoll(pace: Pace | null, ask: () => Promise<void>): void {
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });

  useEffect(() => {
    if (pace === null) return;
    const { firstMs, lastMs } = pace;
    let waitMs = firstMs;
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    const wait = () => {
      timer = setTimeout(() => void turn(), waitMs);
      waitMs = Math.min(lastMs, waitMs * SLOWER);
    };
    async function turn() {
      if (document.visibilityState === "visible") await latest.current();
      if (!stopped) wait();
    }
    wait();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [pace]);
}
