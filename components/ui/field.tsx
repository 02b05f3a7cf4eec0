import { useId, type ComponentProps, type ReactNode } from "react";

/** What a control needs to belong to its label, hint and error. */
export interface ControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface FieldProps {
  label: string;
  /** Beside the label, muted: "optional". */
  aside?: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: (control: ControlProps) => ReactNode;
}

/** A labelled control with its hint, and its error in words beside it. */
export function Field({ label, aside, hint, error, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-strong">
          {label}
        </label>
        {aside ? <span className="text-small text-muted">{aside}</span> : null}
      </div>
      {children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error ? { "aria-invalid": true as const } : {}),
      })}
      {hint ? (
        <div id={`${id}-hint`} className="text-small text-muted">
          {hint}
        </div>
      ) : null}
      <div id={`${id}-error`} role="alert" className="text-small text-danger-text empty:hidden">
        {error}
      </div>
    </div>
  );
}

export const CONTROL =
  "w-full rounded-md border border-control bg-raised px-2.5 text-ink outline-offset-0 aria-invalid:border-danger disabled:opacity-60";

/** What keeps a browser, and what is added to it, from keeping or changing what is typed into a control. */
export const UNKEPT = {
  autoComplete: "off",
  autoCorrect: "off",
  autoCapitalize: "off",
  spellCheck: false,
  "data-1p-ignore": true,
  "data-bwignore": true,
  "data-lpignore": "true",
} as const;

/** A single-line text field. */
export function Input({ className = "", ...rest }: ComponentProps<"input">) {
  return <input type="text" {...rest} className={`${CONTROL} h-8 ${className}`} />;
}

/** A multi-line text field. */
export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={2} {...rest} className={`${CONTROL} resize-y py-1.5 ${className}`} />;
}

interface CheckboxProps extends Omit<ComponentProps<"input">, "children"> {
  label: ReactNode;
  hint?: ReactNode;
}

/** A checkbox with its label, and one line under it. */
export function Checkbox({ label, hint, className = "", ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div className={`flex gap-2 ${className}`}>
      <input
        type="checkbox"
        id={id}
        {...(hint ? { "aria-describedby": `${id}-hint` } : {})}
        {...rest}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? (
          <p id={`${id}-hint`} className="text-small text-muted">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
