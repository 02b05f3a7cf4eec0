"use client";

import { useRef, useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Problem, secretPath, send } from "../api";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Notice, Trouble } from "../ui/notice";
import { ValueField } from "../ui/value-field";
import { useSave, type Save } from "../use-save";
import { otherProblem, valueProblem } from "./field-problems";
import { WhoUses } from "./who-uses";

interface RotateSecretProps {
  /** As the page showed it: its version is the one that the new value is to follow. */
  secret: SecretInfo;
  /** The incident that it is a step of. */
  incident?: string;
  onSaved: (secret: SecretInfo) => void;
  onClose: () => void;
}

/** The sheet that gives a secret a new value. What was typed outlives a save that fails. */
export function RotateSecret({ secret, incident, onSaved, onClose }: RotateSecretProps) {
  const value = useRef<HTMLTextAreaElement>(null);
  const [size, setSize] = useState(0);
  const [meanwhile, setMeanwhile] = useState<SecretInfo | null>(null);
  const save = useSave();
  const isLost = (meanwhile ?? secret).unreadable === "lost";
  const expectedVersion = meanwhile?.version ?? secret.version;

  async function submit() {
    const field = value.current;
    if (save.busy || !field) return;
    await save.run(async () => {
      try {
        onSaved(await rotate(secret, field.value, expectedVersion, incident));
        field.value = "";
        onClose();
      } catch (error) {
        if (!(error instanceof Problem && error.code === "version_conflict")) throw error;
        setMeanwhile(await send<SecretInfo>("GET", secretPath(secret.environment, secret.name)));
      }
    });
  }

  return (
    <Modal
      shape="sheet"
      title={
        <>
          Rotate <span className="mono break-all">{secret.name}</span>
        </>
      }
      description={`v${String(expectedVersion)} is current${isLost ? ", and its value was lost with the key" : ""}. The new value takes its place.`}
      isDirty={() => size > 0}
      onClose={onClose}
    >
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <ValueField
            field={value}
            label="New value"
            error={valueProblem(save.problem)}
            onTyped={setSize}
          />
          {meanwhile ? <Overtaken shown={secret.version} now={meanwhile} /> : null}
          <WhoUses
            environment={secret.environment}
            name={secret.name}
            lead="These pick up the new value at their next resolve:"
            pinLead="These may ask for a version by number, and where they do would go on with the old one:"
            none="No reads in the last 90 days, so no running service is known to depend on it."
          />
          <Trouble problem={otherProblem(save.problem)} />
        </ModalBody>
        <RotateFooter save={save} overtaken={meanwhile !== null} isLost={isLost} />
      </ModalForm>
    </Modal>
  );
}

interface RotateFooterProps {
  save: Save;
  overtaken: boolean;
  /** Whether the value that is replaced was lost with the key. */
  isLost: boolean;
}

function RotateFooter({ save, overtaken, isLost }: RotateFooterProps) {
  const before = isLost ? "" : " The version before stays, and can be made current again.";
  return (
    <ModalFooter note={`This is the last time anyone sees this value.${before}`}>
      <Button type="submit" tone="primary" busy={save.busy}>
        {save.busy ? "Rotating…" : overtaken ? "Rotate anyway" : "Rotate"}
      </Button>
    </ModalFooter>
  );
}

/** Somebody was faster while this sheet was open. */
function Overtaken({ shown, now }: { shown: number; now: SecretInfo }) {
  const rotated = now.version > shown;
  return (
    <div role="alert">
      <Notice
        tone="soon"
        title={
          rotated
            ? `${now.rotatedBy} rotated it meanwhile`
            : "Another version was activated meanwhile"
        }
      >
        <p>
          This page showed v{shown}.{" "}
          {rotated ? (
            <>
              v{now.version} became current <Ago at={now.rotatedAt} />.
            </>
          ) : (
            `v${String(now.version)} is current now.`
          )}{" "}
          Nothing was saved, and what you typed is still here. If theirs is the right value, close
          this sheet. To put yours in its place, rotate once more.
        </p>
      </Notice>
    </div>
  );
}

function rotate(
  { environment, name }: SecretInfo,
  value: string,
  expectedVersion: number,
  incident: string | undefined,
): Promise<SecretInfo> {
  const under = incident === undefined ? "" : `&incident=${incident}`;
  const path = secretPath(environment, name, "/versions", under);
  return send<SecretInfo>("POST", path, { value, expectedVersion });
}
