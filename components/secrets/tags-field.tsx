"use client";

import { useState } from "react";
import { ChipsInput } from "../ui/chips-input";
import { Field } from "../ui/field";

interface TagsFieldProps {
  tags: readonly string[];
  error: string | undefined;
  onChange: (tags: string[]) => void;
}

/** A secret's tags. */
export function TagsField({ tags, error, onChange }: TagsFieldProps) {
  const [refused, setRefused] = useState<string>();
  return (
    <Field
      label="Tags"
      aside="optional"
      hint="Enter or a comma ends a tag."
      error={refused ?? error}
    >
      {(control) => (
        <ChipsInput
          control={control}
          noun="tag"
          refuse={tagTrouble}
          onRefused={setRefused}
          values={tags}
          onChange={(typed) => onChange([...new Set(typed.map((tag) => tag.toLowerCase()))])}
        />
      )}
    </Field>
  );
}

/** What is wrong with a tag; nothing when it is fine. */
function tagTrouble(tag: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}$/.test(tag)) return undefined;
  if (tag.length > 40)
    return `“${tag.slice(0, 12)}…” is too long: a tag has at most 40 characters.`;
  return `“${tag}” is not a tag: use letters, digits and . _ : / -, starting with a letter or digit.`;
}
