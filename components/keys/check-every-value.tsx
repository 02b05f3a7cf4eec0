"use client";

import type { KeyCheck } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { WorkState } from "../ui/work-state";
import { checkWords } from "./check-words";
import { UnopenedTable } from "./unopened-table";
import { useKeyCheck } from "./use-key-check";

const IS = {
  never: "plain",
  working: "working",
  none: "plain",
  good: "good",
  bad: "bad",
  failed: "soon",
} as const;

/** Opens every value once, on one click, and says which don't open. */
export function CheckEveryValue({ initial }: { initial: KeyCheck | null }) {
  const { check, begin, busy, problem } = useKeyCheck(initial);
  const isRunning = check?.state === "running";
  const items = check?.state === "running" ? [] : (check?.items ?? []);
  const more = isRunning || !check ? 0 : check.unopened - items.length;
  return (
    <Section
      id="check"
      title="Check"
      about="Opens every value of every version once, and shows none: worth a click after a restore or a rekey."
      actions={
        <Button busy={busy || isRunning} onClick={() => void begin()}>
          {isRunning ? "Checking…" : "Check every value"}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Trouble problem={problem} />
        <CheckState check={check} />
        {items.length > 0 ? <UnopenedTable values={items} /> : null}
        {more > 0 ? (
          <p className="text-muted">
            And {count(more)} more. Restoring a backup is quicker than repairing them one by one.
          </p>
        ) : null}
      </div>
    </Section>
  );
}

function CheckState({ check }: { check: KeyCheck | null }) {
  const { state, title } = checkWords(check);
  const progress =
    check && state === "working"
      ? { label: "Values opened", done: check.checked, total: check.total }
      : null;
  return (
    <WorkState is={IS[state]} progress={progress}>
      <p>
        <span className={state === "bad" ? "font-strong" : ""}>{title}.</span>{" "}
        {check?.finishedAt && state !== "none" ? (
          <span className="text-muted">
            Checked <Ago at={check.finishedAt} />.
          </span>
        ) : null}
      </p>
      {state === "failed" ? (
        <p className="text-muted">
          Coffer was stopped, or the database refused the work; Coffer&apos;s log has more. Check
          again.
        </p>
      ) : null}
    </WorkState>
  );
}
