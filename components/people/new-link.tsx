"use client";

import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import type { LinkInfo, PersonInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Modal, ModalBody, ModalFooter } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { LinkOnce, UNCOPIED } from "./link-once";
import { makeLink } from "./people-calls";

interface NewLinkProps {
  person: PersonInfo;
  onClose: () => void;
}

/** Makes a new invitation, or a link to reset the password, and shows it once. */
export function NewLink({ person, onClose }: NewLinkProps) {
  const router = useRouter();
  const [link, setLink] = useState<LinkInfo | null>(null);
  const [copied, setCopied] = useState(false);
  const save = useSave();
  const isInvited = person.state === "invited";

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (save.busy) return;
    await save.run(async () => {
      setLink(await makeLink(person.id));
      router.refresh();
    });
  }

  return (
    <Modal
      shape="sheet"
      title={isInvited ? "New invitation" : "Reset the password"}
      description={`For ${person.name}`}
      isDirty={() => link !== null && !copied}
      discard={UNCOPIED}
      onClose={onClose}
    >
      {link ? (
        <LinkOnce link={link} email={person.email} onCopied={() => setCopied(true)} />
      ) : (
        <form onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-1 flex-col">
          <ModalBody>
            {isInvited ? (
              <p>
                A new link for {person.email}, good for 72 hours. The one before it stops working.
              </p>
            ) : (
              <p>
                A link for {person.email}, good for 24 hours, with which they choose a new password.
                Until they use it nothing changes; when they do, all their sessions end. A link that
                was made before it stops working.
              </p>
            )}
            <Trouble problem={save.problem} />
          </ModalBody>
          <ModalFooter note="It is shown once, on the next screen.">
            <Button type="submit" tone="primary" data-autofocus busy={save.busy}>
              {save.busy ? "Making it…" : "Make link"}
            </Button>
          </ModalFooter>
        </form>
      )}
    </Modal>
  );
}
