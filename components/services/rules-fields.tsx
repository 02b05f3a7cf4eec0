"use client";

import { Plus } from "lucide-react";
import type { EnvironmentInfo, Rule } from "../../lib/shapes";
import { Button } from "../ui/button";
import { RuleFields } from "./rule-fields";
import { useNames } from "./use-names";
import { coversEverything } from "./words";

/** A rule that was not filled in yet. */
export const NEW_RULE: Rule = {
  actions: ["resolve"],
  names: [],
  env: [],
  versions: "current",
  protectedWrite: false,
};

interface RulesFieldsProps {
  environment: EnvironmentInfo;
  rules: readonly Rule[];
  /** What is wrong with a rule, once saving was tried. */
  troubleOf: (rule: Rule, index: number) => string | undefined;
  /** Rule by rule: whether "every secret, also future ones" was answered with yes. */
  meant: readonly boolean[];
  onChange: (rules: Rule[], meant: boolean[]) => void;
}

/** A service's rules, one below the other. */
export function RulesFields({ environment, rules, troubleOf, meant, onChange }: RulesFieldsProps) {
  const names = useNames(environment.slug);
  const several = rules.length > 1;

  function change(index: number, rule: Rule, isMeant: boolean) {
    // Who takes the * out and puts it in again is asked again.
    const stillMeant = isMeant && coversEverything(rule);
    onChange(
      rules.map((each, at) => (at === index ? rule : each)),
      rules.map((_, at) => (at === index ? stillMeant : (meant[at] ?? false))),
    );
  }

  function remove(index: number) {
    onChange(
      rules.filter((_, at) => at !== index),
      meant.filter((_, at) => at !== index),
    );
  }

  return (
    <>
      {rules.map((rule, index) => (
        <section
          key={index}
          aria-label={several ? `Rule ${String(index + 1)}` : "Rule"}
          className="border-t pt-5"
        >
          <RuleFields
            rule={rule}
            names={names}
            environment={environment}
            error={troubleOf(rule, index)}
            everythingIsMeant={meant[index] ?? false}
            onChange={(changed) => change(index, changed, meant[index] ?? false)}
            onEverything={(isMeant) => change(index, rule, isMeant)}
          />
          {several ? (
            <Button
              aria-label={`Remove rule ${String(index + 1)}`}
              className="mt-3"
              onClick={() => remove(index)}
            >
              Remove this rule
            </Button>
          ) : null}
        </section>
      ))}
      <div>
        <Button
          icon={<Plus aria-hidden size={14} />}
          onClick={() => onChange([...rules, NEW_RULE], [...meant, false])}
        >
          Another rule
        </Button>
      </div>
    </>
  );
}
