"use client";

import { useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { secretPath, send } from "../api";
import { Button } from "../ui/button";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { otherProblem } from "./field-problems";
import { DescribeFields, type Description } from "./describe-fields";
import { LifetimeFields } from "./lifetime-fields";
import { useLifetime } from "./use-lifetime";

interface EditSecretProps {
  secret: SecretInfo;
  onSaved: (secret: SecretInfo) => void;
  onClose: () => void;
}

/** The sheet for what is said about a secret. It has no field for the value. */
export function EditSecret({ secret, onSaved, onClose }: EditSecretProps) {
  const [about, setAbout] = useState<Description>({
    description: secret.description,
    tags: secret.tags,
  });
  const lifetime = useLifetime(secret);
  const save = useSave();

  async function submit() {
    if (save.busy || !lifetime.isFine()) return;
    await save.run(async () => {
      const changes = { ...about, ...lifetime.changes };
      const path = secretPath(secret.environment, secret.name);
      onSaved(await send<SecretInfo>("PATCH", path, changes));
      onClose();
    });
  }

  return (
    <Modal
      shape="sheet"
      title={
        <>
          Edit <span className="mono break-all">{secret.name}</span>
        </>
      }
      isDirty={() =>
        about.description !== secret.description ||
        about.tags.join() !== secret.tags.join() ||
        lifetime.isDirty
      }
      onClose={onClose}
    >
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <DescribeFields value={about} problem={save.problem} onChange={setAbout} />
          <LifetimeFields form={lifetime} problem={save.problem} />
          <Trouble problem={otherProblem(save.problem)} />
        </ModalBody>
        <ModalFooter note="The value stays as it is.">
          <Button type="submit" tone="primary" busy={save.busy}>
            {save.busy ? "Saving…" : "Save"}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}
