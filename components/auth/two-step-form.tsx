"use client";

import { useState, type SubmitEvent } from "react";
import type { TwoStepSetup } from "../../lib/shapes";
import { beginTwoStep, enableTwoStep } from "../account/account-calls";
import { ConfirmIdentity } from "../account/confirm-identity";
import { RecoveryCodes } from "../account/recovery-codes";
import { ScanAndType } from "../account/two-step-setup";
import { Button } from "../ui/button";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { signOut } from "./session";

/** Sets up the second factor that everybody here needs, before anything else. */
export function TwoStepForm() {
  const save = useSave();
  const [setup, setSetup] = useState<TwoStepSetup | null>(null);
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[] | null>(null);
  const isWrong = save.problem?.code === "wrong_code";

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (save.busy) return;
    await save.run(async () => {
      if (setup === null) setSetup(await beginTwoStep());
      else setCodes((await enableTwoStep(code)).recoveryCodes);
    });
  }

  async function leave() {
    await save.run(async () => {
      await signOut();
      window.location.assign("/sign-in");
    });
  }

  if (codes !== null) {
    return (
      <div className="flex flex-col gap-4">
        <RecoveryCodes codes={codes} onCopied={() => undefined} />
        <Button onClick={() => window.location.assign("/")}>I have kept them: go on</Button>
      </div>
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <ConfirmIdentity />
      {setup === null ? (
        <p>
          An admin has decided that everybody here signs in with a second factor. It takes a minute,
          and an authenticator app: many password managers have one.
        </p>
      ) : (
        <ScanAndType setup={setup} code={code} isWrong={isWrong} onChange={setCode} />
      )}
      <Trouble problem={isWrong ? null : save.problem} />
      <div className="flex flex-wrap justify-between gap-2">
        <Button tone="quiet" onClick={() => void leave()}>
          Sign out
        </Button>
        <Button
          type="submit"
          tone="primary"
          busy={save.busy}
          disabled={setup !== null && code.trim() === ""}
        >
          {setup === null ? "Set up" : "Turn on"}
        </Button>
      </div>
    </form>
  );
}
