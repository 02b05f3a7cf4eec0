"use client";

import type { AuditCheckpoint, AuditVerification } from "../../lib/shapes";
import { send, sendOnce } from "../api";
import { keepFile } from "../keep-file";
import { useToaster } from "../ui/toasts";
import type { Pace } from "../use-poll";
import { useWork } from "../use-work";
import { verifyWords } from "./verify-words";

const PATH = "/audit/verify";
const PACE: Pace = { firstMs: 700, lastMs: 5_000 };

/** The last verification, how far the one under way is, and the way to begin one. */
export function useVerification(initial: AuditVerification | null) {
  const toaster = useToaster();
  const { work, begin, ...state } = useWork(initial, {
    read: readVerification,
    onDone(verification) {
      // What is wrong is an alert on the page.
      if (verification.findings === 0) toaster.done(verifyWords(verification).title);
    },
    pace: PACE,
  });
  return {
    ...state,
    verification: work,
    /** @param checkpoint one that was kept elsewhere, to hold the record against */
    begin: (checkpoint?: string) =>
      begin(() => send("POST", PATH, checkpoint === undefined ? {} : { checkpoint })),
  };
}

async function readVerification(): Promise<AuditVerification | null> {
  const answer = await sendOnce<{ verification: AuditVerification | null }>("GET", PATH);
  return answer.verification;
}

/** Has the browser keep where the record stands now. @throws Problem */
export async function keepCheckpoint(): Promise<void> {
  const { text } = await send<AuditCheckpoint>("GET", "/audit/checkpoint");
  const at = (/^at (.+)$/m.exec(text)?.[1] ?? "").replaceAll(":", "").slice(0, 17);
  keepFile({ file: new Blob([text], { type: "text/plain" }), name: `coffer-${at}.checkpoint` });
}
