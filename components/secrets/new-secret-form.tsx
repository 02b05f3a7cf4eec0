"use client";

import { useEffect, useRef, useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { send } from "../api";
import { Button } from "../ui/button";
import { ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { ValueField } from "../ui/value-field";
import { useSave } from "../use-save";
import { DescribeFields, type Description } from "./describe-fields";
import { otherProblem, valueProblem } from "./field-problems";
import { nameTrouble } from "./name-check";
import { NameField } from "./name-field";

interface NewSecretFormProps {
  environment: string;
  /** What stands in the field for the name at first. */
  initialName: string;
  onSaved: (secret: SecretInfo) => void;
  /** Whether anything is typed. */
  onDirty: (dirty: boolean) => void;
}

/** Name, value and description of a new secret. What was typed outlives a save that fails. */
export function NewSecretForm(props: NewSecretFormProps) {
  const { environment, initialName, onSaved, onDirty } = props;
  const value = useRef<HTMLTextAreaElement>(null);
  const [size, setSize] = useState(0);
  const [name, setName] = useState(initialName);
  const [about, setAbout] = useState<Description>({ description: "", tags: [] });
  const save = useSave();

  const dirty =
    name !== initialName || size > 0 || about.description !== "" || about.tags.length > 0;
  useEffect(() => onDirty(dirty), [dirty, onDirty]);

  async function submit() {
    const field = value.current;
    if (save.busy || nameTrouble(name) || !field) return;
    await save.run(async () => {
      const body = { environment, name, value: field.value, ...about };
      const secret = await send<SecretInfo>("POST", "/secrets", body);
      field.value = "";
      onSaved(secret);
    });
  }

  function rename(next: string) {
    setName(next);
    save.reset();
  }

  const { busy, problem } = save;
  return (
    <ModalForm onSubmit={submit}>
      <ModalBody>
        <NameField environment={environment} name={name} problem={problem} onChange={rename} />
        <ValueField field={value} label="Value" error={valueProblem(problem)} onTyped={setSize} />
        <DescribeFields value={about} problem={problem} onChange={setAbout} />
        <Trouble problem={otherProblem(problem)} />
      </ModalBody>
      <ModalFooter note="This is the last time anyone sees this value: Coffer gives it to services only.">
        <Button type="submit" tone="primary" busy={busy}>
          {busy ? "Saving…" : "Save secret"}
        </Button>
      </ModalFooter>
    </ModalForm>
  );
}
