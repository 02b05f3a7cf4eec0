"use client";

import { useCallback, useRef, useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Button, ButtonLink } from "../ui/button";
import { CloseButton, Modal, ModalBody, ModalFooter } from "../ui/modal";
import { secretUrl } from "./list-url";
import { NewSecretForm } from "./new-secret-form";
import type { Permissions } from "./permissions";
import { References } from "./references";

interface NewSecretProps {
  environment: string;
  initialName?: string;
  can: Pick<Permissions, "restore" | "purge">;
  /** After each save; the sheet stays open with the references. */
  onSaved: (secret: SecretInfo) => void;
  /** The one that had the name is back from the trash. */
  onRestored: () => void;
  onClose: () => void;
}

/** The sheet that makes a secret, and then shows how to refer to it. */
export function NewSecret(props: NewSecretProps) {
  const { environment, initialName = "", can, onSaved, onRestored, onClose } = props;
  const [saved, setSaved] = useState<SecretInfo | null>(null);
  const [wasSaved, setWasSaved] = useState(false);
  const isDirty = useRef(false);

  const noteDirty = useCallback((dirty: boolean) => {
    isDirty.current = dirty;
  }, []);

  function keep(secret: SecretInfo) {
    isDirty.current = false;
    setSaved(secret);
    setWasSaved(true);
    onSaved(secret);
  }

  return (
    <Modal
      shape="sheet"
      title={saved ? <span className="mono break-all">{saved.name}</span> : "New secret"}
      description={`In ${environment}`}
      isDirty={() => isDirty.current}
      onClose={onClose}
    >
      {saved ? (
        <Saved secret={saved} onMore={() => setSaved(null)} />
      ) : (
        <NewSecretForm
          environment={environment}
          initialName={wasSaved ? "" : initialName}
          can={can}
          onSaved={keep}
          onRestored={onRestored}
          onDirty={noteDirty}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Saved({ secret, onMore }: { secret: SecretInfo; onMore: () => void }) {
  return (
    <>
      <ModalBody>
        <p role="status">
          Saved as v{secret.version}. Put one of these where the value was; a service with a rule
          for it gets the value when it resolves its config.
        </p>
        <References name={secret.name} />
      </ModalBody>
      <ModalFooter>
        <Button tone="quiet" onClick={onMore}>
          New secret
        </Button>
        <ButtonLink href={secretUrl(secret.environment, secret.name)}>Open its page</ButtonLink>
        <CloseButton autoFocus tone="primary">
          Done
        </CloseButton>
      </ModalFooter>
    </>
  );
}
