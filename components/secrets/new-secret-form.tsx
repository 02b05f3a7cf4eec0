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
import { LifetimeFields } from "./lifetime-fields";
import { nameTrouble } from "./name-check";
import { NameField } from "./name-field";
import { NameInTrash, PurgeAndCreate, Restored } from "./name-in-trash";
import type { Permissions } from "./permissions";
import { useLifetime } from "./use-lifetime";
import { useNameInTrash } from "./use-name-in-trash";

interface NewSecretFormProps {
  environment: string;
  /** What stands in the field for the name at first. */
  initialName: string;
  can: Pick<Permissions, "restore" | "purge">;
  onSaved: (secret: SecretInfo) => void;
  /** The one that had the name is back from the trash. Nothing of what was typed is saved. */
  onRestored: () => void;
  /** Whether anything is typed. */
  onDirty: (dirty: boolean) => void;
  onClose: () => void;
}

/** Name, value, description and dates of a new secret. What was typed outlives a save that fails. */
export function NewSecretForm(props: NewSecretFormProps) {
  const { environment, initialName, can, onSaved, onRestored, onDirty, onClose } = props;
  const value = useRef<HTMLTextAreaElement>(null);
  const [size, setSize] = useState(0);
  const [name, setName] = useState(initialName);
  const [about, setAbout] = useState<Description>({ description: "", tags: [] });
  const lifetime = useLifetime();
  const save = useSave();
  const taken = useNameInTrash(environment, save, onRestored);
  const { trashed, restored } = taken;

  const isDescribed = about.description !== "" || about.tags.length > 0 || lifetime.isDirty;
  const dirty = name !== initialName || size > 0 || isDescribed;
  useEffect(() => onDirty(dirty), [dirty, onDirty]);

  /** Sends the value: for a new secret, or for the next version of the one that is back. */
  async function keep(options: { purgeTrashed?: true } = {}) {
    const field = value.current;
    if (!field) return;
    const saved = restored
      ? await taken.rotate(restored, field.value)
      : await send<SecretInfo>("POST", "/secrets", {
          ...{ environment, name, value: field.value },
          ...{ ...about, ...lifetime.changes, ...options },
        });
    field.value = "";
    onSaved(saved);
  }

  async function submit() {
    if (save.busy || nameTrouble(name) || !(restored || lifetime.isFine())) return;
    await save.run(() => keep());
  }

  function rename(next: string) {
    setName(next);
    taken.reset();
  }

  const { busy, problem } = save;
  return (
    <>
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <NameField name={name} problem={problem} onChange={rename} />
          {trashed ? <NameInTrash {...taken} trashed={trashed} can={can} /> : null}
          {restored ? <Restored secret={restored} isChangedSince={taken.isChangedSince} /> : null}
          <ValueField field={value} label="Value" error={valueProblem(problem)} onTyped={setSize} />
          {restored ? null : (
            <>
              <DescribeFields value={about} problem={problem} onChange={setAbout} />
              <LifetimeFields form={lifetime} problem={problem} />
            </>
          )}
          <Trouble problem={otherProblem(problem)} />
        </ModalBody>
        <ModalFooter note="This is the last time anyone sees this value: Coffer gives it to services only.">
          {restored ? <Button onClick={onClose}>Leave it as it is</Button> : null}
          <Button type="submit" tone="primary" busy={busy}>
            {busy ? "Saving…" : restored ? "Save as a new version" : "Save secret"}
          </Button>
        </ModalFooter>
      </ModalForm>
      {trashed && taken.isPurging ? (
        <PurgeAndCreate
          environment={environment}
          name={trashed.name}
          onConfirm={() => keep({ purgeTrashed: true })}
          onClose={taken.stopPurging}
        />
      ) : null}
    </>
  );
}
