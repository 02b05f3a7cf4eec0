"use client";

import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import type { ServiceInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { Field, Input } from "../ui/field";
import { CloseButton, Modal, ModalBody, ModalFooter } from "../ui/modal";
import { Notice, Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { EXPIRY_CHOICES, expiryOf, tomorrow, type ExpiryChoice } from "./expiry";
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
  const [choice, setChoice] = useState<ExpiryChoice>("90");
  const [date, setDate] = useState("");
  const [tried, setTried] = useState(false);
  const save = useSave();

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setTried(true);
    const expiresAt = expiryOf(choice, date, new Date());
    if (save.busy || expiresAt === undefined) return;
    await save.run(async () => onMade((await mintToken(service.id, expiresAt)).token));
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-1 flex-col">
      <ModalBody>
        <fieldset>
          <legend className="mb-1.5 font-strong">Expires</legend>
          <div className="flex flex-col gap-2">
            {EXPIRY_CHOICES.map(({ value, label }) => (
              <label key={value} className="flex items-center gap-2">
                <input
                  type="radio"
                  name="expires"
                  className="size-4 accent-accent"
                  checked={choice === value}
                  onChange={() => setChoice(value)}
                />
                {value === "date" || value === "never" ? label : `in ${label}`}
              </label>
            ))}
          </div>
        </fieldset>
        {choice === "date" ? (
          <Field
            label="Last day"
            hint="Until the end of that day, your time."
            error={tried && date === "" ? "Choose a day." : save.problem?.at("expiresAt")}
          >
            {(control) => (
              <Input
                {...control}
                type="date"
                value={date}
                min={tomorrow(new Date())}
                onChange={(event) => setDate(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {choice === "never" ? (
          <Notice tone="soon">
            A token that never ends works for whoever finds it, until somebody revokes it. Choose
            this only where nobody can put a new one in place.
          </Notice>
        ) : null}
        <Trouble
          problem={save.problem?.at("expiresAt") && choice === "date" ? null : save.problem}
        />
      </ModalBody>
      <ModalFooter note="It is shown once, on the next screen.">
        <Button type="submit" tone="primary" busy={save.busy}>
          {save.busy ? "Making it…" : "Make token"}
        </Button>
      </ModalFooter>
    </form>
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
        <Snippets service={service} token={token} />
      </ModalBody>
      <ModalFooter>
        <CloseButton>Done</CloseButton>
      </ModalFooter>
    </>
  );
}
