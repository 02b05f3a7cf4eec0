"use client";

import type { Problem } from "../api";
import { Field, TextArea } from "../ui/field";
import { TagsField } from "./tags-field";

export interface Description {
  description: string;
  tags: string[];
}

interface DescribeFieldsProps {
  value: Description;
  problem: Problem | null;
  onChange: (value: Description) => void;
}

/** A secret's description and tags. */
export function DescribeFields({ value, problem, onChange }: DescribeFieldsProps) {
  return (
    <>
      <Field label="Description" aside="optional" error={problem?.at("description")}>
        {(control) => (
          <TextArea
            {...control}
            value={value.description}
            autoComplete="off"
            maxLength={1_000}
            placeholder="What it opens, and whom to ask"
            onChange={(event) => onChange({ ...value, description: event.target.value })}
          />
        )}
      </Field>
      <TagsField
        tags={value.tags}
        error={problem?.at("tags")}
        onChange={(tags) => onChange({ ...value, tags })}
      />
    </>
  );
}
