import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";

export type Tone = "plain" | "primary" | "danger" | "risky" | "quiet";

const TONES: Record<Tone, string> = {
  plain: "border-line-strong bg-raised text-ink hover:bg-hover",
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  danger: "border-transparent bg-danger text-on-danger hover:bg-danger-hover",
  // Leads to something dangerous, and is not yet it.
  risky: "border-line-strong bg-raised text-danger-text hover:bg-danger-soft",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-ink",
};

const BASE =
  "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md border px-3 font-strong whitespace-nowrap transition-colors disabled:opacity-50 aria-disabled:opacity-60";

interface ButtonProps extends ComponentProps<"button"> {
  tone?: Tone;
  /** Under way: the button keeps its focus and does nothing more. */
  busy?: boolean;
  icon?: ReactNode;
}

/** A button with words on it. It submits only where `type="submit"` says so. */
export function Button({
  tone = "plain",
  busy,
  icon,
  children,
  className = "",
  ...rest
}: ButtonProps) {
  const waiting = busy
    ? { "aria-disabled": true, onClick: (event: React.MouseEvent) => event.preventDefault() }
    : {};
  return (
    <button type="button" {...rest} {...waiting} className={`${BASE} ${TONES[tone]} ${className}`}>
      {icon}
      {children}
    </button>
  );
}

/** A link that looks like a button, for going somewhere. */
export function ButtonLink({
  tone = "plain",
  className = "",
  ...rest
}: ComponentProps<typeof Link> & { tone?: Tone }) {
  return <Link prefetch={false} {...rest} className={`${BASE} ${TONES[tone]} ${className}`} />;
}

interface IconButtonProps extends ComponentProps<"button"> {
  /** Its name, and what its tip says. */
  label: string;
  /** What the tip says beyond the name, such as a key. */
  tip?: string;
  danger?: boolean;
}

/** A small square button with an icon, named by `label`. */
export function IconButton({ label, tip, danger, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={tip ?? label}
      {...rest}
      className={`inline-flex size-7 shrink-0 items-center justify-center rounded-md transition-colors hover:bg-line data-[state=open]:bg-line ${danger ? "text-danger-text" : "text-muted hover:text-ink data-[state=open]:text-ink"} ${className}`}
    />
  );
}
