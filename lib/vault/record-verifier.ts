import { Worker } from "node:worker_threads";
import { AnchorReader } from "../audit/anchor";
import { Chain } from "../audit/chain";
import type { Checkpoint } from "../audit/checkpoint";
import type { Findings } from "../audit/findings";
import { verify, type Verified } from "../audit/verify";
import type { AuditFinding } from "../shapes";
import type { OpenRecord } from "../store/journal-rows";
import { openRecordOf } from "../store/open-record";
import { removeCopiesOfThread } from "../store/record-copies";
import { rest } from "./every-value";

/** What a verification is given: enough to be done in another thread. */
export interface RecordTask {
  databaseUrl: string;
  /** The purpose key `audit`. */
  key: Uint8Array;
  checkpoint: Checkpoint | null;
  /** By what anchors are known. */
  anchors: { vault: string; publicKey: string };
}

/** How far it is, and what it has found. */
export interface RecordReport {
  total: number;
  checked: number;
  journals: number;
  unchained: number;
  chainedSince: string | null;
  beforeReset: number;
  resetAt: string | null;
  findings: number;
  items: AuditFinding[];
}

/** Verifies the record. `progress` is told where it is after every page; an aborted one ends where it is. */
export type RecordVerifier = (
  task: RecordTask,
  progress: (report: RecordReport) => void,
  signal: AbortSignal,
) => Promise<RecordReport>;

/** In this thread, with a turn for everything else after every page: for a process that does nothing else. */
export const verifyHere: RecordVerifier = async (task, progress, signal) =>
  verifyOpened(await openRecordOf(task.databaseUrl), task, progress, signal);

/** The same with a record that is open already, and what was found in it by then. It is closed in the end. */
export async function verifyOpened(
  record: OpenRecord,
  task: Omit<RecordTask, "databaseUrl">,
  progress: (report: RecordReport) => void,
  signal: AbortSignal,
  findings?: Findings,
): Promise<RecordReport> {
  try {
    const { vault, publicKey } = task.anchors;
    const anchors = new AnchorReader(vault, publicKey);
    const steps = verify(record, new Chain(task.key), task.checkpoint, anchors, findings);
    for (;;) {
      const step = steps.next();
      if (step.done === true || signal.aborted) return reportOf(step.value);
      progress(reportOf(step.value));
      await rest(0);
    }
  } finally {
    record.close();
  }
}

/** What a thread says. */
export type Told = { progress: RecordReport } | { report: RecordReport };

/**
 * In a thread of its own, so that no resolve waits for it.
 * @param entry the bundled verify-thread.ts
 */
export function verifyInThread(entry: string): RecordVerifier {
  return (task, progress, signal) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(entry, { workerData: task });
      const { threadId } = worker;
      let latest: RecordReport = NOTHING;
      const stop = () => {
        resolve(latest);
        void worker.terminate();
      };
      signal.addEventListener("abort", stop, { once: true });
      worker.on("message", (told: Told) => {
        if ("report" in told) resolve(told.report);
        else progress((latest = told.progress));
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        signal.removeEventListener("abort", stop);
        removeCopiesOfThread(threadId);
        reject(new Error("the thread has ended"));
      });
    });
}

const NOTHING: RecordReport = {
  ...{ total: 0, checked: 0, journals: 0, unchained: 0 },
  ...{ chainedSince: null, beforeReset: 0, resetAt: null, findings: 0, items: [] },
};

function reportOf(at: Verified): RecordReport {
  const { total, checked, journals, unchained, beforeReset, resetAt, findings } = at;
  const { chainedSince } = at;
  return {
    ...{ total: Math.max(total, checked), checked, journals, unchained },
    ...{ chainedSince, beforeReset, resetAt, findings: findings.total, items: [...findings.items] },
  };
}
