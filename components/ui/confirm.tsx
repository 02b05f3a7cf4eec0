"use client";

import { useState, type ReactNode } from "react";
import { useSave } from "../use-save";
import { Button } from "./button";
import { Field, Input } from "./field";
import { Modal, ModalBody, ModalFooter, ModalForm } from "./modal";
import { Trouble } from "./notice";

interface ConfirmProps {
  title: ReactNode;
  /** What happens, what breaks, and whether it can be undone. */
  children: ReactNode;
  /** The verb, on the button. */
  action: string;
  busyAction: string;
  tone?: "danger" | "primary";
  /** For what can't be undone: the text to type first. */
  typed?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** One question before something that breaks things. */
export function Confirm({
  title,
  children,
  action,
  busyAction,
  tone = "danger",
  typed,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const [text, setText] = useState("");
  const save = useSave();
  const ready = typed === undefined || text === typed;

  async function submit() {
    if (ready && !save.busy && (await save.run(onConfirm))) onClose();
  }

  return (
    <Modal title={title} onClose={onClose}>
      <ModalForm onSubmit={submit}>
        <ModalBody>
          {children}
          {typed === undefined ? null : (
            <Field label={`Type ${typed} to confirm`}>
              {(control) => (
                <Input
                  {...control}
                  className="mono"
                  value={text}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
          )}
          <Trouble problem={save.problem} />
        </ModalBody>
        <ModalFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone={tone} busy={save.busy} disabled={!ready}>
            {save.busy ? busyAction : action}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}
