"use client";

import { useEffect, useRef } from "react";

/** How often to ask: after `firstMs`, then less and less often, down to every `lastMs`. */
export interface Pace {
  firstMs: number;
  lastMs: number;
}

const SLOWER = 1.3;

/** Each question keeps the session alive, so nobody's page may go on asking for ever. */
const ATTENDED_MS = 30 * 60 * 1000;
const INPUT = ["pointerdown", "pointermove", "wheel", "keydown", "touchstart"] as const;

/**
 * Asks again and again while there is a pace, the page is seen, and somebody did something in the last half hour, and
 * never before the last answer has come: each time is a request that goes on record. After a longer rest it goes on
 * at the next key or move. `ask` deals with its own failures.
 */
export function usePoll(pace: Pace | null, ask: () => Promise<void>): void {
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  const inputAt = useRef<number | null>(null);

  useEffect(() => {
    if (pace === null) return;
    const { firstMs, lastMs } = pace;
    const stop = new AbortController();
    let waitMs = firstMs;
    let timer: ReturnType<typeof setTimeout>;
    let resting = false;
    inputAt.current ??= Date.now();
    const wait = () => {
      timer = setTimeout(() => void turn(), waitMs);
      waitMs = Math.min(lastMs, waitMs * SLOWER);
    };
    async function turn() {
      resting = Date.now() - (inputAt.current ?? 0) > ATTENDED_MS;
      if (resting) return;
      if (document.visibilityState === "visible") await latest.current();
      if (!stop.signal.aborted) wait();
    }
    const onInput = () => {
      inputAt.current = Date.now();
      if (resting) void turn();
    };
    for (const type of INPUT) {
      document.addEventListener(type, onInput, {
        capture: true,
        passive: true,
        signal: stop.signal,
      });
    }
    wait();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [pace]);
}
