"use client";

import type { Problem } from "../api";
import { Field, Input, TextArea } from "../ui/field";
import type { ServiceDraft } from "./service-form";

interface ServiceFieldsProps {
  draft: ServiceDraft;
  problem: Problem | null;
  onChange: (draft: ServiceDraft) => void;
}

/** A service's name and description. */
export function ServiceFields({ draft, problem, onChange }: ServiceFieldsProps) {
  return (
    <>
      <Field label="Name" hint="What runs there, such as llm-proxy." error={nameProblem(problem)}>
        {(control) => (
          <Input
            {...control}
            value={draft.name}
            required
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ ...draft, name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" aside="optional" error={problem?.at("description")}>
        {(control) => (
          <TextArea
            {...control}
            value={draft.description}
            autoComplete="off"
            maxLength={1_000}
            placeholder="Where it runs, and who looks after it"
            onChange={(event) => onChange({ ...draft, description: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** What the API has against the name, such as that another service has it. */
export function nameProblem(problem: Problem | null): string | undefined {
  return problem?.code === "already_exists" ? problem.message : problem?.at("name");
}
