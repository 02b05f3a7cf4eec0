"use client";

import { useEffect, useRef, useState } from "react";
import type { AccountInfo, ProviderInfo } from "../../lib/shapes";
import { onConfirmationRequired } from "../api";
import { ProviderButton } from "../auth/provider-buttons";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { confirmIdentity, readAccount } from "./account-calls";

/** Asks for the password or a code when Coffer wants to know again that it is them, and then goes on. */
export function ConfirmIdentity() {
  const [account, setAccount] = useState<AccountInfo | null>(null);
  const answer = useRef<(confirmed: boolean) => void>(() => undefined);

  useEffect(() => {
    onConfirmationRequired(async () => {
      const account = await readAccount();
      return new Promise((resolve) => {
        answer.current = resolve;
        setAccount(account);
      });
    });
    return () => onConfirmationRequired(null);
  }, []);

  if (account === null) return null;
  return (
    <Question
      account={account}
      onAnswer={(confirmed) => {
        setAccount(null);
        answer.current(confirmed);
      }}
    />
  );
}

interface QuestionProps {
  account: AccountInfo;
  onAnswer: (confirmed: boolean) => void;
}

function Question({ account, onAnswer }: QuestionProps) {
  const save = useSave();
  const [text, setText] = useState("");
  const [byCode, setByCode] = useState(!account.hasPassword);
  const trouble = save.problem?.at(byCode ? "code" : "password");
  const isPossible = account.hasPassword || account.twoStep;

  async function submit() {
    if (save.busy || text === "") return;
    const proof = byCode ? { code: text } : { password: text };
    if (await save.run(() => confirmIdentity(proof))) onAnswer(true);
  }

  function change() {
    setByCode(!byCode);
    setText("");
    save.reset();
  }

  return (
    <Modal title="Confirm that it is you" onClose={() => onAnswer(false)}>
      <ModalForm onSubmit={submit}>
        <ModalBody>
          {isPossible ? (
            <>
              <p>
                What you are about to do gives somebody rights, takes protection or the whole vault
                away, changes the keys or belongs to a leak, and it is over five minutes since you
                last showed that it is you.
              </p>
              <ProofField byCode={byCode} text={text} error={trouble} onChange={setText} />
              {account.hasPassword && account.twoStep ? (
                <div>
                  <Button tone="quiet" onClick={change}>
                    {byCode ? "Use the password instead" : "Use a code instead"}
                  </Button>
                </div>
              ) : null}
              <Trouble problem={trouble === undefined ? save.problem : null} />
            </>
          ) : (
            <p>
              You signed in over five minutes ago, and have neither a password nor a second factor
              here. Sign in again, then do this within five minutes.
            </p>
          )}
          {account.providers.length > 0 ? <ByProvider providers={account.providers} /> : null}
        </ModalBody>
        <ModalFooter>
          <Button onClick={() => onAnswer(false)}>Cancel</Button>
          {isPossible ? (
            <Button type="submit" tone="primary" busy={save.busy} disabled={text === ""}>
              {save.busy ? "Confirming…" : "Confirm"}
            </Button>
          ) : null}
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}

/** The ways to show it elsewhere. They leave the page, and come back to it. */
function ByProvider({ providers }: { providers: readonly ProviderInfo[] }) {
  const next = window.location.pathname + window.location.search;
  return (
    <div className="flex flex-col items-start gap-2">
      {providers.map(({ id, name }) => (
        <ProviderButton key={id} id={id} next={next} label={`Sign in again with ${name}`} again />
      ))}
      <p className="text-small text-muted">
        That leaves this page: what you typed here is to be typed again.
      </p>
    </div>
  );
}

interface ProofFieldProps {
  byCode: boolean;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

function ProofField({ byCode, text, error, onChange }: ProofFieldProps) {
  const words = byCode
    ? { label: "Code", hint: "From your authenticator app, or a recovery code.", error: WRONG_CODE }
    : { label: "Password", hint: undefined, error: "This is not your password." };
  return (
    <Field
      key={words.label}
      label={words.label}
      hint={words.hint}
      error={error === undefined ? undefined : words.error}
    >
      {(control) => (
        <Input
          {...control}
          type={byCode ? "text" : "password"}
          autoComplete={byCode ? "one-time-code" : "current-password"}
          className={byCode ? "mono" : ""}
          autoFocus
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Of a code that was refused. */
export const WRONG_CODE = "This code is not right, or was used already. Wait for the next one.";
