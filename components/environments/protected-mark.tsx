import { Lock } from "lucide-react";

/** Marks an environment in which only admins write, with a sign and the word. */
export function ProtectedMark({
  className = "",
  short = false,
}: {
  className?: string;
  /** The sign alone where the rail is a bar. */
  short?: boolean;
}) {
  return (
    <span
      className={`inline-flex shrink-0 items-center gap-1 text-small text-muted ${className}`}
      data-tip="Only admins change its secrets"
    >
      <Lock aria-hidden size={12} />
      <span className={short ? "sr-only rail:not-sr-only" : ""}>protected</span>
    </span>
  );
}
