import type { Caller } from "../access/caller";
import type { Checkpoint } from "../audit/checkpoint";
import type { Findings } from "../audit/findings";
import { describeError, type Log } from "../log";
import type { AuditVerification } from "../shapes";
import type { ExportedRecord } from "../store/exported-record";
import type { OpenRecord } from "../store/journal-rows";
import { openExportedOf } from "../store/open-record";
import type { Door } from "./door";
import {
  verifyOpened,
  type RecordReport,
  type RecordTask,
  type RecordVerifier,
} from "./record-verifier";

/** What is verified, besides the record as it is in the database. */
export interface Sought {
  checkpoint: Checkpoint | null;
  progress: (done: number, total: number) => void;
  /** A record in place of the database's own, what it is called, and what was found in it so far. It is closed at the end. */
  exported?: { record: OpenRecord; target: string; findings: Findings };
}

/** Verifies the record in the background, one verification at a time. */
export class RecordChecker {
  #work: Promise<void> | undefined;
  #abort = new AbortController();
  #latest: AuditVerification | null = null;

  constructor(
    private readonly door: Door,
    private readonly log: Log,
    private readonly verifier: RecordVerifier,
    private readonly task: Omit<RecordTask, "checkpoint">,
  ) {}

  /** The verification that is under way in this process, or the last one; null before the first. */
  get latest(): AuditVerification | null {
    return this.#latest && { ...this.#latest };
  }

  /** Begins a verification, in place of one that is under way. What it finds is put on record for `caller`. */
  async begin(caller: Caller, sought: Sought): Promise<AuditVerification> {
    while (this.#work) await this.stop();
    this.#abort = new AbortController();
    const verification: AuditVerification = {
      ...{ state: "running", startedAt: this.door.now().toISOString(), finishedAt: null },
      ...{ total: 0, checked: 0, journals: 0, unchained: 0, findings: 0, items: [] },
      ...{ chainedSince: null, beforeReset: 0, resetAt: null },
      ...{ checkpoint: sought.checkpoint?.at ?? null },
    };
    this.#latest = verification;
    this.#work = this.#run(caller, verification, sought).finally(() => {
      this.#work = undefined;
    });
    return { ...verification };
  }

  /** A record without events yet, for those of a file. */
  openExported(): Promise<ExportedRecord> {
    return openExportedOf(this.task.databaseUrl);
  }

  /** Waits until it has ended. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Has it end after the present page. */
  abort(): void {
    this.#abort.abort();
  }

  /** The same, and waits for it. */
  async stop(): Promise<void> {
    this.abort();
    await this.#work;
  }

  async #run(
    caller: Caller,
    verification: AuditVerification,
    { checkpoint, progress, exported }: Sought,
  ): Promise<void> {
    const { signal } = this.#abort;
    const note = (report: RecordReport) => {
      Object.assign(verification, report);
      progress(report.checked, report.total);
    };
    try {
      const task = { ...this.task, checkpoint };
      note(
        await (exported
          ? verifyOpened(exported.record, task, note, signal, exported.findings)
          : this.verifier(task, note, signal)),
      );
      const found = verification.findings > 0 ? "tampered" : "intact";
      const code = signal.aborted ? "stopped" : found;
      // It is not the request's event: that one is written, and answered, when the verification begins.
      const by = { ...caller, origin: { ...caller.origin, requestId: "" } };
      const done = { caller: by, action: "audit.verify", target: exported?.target };
      await this.door.journal.record({ ...done, outcome: "ok", code });
      verification.state = signal.aborted ? "failed" : "done";
      // Who asks at the terminal is told there.
      if (found === "tampered" && caller.kind !== "operator") {
        const { findings, items } = verification;
        this.log.error({ findings, items }, "the audit record was tampered with");
      }
    } catch (error) {
      this.log.error(describeError(error), "the audit record could not be verified");
      verification.state = "failed";
    }
    verification.finishedAt = this.door.now().toISOString();
  }
}
