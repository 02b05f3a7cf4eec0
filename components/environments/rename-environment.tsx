"use client";

import { useState } from "react";
import type { EnvironmentInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { updateEnvironment } from "./environment-calls";
import { NameField } from "./name-field";

interface RenameEnvironmentProps {
  environment: EnvironmentInfo;
  onRenamed: (name: string) => void;
  onClose: () => void;
}

/** The sheet that changes an environment's name. Its slug stays. */
export function RenameEnvironment({ environment, onRenamed, onClose }: RenameEnvironmentProps) {
  const [name, setName] = useState(environment.name);
  const save = useSave();

  async function submit() {
    if (save.busy) return;
    await save.run(async () => {
      onRenamed((await updateEnvironment(environment.slug, { name })).name);
    });
  }

  return (
    <Modal
      shape="sheet"
      title={`Edit ${environment.slug}`}
      description="The slug stays: addresses and configs have it"
      isDirty={() => name !== environment.name}
      onClose={onClose}
    >
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <NameField name={name} problem={save.problem} onChange={setName} />
          <Trouble problem={save.problem?.at("name") ? null : save.problem} />
        </ModalBody>
        <ModalFooter>
          <Button type="submit" tone="primary" busy={save.busy}>
            {save.busy ? "Saving…" : "Save"}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}
