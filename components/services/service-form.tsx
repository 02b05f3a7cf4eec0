"use client";

import { useState } from "react";
import type { Demand, EnvironmentInfo, Rule } from "../../lib/shapes";
import type { Problem } from "../api";
import { Button } from "../ui/button";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { AddressFields } from "./address-fields";
import { DemandFields } from "./demand-fields";
import { NEW_RULE, RulesFields } from "./rules-fields";
import { nameProblem, ServiceFields } from "./service-fields";
import { coversEverything } from "./words";

/** What the sheet edits. */
export interface ServiceDraft {
  name: string;
  description: string;
  rules: Rule[];
  allowedCidrs: string[];
  demands: Demand[];
}

/** A service that was not filled in yet: one rule, to resolve. */
export const EMPTY_SERVICE: ServiceDraft = {
  name: "",
  description: "",
  rules: [NEW_RULE],
  allowedCidrs: [],
  demands: [],
};

interface ServiceFormProps {
  title: string;
  environment: EnvironmentInfo;
  initial: ServiceDraft;
  action: string;
  note: string;
  onSave: (draft: ServiceDraft) => Promise<void>;
  onClose: () => void;
}

/** The sheet that makes or edits a service. */
export function ServiceForm(props: ServiceFormProps) {
  const { title, environment, initial, action, note, onSave, onClose } = props;
  const [draft, setDraft] = useState(initial);
  const [meant, setMeant] = useState(() => initial.rules.map(coversEverything));
  const [tried, setTried] = useState(false);
  const save = useSave();

  async function submit() {
    setTried(true);
    const isReady = draft.rules.every(
      (rule, index) => ruleTrouble(rule, meant[index] ?? false) === undefined,
    );
    if (!save.busy && isReady) await save.run(() => onSave(draft));
  }

  function troubleOf(rule: Rule, index: number): string | undefined {
    const trouble = tried ? ruleTrouble(rule, meant[index] ?? false) : undefined;
    return trouble ?? save.problem?.at(`rules/${String(index)}`);
  }

  return (
    <Modal
      shape="sheet"
      title={title}
      description={`In ${environment.slug}`}
      isDirty={() => JSON.stringify(draft) !== JSON.stringify(initial)}
      onClose={onClose}
    >
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <ServiceFields draft={draft} problem={save.problem} onChange={setDraft} />
          <RulesFields
            environment={environment}
            rules={draft.rules}
            troubleOf={troubleOf}
            meant={meant}
            onChange={(rules, nowMeant) => {
              setDraft({ ...draft, rules });
              setMeant(nowMeant);
            }}
          />
          <DemandFields
            demands={draft.demands}
            error={save.problem?.at("demands")}
            onChange={(demands) => setDraft({ ...draft, demands })}
          />
          <AddressFields
            allowedCidrs={draft.allowedCidrs}
            error={save.problem?.at("allowedCidrs")}
            onChange={(allowedCidrs) => setDraft({ ...draft, allowedCidrs })}
          />
          <Trouble problem={isAboutField(save.problem) ? null : save.problem} />
        </ModalBody>
        <ModalFooter note={note}>
          <Button type="submit" tone="primary" busy={save.busy}>
            {save.busy ? "Saving…" : action}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}

/** Why a rule can't be saved as it is. */
function ruleTrouble(rule: Rule, everythingIsMeant: boolean): string | undefined {
  if (rule.actions.length === 0) return "Tick at least one thing that it may do.";
  if (rule.names.length === 0 && rule.env.length === 0 && !rule.actions.includes("metrics")) {
    return "Name at least one secret or pattern.";
  }
  if (coversEverything(rule) && !everythingIsMeant) {
    return "Tick that you mean every secret, or take the * out.";
  }
  return undefined;
}

function isAboutField(problem: Problem | null): boolean {
  const fields = ["description", "rules", "allowedCidrs", "demands"];
  return Boolean(nameProblem(problem) ?? fields.find((field) => problem?.at(field)));
}
