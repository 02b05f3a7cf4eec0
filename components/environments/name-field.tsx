"use client";

import type { Problem } from "../api";
import { Field, Input } from "../ui/field";

interface NameFieldProps {
  name: string;
  problem: Problem | null;
  onChange: (name: string) => void;
}

/** What people call an environment. */
export function NameField({ name, problem, onChange }: NameFieldProps) {
  return (
    <Field label="Name" hint="What people call it. It can be changed." error={problem?.at("name")}>
      {(control) => (
        <Input
          {...control}
          value={name}
          required
          maxLength={64}
          autoComplete="off"
          placeholder="Staging"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
