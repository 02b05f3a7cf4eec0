"use client";

import { Field, Input } from "../ui/field";
import { Notice } from "../ui/notice";
import { EXPIRY_CHOICES, tomorrow, type ExpiryChoice } from "./expiry";

export interface Expiry {
  choice: ExpiryChoice;
  /** For "on a date": the last day, as a date field gives it. */
  date: string;
}

interface ExpiryFieldsProps {
  expiry: Expiry;
  error: string | undefined;
  onChange: (expiry: Expiry) => void;
}

/** When a token ends. */
export function ExpiryFields({ expiry, error, onChange }: ExpiryFieldsProps) {
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 font-strong">Expires</legend>
        <div className="flex flex-col gap-2">
          {EXPIRY_CHOICES.map(({ value, label }) => (
            <label key={value} className="flex items-center gap-2">
              <input
                type="radio"
                name="expires"
                className="size-4 accent-accent"
                checked={expiry.choice === value}
                onChange={() => onChange({ ...expiry, choice: value })}
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      {expiry.choice === "date" ? (
        <Field label="Last day" hint="Until the end of that day, your time." error={error}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={expiry.date}
              min={tomorrow(new Date())}
              onChange={(event) => onChange({ ...expiry, date: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {expiry.choice === "never" ? (
        <Notice tone="soon">
          A token that never ends works for whoever finds it, until somebody revokes it. Choose this
          only where nobody can put a new one in place.
        </Notice>
      ) : null}
    </>
  );
}
