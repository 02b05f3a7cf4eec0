"use client";

import { useState } from "react";
import type { KeyringInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { useToaster } from "../ui/toasts";
import { usePoll, type Pace } from "../use-poll";
import { readKeys } from "./key-calls";
import { resealWords } from "./reseal-words";

const WHILE_SEALING: Pace = { firstMs: 700, lastMs: 4_000 };
const WHILE_REKEYING: Pace = { firstMs: 8_000, lastMs: 15_000 };

export interface LiveKeys {
  info: KeyringInfo;
  /** Why the last look at them failed: what is shown may be old. */
  problem: Problem | null;
  /** Shows what a change has answered. */
  take: (info: KeyringInfo) => void;
  look: () => Promise<void>;
}

/** The keys as the server drew them, and then as they become while something is under way. */
export function useKeyring(initial: KeyringInfo): LiveKeys {
  const toaster = useToaster();
  const [info, setInfo] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isSealing = info.reseal.state !== "idle";

  async function look() {
    try {
      const next = await readKeys();
      setInfo(next);
      setProblem(null);
      if (isSealing && next.reseal.state === "idle") toaster.done(resealWords(next).text);
    } catch (error) {
      setProblem(error instanceof Problem ? error : null);
    }
  }

  usePoll(isSealing ? WHILE_SEALING : info.wraps.length > 1 ? WHILE_REKEYING : null, look);
  return { info, problem, take: setInfo, look };
}
