"use client";

import { useState } from "react";
import { isPattern, PATTERN_RULE } from "../../lib/access/rules";
import { ChipsInput } from "../ui/chips-input";
import { CONTROL, Field } from "../ui/field";
import type { FieldProblems } from "./field-problems";
import { FORMATS, formatOf, type FormatId } from "./format";

/** What is chosen beside the text. */
export interface Options {
  service: string;
  format: FormatId | "guess";
  only: readonly string[];
  paths: readonly string[];
}

interface CheckOptionsProps {
  services: readonly { id: string; name: string }[];
  options: Options;
  guess: FormatId;
  error: string | undefined;
  onChange: (options: Options) => void;
}

/** Two fields in a row where there is room for two. */
const SIDE_BY_SIDE =
  "grid grid-cols-[repeat(auto-fit,minmax(min(280px,100%),1fr))] items-start gap-4";

/** Whose rules count, and what the text is written in. */
export function CheckOptions({ services, options, guess, error, onChange }: CheckOptionsProps) {
  return (
    <div className={SIDE_BY_SIDE}>
      <Field label="Service" hint="Its rules decide.">
        {(control) => (
          <select
            {...control}
            className={`${CONTROL} h-8`}
            value={options.service}
            onChange={(event) => onChange({ ...options, service: event.target.value })}
          >
            {services.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Format" hint="Guessed from the text unless you choose." error={error}>
        {(control) => (
          <select
            {...control}
            className={`${CONTROL} h-8`}
            value={options.format}
            onChange={(event) =>
              onChange({ ...options, format: event.target.value as Options["format"] })
            }
          >
            <option value="guess">Guess: {formatOf(guess).label}</option>
            {FORMATS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

interface LimitFieldsProps {
  options: Options;
  problems: FieldProblems;
  onChange: (options: Options) => void;
}

/** The limits that a request can set itself: names that it may use, and places where it looks. */
export function LimitFields({ options, problems, onChange }: LimitFieldsProps) {
  const [refused, setRefused] = useState<string>();
  return (
    <div className={SIDE_BY_SIDE}>
      <Field
        label="Only these names"
        aside="optional"
        hint="Patterns, as the request's only: all other references are denied."
        error={refused ?? problems.only}
      >
        {(control) => (
          <ChipsInput
            control={control}
            noun="name"
            placeholder="OPENAI_*"
            values={options.only}
            refuse={patternTrouble}
            onRefused={setRefused}
            onChange={(only) => onChange({ ...options, only })}
          />
        )}
      </Field>
      <Field
        label="Only these places"
        aside="optional, JSON"
        hint="JSON pointers, where * is any one part and ** any number, as the request's paths."
        error={problems.paths}
      >
        {(control) => (
          <ChipsInput
            control={control}
            noun="place"
            placeholder="/models/*/key"
            values={options.paths}
            onChange={(paths) => onChange({ ...options, paths })}
          />
        )}
      </Field>
    </div>
  );
}

function patternTrouble(pattern: string): string | undefined {
  if (isPattern(pattern)) return undefined;
  return `“${pattern}” is not a pattern: use ${PATTERN_RULE}.`;
}
