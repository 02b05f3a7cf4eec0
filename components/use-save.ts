"use client";

import { useCallback, useState } from "react";
import { Problem } from "./api";

export interface Save {
  busy: boolean;
  /** Why the last attempt failed, until the next one. */
  problem: Problem | null;
  /** Runs `work`; true when it went well. What was typed stays where it is either way. */
  run: (work: () => Promise<void>) => Promise<boolean>;
  reset: () => void;
}

/** The state of a form that saves: whether it is under way, and what went wrong last time. */
export function useSave(): Save {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(error instanceof Problem ? error : unexpected());
      return false;
    } finally {
      setBusy(false);
    }
  }, []);

  const reset = useCallback(() => {
    setProblem(null);
  }, []);

  return { busy, problem, run, reset };
}

function unexpected(): Problem {
  return new Problem(
    0,
    "unexpected",
    "Something went wrong in this page. Reload it, then try again.",
  );
}
