import type { Work } from "./import-calls";

const STEPS: Record<Work["step"], string> = {
  ...{ send: "Sending", read: "Reading", seal: "Sealing", write: "Writing" },
};

/** How far an import is that takes a while: which step it is at, and how much of that is done. */
export function WorkProgress({ work }: { work: Work | null }) {
  if (!work) return null;
  const step = STEPS[work.step];
  const percent = work.part === null ? null : Math.floor(work.part * 100);
  return (
    <div className="late flex w-full items-center gap-3">
      <span role="status" className="w-16 shrink-0">
        {step}
      </span>
      <progress
        aria-label={step}
        max={100}
        {...(percent !== null && { value: percent })}
        className="h-1.5 min-w-0 flex-1"
      />
      <span aria-hidden className="w-10 shrink-0 text-right text-muted tabular-nums">
        {percent === null ? "" : `${String(percent)} %`}
      </span>
    </div>
  );
}
