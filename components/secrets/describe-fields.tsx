"use client";

import { useState } from "react";
import type { Problem } from "../api";
import { ChipsInput } from "../ui/chips-input";
import { Field, TextArea } from "../ui/field";

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
  const [refused, setRefused] = useState<string>();
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
      <Field
        label="Tags"
        aside="optional"
        hint="Enter or a comma ends a tag."
        error={refused ?? problem?.at("tags")}
      >
        {(control) => (
          <ChipsInput
            control={control}
            noun="tag"
            refuse={tagTrouble}
            onRefused={setRefused}
            values={value.tags}
            onChange={(tags) =>
              onChange({ ...value, tags: [...new Set(tags.map((tag) => tag.toLowerCase()))] })
            }
          />
        )}
      </Field>
    </>
  );
}

/** What is wrong with a tag; nothing when it is fine. */
function tagTrouble(tag: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}$/.test(tag)) return undefined;
  if (tag.length > 40)
    return `“${tag.slice(0, 12)}…” is too long: a tag has at most 40 characters.`;
  return `“${tag}” is not a tag: use letters, digits and . _ : / -, starting with a letter or digit.`;
}
