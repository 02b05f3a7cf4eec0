"use client";

import { DEFAULT_ENVIRONMENT } from "../../lib/name";
import type { EnvironmentSummary } from "../../lib/shapes";
import { listUrl } from "../secrets/list-url";
import { many } from "../ui/amount";
import { Button, ButtonLink } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Modal, ModalBody, ModalFooter } from "../ui/modal";
import { deleteEnvironment } from "./environment-calls";

interface DeleteEnvironmentProps {
  environment: EnvironmentSummary;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks before an environment is deleted, or says why it can't be and where to go. */
export function DeleteEnvironment({ environment, onDeleted, onClose }: DeleteEnvironmentProps) {
  const { slug } = environment;
  if (slug === DEFAULT_ENVIRONMENT) {
    return (
      <Modal title={`${slug} can't be deleted`} onClose={onClose}>
        <ModalBody>
          <p>A request that names no environment means this one. It stays, also when empty.</p>
        </ModalBody>
        <ModalFooter>
          <Button onClick={onClose}>Close</Button>
        </ModalFooter>
      </Modal>
    );
  }
  if (holdsAnything(environment)) return <NotEmpty environment={environment} onClose={onClose} />;
  return (
    <Confirm
      title={`Delete ${slug}?`}
      action="Delete"
      busyAction="Deleting…"
      onConfirm={async () => {
        await deleteEnvironment(slug);
        onDeleted();
      }}
      onClose={onClose}
    >
      <p>
        It is empty: no secret and no token is lost. Its addresses stop working, and what happened
        in it stays on the audit record.
      </p>
    </Confirm>
  );
}

function NotEmpty({
  environment,
  onClose,
}: {
  environment: EnvironmentSummary;
  onClose: () => void;
}) {
  const { slug, secrets, trashed, services } = environment;
  return (
    <Modal title={`${slug} can't be deleted yet`} onClose={onClose}>
      <ModalBody>
        <p>Only an empty environment can be deleted. This one still holds:</p>
        <ul className="list-disc pl-5">
          {secrets > 0 ? <li>{many(secrets, "secret")}, to be trashed and purged</li> : null}
          {trashed > 0 ? <li>{many(trashed, "secret")} in the trash, to be purged</li> : null}
          {services > 0 ? <li>{many(services, "service")}, to be deleted</li> : null}
        </ul>
      </ModalBody>
      <ModalFooter>
        {secrets > 0 ? (
          <ButtonLink href={listUrl(slug, {})}>Secrets</ButtonLink>
        ) : trashed > 0 ? (
          <ButtonLink href={listUrl(slug, { state: "trashed" })}>Trash</ButtonLink>
        ) : null}
        {services > 0 ? <ButtonLink href={`/e/${slug}/services`}>Services</ButtonLink> : null}
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}

function holdsAnything({ secrets, trashed, services }: EnvironmentSummary): boolean {
  return secrets + trashed + services > 0;
}
