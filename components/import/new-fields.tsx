"use client";

import type { Problem } from "../api";
import { LifetimeFields } from "../secrets/lifetime-fields";
import { TagsField } from "../secrets/tags-field";
import type { LifetimeForm } from "../secrets/use-lifetime";

export interface NewFieldsForm {
  tags: string[];
  onTags: (tags: string[]) => void;
  lifetime: LifetimeForm;
}

interface NewFieldsProps {
  form: NewFieldsForm;
  problem: Problem | null;
  /** Whether secrets that exist get a new version, too. */
  hasOthers: boolean;
}

/** What all new secrets of an import get. */
export function NewFields({ form, problem, hasOthers }: NewFieldsProps) {
  const { tags, onTags, lifetime } = form;
  return (
    <fieldset className="flex max-w-[760px] min-w-0 flex-col gap-4 rounded-md border px-4 pt-1 pb-4">
      <legend className="px-1 font-strong">For all new secrets</legend>
      {hasOthers ? <p className="text-muted">Secrets that exist keep theirs.</p> : null}
      <TagsField tags={tags} error={problem?.at("tags")} onChange={onTags} />
      <LifetimeFields form={lifetime} problem={problem} />
    </fieldset>
  );
}

/** The problem, unless it is told beside one of these fields. */
export function beyondNewFields(problem: Problem | null): Problem | null {
  const told = problem?.at("tags") ?? problem?.at("expiresAt") ?? problem?.at("rotateEveryDays");
  return told === undefined ? problem : null;
}
