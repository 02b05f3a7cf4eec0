"use client";

import { useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import type { EnvironmentInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Trouble } from "../ui/notice";
import { PageHeader } from "../ui/page-header";
import type { Terms } from "./advice";
import { CheckedConfig, summaryOf } from "./checked-config";
import { ConfigField } from "./config-field";
import { EXAMPLE, Intro, NoServices } from "./intro";
import { fieldProblems, offsetIn } from "./field-problems";
import { guessFormat, type FormatId } from "./format";
import { CheckOptions, LimitFields, type Options } from "./option-fields";
import { useCheck } from "./use-check";

interface PlaygroundProps {
  environment: EnvironmentInfo;
  services: readonly { id: string; name: string }[];
  can: Pick<Terms, "canCreate" | "canGrant">;
}

/** Where a config is pasted to see what a service would get for it: names and reasons, and never a value. */
export function Playground({ environment, services, can }: PlaygroundProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState({ isEmpty: true, guess: "json" as FormatId, edits: 0 });
  const [options, setOptions] = useState<Options>({
    ...{ service: services[0]?.id ?? "", format: "guess", only: [], paths: [] },
  });
  const { checked, check, busy, problem } = useCheck();
  const problems = fieldProblems(problem);
  const format = options.format === "guess" ? draft.guess : options.format;

  function noteTyped(text: string) {
    const isEmpty = text.trim() === "";
    setDraft({ isEmpty, guess: isEmpty ? "json" : guessFormat(text), edits: draft.edits + 1 });
  }

  function insertExample() {
    if (!field.current) return;
    field.current.value = EXAMPLE;
    noteTyped(EXAMPLE);
    field.current.focus();
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { service, only, paths } = options;
    const text = field.current?.value ?? "";
    void check({ service, text, format, only, paths }, draft.edits);
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const form = event.currentTarget;
    setTimeout(() => form.requestSubmit()); // what was typed into a field of chips is taken in first
  }

  function showFault() {
    const at = offsetIn(field.current?.value ?? "", problems.text ?? "");
    field.current?.focus();
    if (at !== undefined) field.current?.setSelectionRange(at, at + 1);
  }

  if (services.length === 0) {
    return (
      <>
        <PageHeader title="Playground" />
        <NoServices environment={environment.slug} canMake={can.canGrant} />
      </>
    );
  }
  const service = services.find(({ id }) => id === checked?.request.service);
  const isAt = problems.text !== undefined && /\bat \d+:\d+\b/.test(problems.text);
  return (
    <>
      <PageHeader title="Playground" />
      <form
        aria-label="Check a config"
        autoComplete="off"
        onSubmit={submit}
        onKeyDown={onKeyDown}
        className="flex flex-col gap-4"
      >
        <CheckOptions
          services={services}
          options={options}
          guess={draft.guess}
          error={problems.format}
          onChange={setOptions}
        />
        <ConfigField
          field={field}
          error={problems.text}
          onShowFault={isAt ? showFault : undefined}
          onTyped={noteTyped}
        />
        <LimitFields options={options} problems={problems} onChange={setOptions} />
        <Trouble problem={problems.other} />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" tone="primary" busy={busy} className="min-w-24">
            {busy ? "Checking…" : "Check"}
          </Button>
          <p className="text-small text-muted">
            Ctrl or ⌘ and Enter does it too. Nothing is resolved, and no value is read.
          </p>
        </div>
      </form>
      <p role="status" className="sr-only">
        {checked && !busy ? summaryOf(checked.findings) : ""}
      </p>
      {checked ? (
        <CheckedConfig
          key={checked.run}
          checked={checked}
          isStale={draft.edits !== checked.edits}
          terms={{
            ...{ ...can, environment: environment.slug, only: checked.request.only },
            service: service ?? { id: checked.request.service, name: "the service" },
          }}
        />
      ) : (
        <Intro onExample={draft.isEmpty ? insertExample : undefined} />
      )}
    </>
  );
}
