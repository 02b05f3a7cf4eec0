"use client";

import { Check } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { AccountInfo, TwoStepSetup } from "../../lib/shapes";
import { Problem } from "../api";
import { Button } from "../ui/button";
import { Chip } from "../ui/chip";
import { Confirm } from "../ui/confirm";
import { CloseButton, Modal, ModalBody, ModalFooter, ModalForm } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { useSave } from "../use-save";
import { beginTwoStep, disableTwoStep, enableTwoStep, newRecoveryCodes } from "./account-calls";
import { RecoveryCodes, UNCOPIED_CODES } from "./recovery-codes";
import { ScanAndType } from "./two-step-setup";

type Open = { setup: TwoStepSetup } | { codes: string[] } | "renew" | "disable" | null;

/** One's second factor: whether there is one, and the way to set it up, renew its codes or take it away. */
export function TwoStep({ account }: { account: AccountInfo }) {
  const router = useRouter();
  const toaster = useToaster();
  const [open, setOpen] = useState<Open>(null);
  const [busy, setBusy] = useState(false);

  function close() {
    setOpen(null);
    router.refresh();
  }

  async function begin() {
    setBusy(true);
    try {
      setOpen({ setup: await beginTwoStep() });
    } catch (error) {
      toaster.trouble(error instanceof Problem ? error.message : "It did not begin. Try again.");
    }
    setBusy(false);
  }

  return (
    <Section
      title="Second factor"
      about="A code of your authenticator app, asked for after the password."
      actions={
        account.twoStep ? (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setOpen("renew")}>New recovery codes</Button>
            <Button tone="risky" onClick={() => setOpen("disable")}>
              Take away
            </Button>
          </div>
        ) : (
          <Button busy={busy} onClick={() => void begin()}>
            Set up
          </Button>
        )
      }
    >
      <TwoStepState account={account} />
      {open !== null && typeof open === "object" && "setup" in open ? (
        <SetUp setup={open.setup} onDone={(codes) => setOpen({ codes })} onClose={close} />
      ) : null}
      {open !== null && typeof open === "object" && "codes" in open ? (
        <Codes codes={open.codes} onClose={close} />
      ) : null}
      {open === "renew" ? (
        <Renew onDone={(codes) => setOpen({ codes })} onClose={() => setOpen(null)} />
      ) : null}
      {open === "disable" ? <Disable onClose={close} /> : null}
    </Section>
  );
}

function TwoStepState({ account }: { account: AccountInfo }) {
  const { twoStep, recoveryCodesLeft: left } = account;
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 rounded-md border px-4 py-2">
      {twoStep ? <Chip icon={<Check aria-hidden size={12} />}>on</Chip> : <Chip>off</Chip>}
      <p className={twoStep && left <= 3 ? "text-soon-text" : "text-muted"}>
        {twoStep
          ? `${String(left)} of 10 recovery codes left${left <= 3 ? ": make new ones" : ""}`
          : "Whoever learns your password can sign in as you."}
      </p>
    </div>
  );
}

interface SetUpProps {
  setup: TwoStepSetup;
  onDone: (recoveryCodes: string[]) => void;
  onClose: () => void;
}

function SetUp({ setup, onDone, onClose }: SetUpProps) {
  const save = useSave();
  const [code, setCode] = useState("");
  const isWrong = save.problem?.code === "wrong_code";

  async function submit() {
    if (save.busy) return;
    await save.run(async () => onDone((await enableTwoStep(code)).recoveryCodes));
  }

  return (
    <Modal title="Set up a second factor" onClose={onClose}>
      <ModalForm onSubmit={submit}>
        <ModalBody>
          <ScanAndType setup={setup} code={code} isWrong={isWrong} onChange={setCode} />
          <Trouble problem={isWrong ? null : save.problem} />
        </ModalBody>
        <ModalFooter note="Your other sessions end.">
          <CloseButton>Cancel</CloseButton>
          <Button type="submit" tone="primary" busy={save.busy} disabled={code.trim() === ""}>
            {save.busy ? "Turning on…" : "Turn on"}
          </Button>
        </ModalFooter>
      </ModalForm>
    </Modal>
  );
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  return (
    <Modal
      title="Recovery codes"
      isDirty={() => !copied}
      discard={UNCOPIED_CODES}
      onClose={onClose}
    >
      <ModalBody>
        <RecoveryCodes codes={codes} onCopied={() => setCopied(true)} />
      </ModalBody>
      <ModalFooter>
        <CloseButton>Done</CloseButton>
      </ModalFooter>
    </Modal>
  );
}

function Renew({ onDone, onClose }: Omit<SetUpProps, "setup">) {
  const codes = useRef<string[] | null>(null);
  return (
    <Confirm
      title="Make new recovery codes?"
      action="Make new codes"
      busyAction="Making…"
      tone="primary"
      onConfirm={async () => {
        codes.current = (await newRecoveryCodes()).recoveryCodes;
      }}
      onClose={() => (codes.current === null ? onClose() : onDone(codes.current))}
    >
      <p>The codes that you have now stop working at once.</p>
    </Confirm>
  );
}

function Disable({ onClose }: { onClose: () => void }) {
  const toaster = useToaster();
  return (
    <Confirm
      title="Take your second factor away?"
      action="Take away"
      busyAction="Taking away…"
      onClose={onClose}
      onConfirm={async () => {
        await disableTwoStep();
        toaster.done("Your second factor is gone. You sign in with your password alone.");
      }}
    >
      <p>
        Whoever learns your password can then sign in as you. Your recovery codes stop working. You
        can set it up again at any time.
      </p>
    </Confirm>
  );
}
