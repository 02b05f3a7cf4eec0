"use client";

import { useState } from "react";
import { isPattern, PATTERN_RULE } from "../../lib/access/rules";
import type { Rule, ServiceAction } from "../../lib/shapes";
import { ChipsInput } from "../ui/chips-input";
import { Checkbox, Field } from "../ui/field";
import { Matches } from "./matches";
import type { Names } from "./use-names";
import { isEverything, ruleInWords } from "./words";

const ACTIONS: readonly { action: ServiceAction; label: string; hint: string }[] = [
  { action: "resolve", label: "Resolve", hint: "Get values, by sending a config with references." },
  { action: "list", label: "List", hint: "See names, tags and times; never values." },
  { action: "write", label: "Write", hint: "Create secrets and rotate them; never read them." },
];

interface RuleFieldsProps {
  rule: Rule;
  names: Names;
  error: string | undefined;
  /** Whether "every secret, also future ones" was answered with yes. */
  everythingIsMeant: boolean;
  onChange: (rule: Rule) => void;
  onEverything: (meant: boolean) => void;
}

/** One rule: for which names, and what for. What it does not edit it keeps. */
export function RuleFields(props: RuleFieldsProps) {
  const { rule, names, error, everythingIsMeant, onChange, onEverything } = props;
  const [refused, setRefused] = useState<string>();

  return (
    <div className="flex flex-col gap-4">
      <Field
        label="Secret names"
        hint="Names, or patterns with *, such as OPENAI_*. Enter or a comma ends one."
        error={refused ?? error}
      >
        {(control) => (
          <ChipsInput
            control={control}
            noun="pattern"
            placeholder="OPENAI_*"
            values={rule.names}
            refuse={patternTrouble}
            onRefused={setRefused}
            onChange={(patterns) => onChange({ ...rule, names: patterns })}
          />
        )}
      </Field>
      {rule.names.some(isEverything) ? (
        <Checkbox
          className="rounded-md border border-soon-line bg-soon-soft px-3 py-2"
          label="Every secret in this environment, also future ones"
          hint="A * alone matches all there is. Tick this if that is what you want."
          checked={everythingIsMeant}
          onChange={(event) => onEverything(event.target.checked)}
        />
      ) : null}
      <Matches names={names} patterns={rule.names} />
      <ActionsFields rule={rule} onChange={onChange} />
      {rule.versions === "any" || rule.env.length > 0 ? (
        <p className="text-small text-muted">
          Kept as it is: {ruleInWords({ ...rule, actions: [] })}.
        </p>
      ) : null}
    </div>
  );
}

function ActionsFields({ rule, onChange }: Pick<RuleFieldsProps, "rule" | "onChange">) {
  function toggle(action: ServiceAction, on: boolean) {
    const others = rule.actions.filter((each) => each !== action);
    onChange({ ...rule, actions: on ? [...others, action] : others });
  }

  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-strong">May do</legend>
      {ACTIONS.map(({ action, label, hint }) => (
        <Checkbox
          key={action}
          label={label}
          hint={hint}
          checked={rule.actions.includes(action)}
          onChange={(event) => toggle(action, event.target.checked)}
        />
      ))}
      <Checkbox
        label="Also by version"
        hint="Resolve references that name a version, such as {{Secrets.NAME@2}}."
        checked={rule.versions === "any"}
        onChange={(event) =>
          onChange({ ...rule, versions: event.target.checked ? "any" : "current" })
        }
      />
    </fieldset>
  );
}

function patternTrouble(pattern: string): string | undefined {
  if (isPattern(pattern)) return undefined;
  return `“${pattern}” is not a pattern: use ${PATTERN_RULE}.`;
}
