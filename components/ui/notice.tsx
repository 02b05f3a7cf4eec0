import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem } from "../api";

const TONES = {
  plain: {
    box: "border-line bg-sunken",
    icon: <Info aria-hidden size={16} className="text-muted" />,
  },
  soon: {
    box: "border-soon-line bg-soon-soft",
    icon: <TriangleAlert aria-hidden size={16} className="text-soon-text" />,
  },
  danger: {
    box: "border-danger-line bg-danger-soft",
    icon: <CircleAlert aria-hidden size={16} className="text-danger-text" />,
  },
};

interface NoticeProps {
  tone?: keyof typeof TONES;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** A boxed remark: what is the case, and what to do about it. */
export function Notice({ tone = "plain", title, children, actions }: NoticeProps) {
  return (
    <div className={`flex gap-2.5 rounded-md border px-3 py-2.5 ${TONES[tone].box}`}>
      <span className="mt-0.5 shrink-0">{TONES[tone].icon}</span>
      <div className="min-w-0 flex-1 break-words">
        {title ? <p className="font-strong">{title}</p> : null}
        {children}
        {actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}

/** Why a save failed, said aloud. Nothing while there is nothing to say. */
export function Trouble({ problem }: { problem: Problem | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {problem ? (
        <Notice tone="danger">
          <p>{problem.message}</p>
          {problem.requestId && problem.status >= 500 ? (
            <p className="mt-1 text-small text-muted">
              Request <span className="mono">{problem.requestId}</span>: Coffer&apos;s log has more
              under it.
            </p>
          ) : null}
        </Notice>
      ) : null}
    </div>
  );
}
