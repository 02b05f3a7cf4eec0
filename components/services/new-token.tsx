"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { CloseButton, Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Notice, Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { expiryOf } from "./expiry";
import { ExpiryFields, type Expiry } from "./expiry-fields";
import { mintToken } from "./service-calls";
import { Snippets } from "./snippets";

interface NewTokenProps {
  service: ServiceInfo;
  onClose: () => void;
}

const UNCOPIED = {
  question: "Close without copying? It is not shown again.",
  keep: "Go back",
  discard: "Close",
};

/** Makes a token and shows it once. */
export function NewToken({ service, onClose }: NewTokenProps) {
  const router = useRouter();
  const [token, setToken] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  return (
    <Modal
      shape="sheet"
      title={token === null ? "New token" : "Your new token"}
      description={`For ${service.name}`}
      isDirty={() => token !== null && !copied}
      discard={UNCOPIED}
      onClose={onClose}
    >
      {token === null ? (
        <TokenForm
          service={service}
          onMade={(made) => {
            setToken(made);
            router.refresh();
          }}
        />
      ) : (
        <TokenOnce service={service} token={token} onCopied={() => setCopied(true)} />
      )}
    </Modal>
  );
}

interface TokenFormProps {
  service: ServiceInfo;
  onMade: (token: string) => void;
}

function TokenForm({ service, onMade }: TokenFormProps) {
  const [expiry, setExpiry] = useState<Expiry>({ choice: "90", date: "" });
  const [tried, setTried] = useState(false);
  const save = useSave();
  const onDate = expiry.choice === "date";
  const noDate = tried && onDate && expiry.date === "" ? "Choose a day." : undefined;
  const refused = save.problem?.at("expiresAt");

  async function submit() {
    setTried(true);
    const expiresAt = expiryOf(expiry.choice, expiry.date, new Date());
    if (save.busy || expiresAt === undefined) return;
    await save.run(async () => onMade((await mintToken(service.id, expiresAt)).token));
  }

  return (
    <ModalForm onSubmit={submit}>
      <ModalBody>
        <ExpiryFields expiry={expiry} error={noDate ?? refused} onChange={setExpiry} />
        <Trouble problem={refused && onDate ? null : save.problem} />
      </ModalBody>
      <ModalFooter note="It is shown once, on the next screen.">
        <Button type="submit" tone="primary" busy={save.busy}>
          {save.busy ? "Making it…" : "Make token"}
        </Button>
      </ModalFooter>
    </ModalForm>
  );
}

interface TokenOnceProps {
  service: ServiceInfo;
  token: string;
  onCopied: () => void;
}

function TokenOnce({ service, token, onCopied }: TokenOnceProps) {
  return (
    <>
      <ModalBody>
        <Notice tone="soon" title="Copy it now">
          This is the only time that it is shown. Coffer keeps a hash of it.
        </Notice>
        <div className="flex flex-col gap-2">
          <code
            aria-label="Token"
            className="mono rounded-md border bg-sunken px-3 py-2 break-all select-all"
          >
            {token}
          </code>
          <div>
            <CopyButton autoFocus tone="primary" text={token} onCopied={onCopied}>
              Copy token
            </CopyButton>
          </div>
        </div>
        <Snippets service={service} />
      </ModalBody>
      <ModalFooter>
        <CloseButton>Done</CloseButton>
      </ModalFooter>
    </>
  );
}
