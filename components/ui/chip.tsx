import type { ReactNode } from "react";

const TONES = {
  /** What is as it should be: no box. */
  bare: "border-transparent px-0 text-muted",
  plain: "border-line-strong px-1.5 text-muted",
  danger: "border-danger-line px-1.5 bg-danger-soft text-danger-text",
  soon: "border-soon-line px-1.5 bg-soon-soft text-soon-text",
};

/** A short word about a thing. An icon goes with a state, which is never told by colour alone. */
export function Chip({
  tone = "plain",
  icon,
  children,
}: {
  tone?: keyof typeof TONES;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <span
      className={`inline-flex h-5 max-w-full items-center gap-1 rounded-sm border text-small whitespace-nowrap ${TONES[tone]}`}
    >
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
