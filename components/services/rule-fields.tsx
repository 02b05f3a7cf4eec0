"use client";

import { Fragment, useState } from "react";
import { isPattern, PATTERN_RULE } from "../../lib/access/rules";
import { isName } from "../../lib/name";
import type { EnvironmentInfo, Rule, ServiceAction } from "../../lib/shapes";
import { ChipsInput } from "../ui/chips-input";
import { Checkbox, Field } from "../ui/field";
import { Matches } from "./matches";
import type { Names } from "./use-names";
import { coversEverything } from "./words";

const ACTIONS: readonly { action: ServiceAction; label: string; hint: string }[] = [
  { action: "resolve", label: "Resolve", hint: "Get values, by sending a config with references." },
  {
    action: "check",
    label: "Check",
    hint: "Learn which references would resolve, and why others would not; never values.",
  },
  { action: "list", label: "List", hint: "See names, tags and times; never values." },
  { action: "write", label: "Write", hint: "Create secrets and rotate them; never read them." },
  {
    action: "metrics",
    label: "Metrics",
    hint: "Read Coffer's own measurements: no names, no values. Coffer has none to read yet.",
  },
];

interface RuleFieldsProps {
  rule: Rule;
  names: Names;
  environment: EnvironmentInfo;
  error: string | undefined;
  /** Whether "every secret, also future ones" was answered with yes. */
  everythingIsMeant: boolean;
  onChange: (rule: Rule) => void;
  onEverything: (meant: boolean) => void;
}

/** One rule: for which names, and what for. */
export function RuleFields(props: RuleFieldsProps) {
  const { rule, names, environment, error, everythingIsMeant, onChange, onEverything } = props;
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
      {coversEverything(rule) ? (
        <Checkbox
          className="rounded-md border border-soon-line bg-soon-soft px-3 py-2"
          label="Every secret in this environment, also future ones"
          hint="A * alone matches all there is. Tick this if that is what you want."
          checked={everythingIsMeant}
          onChange={(event) => onEverything(event.target.checked)}
        />
      ) : null}
      <Matches names={names} patterns={rule.names} />
      <ActionsFields rule={rule} environment={environment} onChange={onChange} />
      <EnvFields rule={rule} onChange={onChange} />
    </div>
  );
}

function ActionsFields({
  rule,
  environment,
  onChange,
}: Pick<RuleFieldsProps, "rule" | "environment" | "onChange">) {
  const { slug, protected: isProtected } = environment;

  function toggle(action: ServiceAction, on: boolean) {
    const others = rule.actions.filter((each) => each !== action);
    const protectedWrite = rule.protectedWrite && (action !== "write" || on);
    onChange({ ...rule, protectedWrite, actions: on ? [...others, action] : others });
  }

  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-strong">May do</legend>
      {ACTIONS.map(({ action, label, hint }) => (
        <Fragment key={action}>
          <Checkbox
            label={label}
            hint={hint}
            checked={rule.actions.includes(action)}
            onChange={(event) => toggle(action, event.target.checked)}
          />
          {action === "resolve" && (rule.actions.includes(action) || rule.versions === "any") ? (
            <Checkbox
              className="ml-6"
              label="Also by version"
              hint="References that name a version, such as {{Secrets.NAME@2}}."
              checked={rule.versions === "any"}
              onChange={(event) =>
                onChange({ ...rule, versions: event.target.checked ? "any" : "current" })
              }
            />
          ) : null}
          {action === "write" && rule.actions.includes(action) ? (
            <Checkbox
              className="ml-6"
              label="Also where protected"
              hint={
                isProtected
                  ? `${slug} is protected: without this, writing there is refused.`
                  : `${slug} is not protected now. Should it be, writing there is refused without this.`
              }
              checked={rule.protectedWrite}
              onChange={(event) => onChange({ ...rule, protectedWrite: event.target.checked })}
            />
          ) : null}
        </Fragment>
      ))}
    </fieldset>
  );
}

/** The server's environment variables that a rule covers. */
function EnvFields({ rule, onChange }: Pick<RuleFieldsProps, "rule" | "onChange">) {
  const [refused, setRefused] = useState<string>();
  return (
    <Field
      label="Server variables"
      aside="optional"
      hint={
        <>
          Exact names of environment variables of the server, for $ENV references. They work where{" "}
          <span className="mono">COFFER_ENV_ALLOW</span> names them too.
        </>
      }
      error={refused}
    >
      {(control) => (
        <ChipsInput
          control={control}
          noun="variable"
          placeholder="REGION"
          values={rule.env}
          refuse={variableTrouble}
          onRefused={setRefused}
          onChange={(env) => onChange({ ...rule, env })}
        />
      )}
    </Field>
  );
}

function variableTrouble(name: string): string | undefined {
  if (isName(name)) return undefined;
  return `“${name}” can't be the name of a variable: use letters, digits and underscores, without a *.`;
}

function patternTrouble(pattern: string): string | undefined {
  if (isPattern(pattern)) return undefined;
  return `“${pattern}” is not a pattern: use ${PATTERN_RULE}.`;
}
