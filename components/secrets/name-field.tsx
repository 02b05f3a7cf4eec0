"use client";

import { NAME_RULE } from "../../lib/name";
import type { Problem } from "../api";
import { Field, Input } from "../ui/field";
import { nameProblem } from "./field-problems";
import { nameTrouble } from "./name-check";

interface NameFieldProps {
  name: string;
  problem: Problem | null;
  onChange: (name: string) => void;
}

/** A new secret's name, checked while it is typed. */
export function NameField({ name, problem, onChange }: NameFieldProps) {
  return (
    <Field
      label="Name"
      hint={`${NAME_RULE.charAt(0).toUpperCase()}${NAME_RULE.slice(1)}. It can't be changed later.`}
      error={nameTrouble(name) ?? nameProblem(problem)}
    >
      {(control) => (
        <Input
          {...control}
          className="mono"
          value={name}
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="OPENAI_API_KEY"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
