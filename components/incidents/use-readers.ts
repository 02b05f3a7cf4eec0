"use client";

import { useCallback, useState } from "react";
import type { ReadersReport } from "../../lib/shapes";
import type { Problem } from "../api";
import { useSave } from "../use-save";
import { readReaders } from "./incident-calls";

export interface Readers {
  report: ReadersReport | null;
  busy: boolean;
  problem: Problem | null;
  look: (since: string) => Promise<void>;
}

/** Who read a secret: asked for when somebody wants to know, since Coffer may ask again who that is. */
export function useReaders(
  environment: string,
  secret: string,
  incident: string | undefined,
): Readers {
  const [report, setReport] = useState<ReadersReport | null>(null);
  const { busy, problem, run } = useSave();
  const look = useCallback(
    async (since: string) => {
      await run(async () => setReport(await readReaders({ environment, secret }, since, incident)));
    },
    [run, environment, secret, incident],
  );
  return { report, busy, problem, look };
}
