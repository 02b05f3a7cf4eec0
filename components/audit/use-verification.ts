"use client";

import { useState } from "react";
import type { AuditCheckpoint, AuditVerification } from "../../lib/shapes";
import { Problem, send, sendOnce } from "../api";
import { keepFile } from "../keep-file";
import { useToaster } from "../ui/toasts";
import { usePoll, type Pace } from "../use-poll";
import { useSave } from "../use-save";
import { verifyWords } from "./verify-words";

const PATH = "/audit/verify";
const PACE: Pace = { firstMs: 700, lastMs: 5_000 };

/** The last verification as the server drew it, how far the one under way is, and the way to begin one. */
export function useVerification(initial: AuditVerification | null) {
  const toaster = useToaster();
  const [verification, setVerification] = useState(initial);
  const [lost, setLost] = useState<Problem | null>(null);
  const { busy, problem, run } = useSave();

  async function look() {
    try {
      const answer = await sendOnce<{ verification: AuditVerification | null }>("GET", PATH);
      const next = answer.verification;
      setVerification(next);
      setLost(null);
      // What is wrong is an alert on the page.
      if (next?.state === "done" && next.findings === 0) toaster.done(verifyWords(next).title);
    } catch (error) {
      setLost(error instanceof Problem ? error : null);
    }
  }

  /** True once it has begun. @param checkpoint one that was kept elsewhere, to hold the record against */
  async function begin(checkpoint?: string): Promise<boolean> {
    if (busy) return false;
    setLost(null);
    return run(async () =>
      setVerification(await send("POST", PATH, checkpoint === undefined ? {} : { checkpoint })),
    );
  }

  usePoll(verification?.state === "running" ? PACE : null, look);
  return { verification, begin, busy, problem: problem ?? lost };
}

/** Has the browser keep where the record stands now. @throws Problem */
export async function keepCheckpoint(): Promise<void> {
  const { text } = await send<AuditCheckpoint>("GET", "/audit/checkpoint");
  const at = (/^at (.+)$/m.exec(text)?.[1] ?? "").replaceAll(":", "").slice(0, 17);
  keepFile({ file: new Blob([text], { type: "text/plain" }), name: `coffer-${at}.checkpoint` });
}
