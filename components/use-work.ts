"use client";

import { useState } from "react";
import { Problem } from "./api";
import { usePoll, type Pace } from "./use-poll";
import { useSave } from "./use-save";

interface WorkCalls<Work> {
  /** How far it is; null before the first. */
  read: () => Promise<Work | null>;
  /** Once, when the one under way has come to its end. */
  onDone: (work: Work) => void;
  pace: Pace;
}

/**
 * Work that Coffer does in the background: the last as the server drew it, how far the one under way is, and the way
 * to begin one, which gives true once it has begun.
 */
export function useWork<Work extends { state: string }>(
  initial: Work | null,
  { read, onDone, pace }: WorkCalls<Work>,
) {
  const [work, setWork] = useState(initial);
  const [lost, setLost] = useState<Problem | null>(null);
  const { busy, problem, run } = useSave();

  async function look() {
    try {
      const next = await read();
      setWork(next);
      setLost(null);
      if (next?.state === "done") onDone(next);
    } catch (error) {
      setLost(error instanceof Problem ? error : null);
    }
  }

  async function begin(call: () => Promise<Work>): Promise<boolean> {
    if (busy) return false;
    setLost(null);
    return run(async () => setWork(await call()));
  }

  usePoll(work?.state === "running" ? pace : null, look);
  return { work, begin, busy, problem: problem ?? lost };
}
