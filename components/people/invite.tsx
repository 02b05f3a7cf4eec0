"use client";

import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import type { LinkInfo } from "../../lib/shapes";
import type { Problem } from "../api";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Modal, ModalBody, ModalFooter } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { LinkOnce, UNCOPIED } from "./link-once";
import { invite, type Invitation } from "./people-calls";
import { RoleChoice } from "./role-choice";

const NOBODY: Invitation = { email: "", name: "", role: "viewer" };

/** Invites somebody, and shows their link once. */
export function Invite({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [draft, setDraft] = useState(NOBODY);
  const [link, setLink] = useState<LinkInfo | null>(null);
  const [copied, setCopied] = useState(false);
  const isTyped = draft.email !== "" || draft.name !== "";
  return (
    <Modal
      shape="sheet"
      title={link ? "Invitation" : "Invite somebody"}
      description={link ? `For ${draft.email}` : "They choose a password of their own."}
      isDirty={() => (link ? !copied : isTyped)}
      {...(link && { discard: UNCOPIED })}
      onClose={onClose}
    >
      {link ? (
        <LinkOnce link={link} email={draft.email} onCopied={() => setCopied(true)} />
      ) : (
        <InviteForm
          draft={draft}
          onChange={setDraft}
          onInvited={(email, made) => {
            setDraft({ ...draft, email });
            setLink(made);
            router.refresh();
          }}
        />
      )}
    </Modal>
  );
}

interface InviteFormProps {
  draft: Invitation;
  onChange: (draft: Invitation) => void;
  onInvited: (email: string, link: LinkInfo) => void;
}

function InviteForm({ draft, onChange, onInvited }: InviteFormProps) {
  const save = useSave();

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (save.busy) return;
    await save.run(async () => {
      const { user, link } = await invite(draft);
      onInvited(user.email, link);
    });
  }

  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="flex min-h-0 flex-1 flex-col"
      autoComplete="off"
    >
      <ModalBody>
        <Field label="E-mail" hint="What they sign in with." error={emailProblem(save.problem)}>
          {(control) => (
            <Input
              {...control}
              type="email"
              value={draft.email}
              required
              maxLength={320}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ ...draft, email: event.target.value })}
            />
          )}
        </Field>
        <Field label="Name" hint="They can change it." error={save.problem?.at("name")}>
          {(control) => (
            <Input
              {...control}
              value={draft.name}
              required
              maxLength={100}
              autoComplete="off"
              onChange={(event) => onChange({ ...draft, name: event.target.value })}
            />
          )}
        </Field>
        <RoleChoice value={draft.role} onChange={(role) => onChange({ ...draft, role })} />
        <Trouble
          problem={emailProblem(save.problem) || save.problem?.at("name") ? null : save.problem}
        />
      </ModalBody>
      <ModalFooter note="Next, a link to pass on. It is shown once.">
        <Button type="submit" tone="primary" busy={save.busy}>
          {save.busy ? "Inviting…" : "Invite"}
        </Button>
      </ModalFooter>
    </form>
  );
}

function emailProblem(problem: Problem | null): string | undefined {
  return problem?.code === "already_exists" ? problem.message : problem?.at("email");
}
