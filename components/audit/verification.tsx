"use client";

import { useState } from "react";
import type { AuditVerification } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Button } from "../ui/button";
import { Trouble } from "../ui/notice";
import { WorkState } from "../ui/work-state";
import { CheckpointDialog } from "./checkpoint-dialog";
import { Findings } from "./findings";
import { useVerification } from "./use-verification";
import { verifyWords } from "./verify-words";

/** Whether the record is as Coffer wrote it: what was last found, and the ways to ask again. */
export function Verification({ initial }: { initial: AuditVerification | null }) {
  const { verification, begin, busy, problem } = useVerification(initial);
  const [dialog, setDialog] = useState(false);
  const { is, title, also } = verifyWords(verification);
  const isRunning = verification?.state === "running";
  return (
    <section aria-label="Verification" className="mb-4 flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-0 flex-[1_1_320px]">
          <WorkState
            is={is}
            progress={
              isRunning
                ? { label: "Verifying", done: verification.checked, total: verification.total }
                : null
            }
          >
            <span className={is === "bad" ? "font-strong text-danger-text" : ""}>{title}</span>
            {verification?.finishedAt ? (
              <>
                , <Ago at={verification.finishedAt} />.
              </>
            ) : null}{" "}
            <span className="text-muted">{also}</span>
          </WorkState>
        </div>
        <Button busy={busy || isRunning} onClick={() => void begin()}>
          Verify
        </Button>
        <Button onClick={() => setDialog(true)}>Checkpoint…</Button>
      </div>
      {dialog ? null : <Trouble problem={problem} />}
      {verification && verification.findings > 0 ? <Findings verification={verification} /> : null}
      {dialog ? (
        <CheckpointDialog
          problem={problem}
          onVerify={async (checkpoint) => {
            if (await begin(checkpoint)) setDialog(false);
          }}
          onClose={() => setDialog(false)}
        />
      ) : null}
    </section>
  );
}
