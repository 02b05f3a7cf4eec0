"use client";

import { useState } from "react";
import type { KeyCheck } from "../../lib/shapes";
import { Problem } from "../api";
import { useToaster } from "../ui/toasts";
import { usePoll, type Pace } from "../use-poll";
import { useSave } from "../use-save";
import { checkWords } from "./check-words";
import { beginCheck, readCheck } from "./key-calls";

const PACE: Pace = { firstMs: 500, lastMs: 3_000 };

/** The last check as the server drew it, how far the one under way is, and the way to begin one. */
export function useKeyCheck(initial: KeyCheck | null) {
  const toaster = useToaster();
  const [check, setCheck] = useState(initial);
  const [lost, setLost] = useState<Problem | null>(null);
  const { busy, problem, run } = useSave();

  async function look() {
    try {
      const next = await readCheck();
      setCheck(next);
      setLost(null);
      if (next?.state === "done") toaster.done(checkWords(next).title);
    } catch (error) {
      setLost(error instanceof Problem ? error : null);
    }
  }

  async function begin() {
    if (!busy) await run(async () => setCheck(await beginCheck()));
  }

  usePoll(check?.state === "running" ? PACE : null, look);
  return { check, begin, busy, problem: problem ?? lost };
}
