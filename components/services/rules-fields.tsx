"use client";

import { Plus } from "lucide-react";
import type { Rule } from "../../lib/shapes";
import { Button } from "../ui/button";
import { RuleFields } from "./rule-fields";
import { useNames } from "./use-names";

/** A rule that was not filled in yet. */
export const NEW_RULE: Rule = { actions: ["resolve"], names: [], env: [], versions: "current" };

interface RulesFieldsProps {
  environment: string;
  rules: readonly Rule[];
  /** What is wrong with a rule, once saving was tried. */
  troubleOf: (rule: Rule, index: number) => string | undefined;
  everythingIsMeant: boolean;
  onEverything: (meant: boolean) => void;
  onChange: (rules: Rule[]) => void;
}

/** A service's rules, one below the other. */
export function RulesFields({
  environment,
  rules,
  troubleOf,
  onChange,
  ...rest
}: RulesFieldsProps) {
  const names = useNames(environment);
  const several = rules.length > 1;
  return (
    <>
      {rules.map((rule, index) => (
        <section
          key={index}
          aria-label={several ? `Rule ${String(index + 1)}` : "Rule"}
          className="border-t pt-5"
        >
          <RuleFields
            {...rest}
            rule={rule}
            names={names}
            error={troubleOf(rule, index)}
            onChange={(changed) =>
              onChange(rules.map((each, at) => (at === index ? changed : each)))
            }
          />
          {several ? (
            <Button
              className="mt-3"
              onClick={() => onChange(rules.filter((_, at) => at !== index))}
            >
              Remove this rule
            </Button>
          ) : null}
        </section>
      ))}
      <div>
        <Button
          icon={<Plus aria-hidden size={14} />}
          onClick={() => onChange([...rules, NEW_RULE])}
        >
          Another rule
        </Button>
      </div>
    </>
  );
}
