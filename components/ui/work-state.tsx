import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = {
  plain: <CircleDashed aria-hidden size={16} className="text-muted" />,
  working: <LoaderCircle aria-hidden size={16} className="text-accent-text" />,
  good: <CircleCheck aria-hidden size={16} className="text-checked-text" />,
  soon: <TriangleAlert aria-hidden size={16} className="text-soon-text" />,
  bad: <CircleAlert aria-hidden size={16} className="text-danger-text" />,
};

interface WorkStateProps {
  is: keyof typeof ICONS;
  /** How far it is, while it is under way. */
  progress?: { label: string; done: number; total: number } | null;
  children: ReactNode;
}

/**
 * A boxed line about work that goes on by itself. The bar lies on the box's lower border, so nothing moves when it
 * comes and goes.
 */
export function WorkState({ is, progress, children }: WorkStateProps) {
  return (
    <div className="relative flex items-start gap-2.5 overflow-hidden rounded-md border px-3 py-2.5">
      <span className="mt-0.5 shrink-0">{ICONS[is]}</span>
      <div className="min-w-0 flex-1 break-words tabular-nums">{children}</div>
      {progress ? (
        <progress
          aria-label={progress.label}
          max={Math.max(1, progress.total)}
          value={progress.done}
          className="progress-line"
        />
      ) : null}
    </div>
  );
}
