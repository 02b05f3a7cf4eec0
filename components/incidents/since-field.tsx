"use client";

import { useState } from "react";
import { CONTROL, Field, Input } from "../ui/field";

const HOUR_MS = 60 * 60 * 1000;
const AGO: readonly [label: string, hours: number][] = [
  ["24 hours ago", 24],
  ["7 days ago", 7 * 24],
  ["30 days ago", 30 * 24],
  ["90 days ago", 90 * 24],
];

/** A time that one may look back to. */
export interface Since {
  label: string;
  at: string;
}

interface SinceFieldProps {
  /** Times that mean something for the secret, the likeliest first. */
  times: readonly Since[];
  error: string | undefined;
  /** The time, or null while none is chosen. */
  onChange: (at: string | null) => void;
}

/** Since when the value may have been in wrong hands. */
export function SinceField({ times, error, onChange }: SinceFieldProps) {
  const [choice, setChoice] = useState(times[0]?.at ?? "");

  function choose(chosen: string) {
    setChoice(chosen);
    if (chosen === "date") onChange(null);
    else if (chosen.startsWith("ago ")) onChange(hoursAgo(Number(chosen.slice(4))));
    else onChange(chosen);
  }

  return (
    <div className="flex flex-wrap items-start gap-3">
      <Field label="Look back to" error={choice === "date" ? undefined : error}>
        {(control) => (
          <select
            {...control}
            value={choice}
            onChange={(event) => choose(event.target.value)}
            className={`${CONTROL} h-8 min-w-56`}
          >
            {times.map(({ label, at }) => (
              <option key={label} value={at}>
                {label}
              </option>
            ))}
            {AGO.map(([label, hours]) => (
              <option key={label} value={`ago ${String(hours)}`}>
                {label}
              </option>
            ))}
            <option value="date">a date and time…</option>
          </select>
        )}
      </Field>
      {choice === "date" ? (
        <Field label="Date and time, in your zone" error={error}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              autoFocus
              onChange={(event) => onChange(timeOf(event.target.value))}
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * HOUR_MS).toISOString();
}

function timeOf(typed: string): string | null {
  const time = new Date(typed);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
