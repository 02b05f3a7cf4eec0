"use client";

import type { KeyCheck } from "../../lib/shapes";
import { useToaster } from "../ui/toasts";
import type { Pace } from "../use-poll";
import { useWork } from "../use-work";
import { checkWords } from "./check-words";
import { beginCheck, readCheck } from "./key-calls";

const PACE: Pace = { firstMs: 500, lastMs: 3_000 };

/** The last check of every value, how far the one under way is, and the way to begin one. */
export function useKeyCheck(initial: KeyCheck | null) {
  const toaster = useToaster();
  const { work, begin, ...state } = useWork(initial, {
    read: readCheck,
    onDone: (check) => toaster.done(checkWords(check).title),
    pace: PACE,
  });
  return { ...state, check: work, begin: () => begin(beginCheck) };
}
