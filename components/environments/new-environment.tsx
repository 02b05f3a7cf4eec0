"use client";

import { useState } from "react";
import type { EnvironmentSummary } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Checkbox, Field, Input } from "../ui/field";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { createEnvironment } from "./environment-calls";
import { NameField } from "./name-field";
import { slugOf, slugTrouble } from "./slug";

interface NewEnvironmentProps {
  onCreated: (environment: EnvironmentSummary) => void;
  onClose: () => void;
}

/** The sheet that makes an environment. The slug follows the name until it is typed itself. */
export function NewEnvironment({ onCreated, onClose }: NewEnvironmentProps) {
  const [name, setName] = useState("");
  const [typedSlug, setTypedSlug] = useState<string>();
  const [isProtected, setProtected] = useState(false);
  const save = useSave();
  const slug = typedSlug ?? slugOf(name);
  const slugProblem =
    save.problem?.code === "already_exists" ? save.problem.message : save.problem?.at("slug");

  async function submit() {
    if (save.busy || slugTrouble(slug) !== undefined) return;
    await save.run(async () => {
      onCreated(await createEnvironment({ slug, name, protected: isProtected }));
    });
  }

  return (
    <Modal
      shape="sheet"
      title="New environment"
      description="A separate place for secrets, and for the services that read them"
      isDirty={() => name !== "" || (typedSlug ?? "") !== "" || isProtected}
      onClose={onClose}
    >
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <NameField name={name} problem={save.problem} onChange={setName} />
          <Field
            label="Slug"
            hint="Its name in addresses, calls and the audit record. It can't be changed later."
            error={slugTrouble(slug) ?? slugProblem}
          >
            {(control) => (
              <Input
                {...control}
                className="mono"
                value={slug}
                required
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                placeholder="staging"
                onChange={(event) => setTypedSlug(event.target.value)}
              />
            )}
          </Field>
          <Checkbox
            label="Protected"
            hint="Only admins change its secrets. Editors can look; services can resolve, but not write."
            checked={isProtected}
            onChange={(event) => setProtected(event.target.checked)}
          />
          <Trouble problem={slugProblem || save.problem?.at("name") ? null : save.problem} />
        </ModalBody>
        <ModalFooter>
          <Button type="submit" tone="primary" busy={save.busy}>
            {save.busy ? "Creating…" : "Create environment"}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}
