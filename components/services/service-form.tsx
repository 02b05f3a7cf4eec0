"use client";

import { Plus } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import type { Rule } from "../../lib/shapes";
import type { Problem } from "../api";
import { Button } from "../ui/button";
import { Field, Input, TextArea } from "../ui/field";
import { Modal, ModalBody, ModalFooter } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { RuleFields } from "./rule-fields";
import { useNames } from "./use-names";
import { isEverything } from "./words";

/** What the sheet edits. */
export interface ServiceDraft {
  name: string;
  description: string;
  rules: Rule[];
}

/** A service that was not filled in yet: one rule, to resolve. */
export const EMPTY_SERVICE: ServiceDraft = {
  name: "",
  description: "",
  rules: [{ actions: ["resolve"], names: [], env: [], versions: "current" }],
};

interface ServiceFormProps {
  title: string;
  environment: string;
  initial: ServiceDraft;
  action: string;
  note: string;
  onSave: (draft: ServiceDraft) => Promise<void>;
  onClose: () => void;
}

/** The sheet that makes or edits a service. */
export function ServiceForm({
  title,
  environment,
  initial,
  action,
  note,
  onSave,
  onClose,
}: ServiceFormProps) {
  const names = useNames(environment);
  const [draft, setDraft] = useState(initial);
  const [meant, setMeant] = useState(hasEverything(initial.rules));
  const [tried, setTried] = useState(false);
  const save = useSave();

  function setRule(index: number, rule: Rule) {
    setDraft({ ...draft, rules: draft.rules.map((each, at) => (at === index ? rule : each)) });
  }

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    const isReady = draft.rules.every((rule) => ruleTrouble(rule, meant) === undefined);
    if (!save.busy && isReady) await save.run(() => onSave(draft));
  }

  return (
    <Modal
      shape="sheet"
      title={title}
      description={`In ${environment}`}
      isDirty={() => JSON.stringify(draft) !== JSON.stringify(initial)}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => void submit(event)}
        className="flex min-h-0 flex-1 flex-col"
        autoComplete="off"
      >
        <ModalBody>
          <Field
            label="Name"
            hint="What runs there, such as llm-proxy."
            error={nameProblem(save.problem)}
          >
            {(control) => (
              <Input
                {...control}
                value={draft.name}
                required
                maxLength={64}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setDraft({ ...draft, name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Description" aside="optional" error={save.problem?.at("description")}>
            {(control) => (
              <TextArea
                {...control}
                value={draft.description}
                autoComplete="off"
                maxLength={1_000}
                placeholder="Where it runs, and who looks after it"
                onChange={(event) => setDraft({ ...draft, description: event.target.value })}
              />
            )}
          </Field>
          {draft.rules.map((rule, index) => (
            <section
              key={index}
              aria-label={draft.rules.length > 1 ? `Rule ${String(index + 1)}` : "Rule"}
              className="border-t pt-5"
            >
              <RuleFields
                rule={rule}
                names={names}
                error={
                  (tried ? ruleTrouble(rule, meant) : undefined) ??
                  save.problem?.at(`rules/${String(index)}`)
                }
                everythingIsMeant={meant}
                onEverything={setMeant}
                onChange={(changed) => setRule(index, changed)}
              />
              {draft.rules.length > 1 ? (
                <Button
                  className="mt-3"
                  onClick={() =>
                    setDraft({ ...draft, rules: draft.rules.filter((_, at) => at !== index) })
                  }
                >
                  Remove this rule
                </Button>
              ) : null}
            </section>
          ))}
          <div>
            <Button
              icon={<Plus aria-hidden size={14} />}
              onClick={() =>
                setDraft({ ...draft, rules: [...draft.rules, ...EMPTY_SERVICE.rules] })
              }
            >
              Another rule
            </Button>
          </div>
          <Trouble problem={isAboutField(save.problem) ? null : save.problem} />
        </ModalBody>
        <ModalFooter note={note}>
          <Button type="submit" tone="primary" busy={save.busy}>
            {save.busy ? "Saving…" : action}
          </Button>
        </ModalFooter>
      </form>
    </Modal>
  );
}

function hasEverything(rules: readonly Rule[]): boolean {
  return rules.some((rule) => rule.names.some(isEverything));
}

/** Why a rule can't be saved as it is. */
function ruleTrouble(rule: Rule, everythingIsMeant: boolean): string | undefined {
  if (rule.actions.length === 0) return "Tick at least one thing that it may do.";
  if (rule.names.length === 0 && rule.env.length === 0 && !rule.actions.includes("metrics")) {
    return "Name at least one secret or pattern.";
  }
  if (rule.names.some(isEverything) && !everythingIsMeant)
    return "Tick that you mean every secret, or take the * out.";
  return undefined;
}

function nameProblem(problem: Problem | null): string | undefined {
  return problem?.code === "already_exists" ? problem.message : problem?.at("name");
}

function isAboutField(problem: Problem | null): boolean {
  return Boolean(nameProblem(problem) ?? problem?.at("description") ?? problem?.at("rules"));
}
