import { Fragment, type ReactNode } from "react";
import { CopyIconButton } from "../ui/copy-button";
import { DoneMark } from "../ui/done-mark";
import type { RekeyState } from "./rekey-state";

const MAKE = "openssl rand -base64 32";

/** How the master key is changed, and which of the steps are done. */
export function RekeySteps({ rekey }: { rekey: RekeyState }) {
  const { isUnderWay, keys } = rekey;
  const isEverywhere =
    isUnderWay && keys.every(({ is, users }) => is === "own" || users.length === 0);
  return (
    <div className="mt-4">
      <h3 className="font-strong">Change it (rekey)</h3>
      <p className="text-muted">
        {isUnderWay
          ? "A rekey is under way: more than one key opens the vault until the old one is ended."
          : "None is under way. It takes as long for ten secrets as for a million, and every process goes on working meanwhile."}
      </p>
      <ol aria-label="Steps of a rekey" className="mt-2 flex flex-col gap-2">
        <Step isDone={isUnderWay}>
          Make a new key, and keep the old one: backups taken until now open with that only.
          <span className="mt-1 flex items-center gap-1">
            <code className="mono rounded-sm bg-sunken px-1.5 py-0.5">{MAKE}</code>
            <CopyIconButton text={MAKE} label="Copy the command" />
          </span>
        </Step>
        <Step isDone={isUnderWay}>
          Set <Setting name="TYK_AI_SECRET_KEY" /> to the new key and{" "}
          <Setting name="TYK_AI_SECRET_KEY_PREVIOUS" /> to the one until now. Both also as{" "}
          <code className="mono">…_FILE</code>.
        </Step>
        <Step isDone={isEverywhere}>
          Start Coffer again; of several processes, one after the other.
        </Step>
        <Step isDone={false}>
          End the old key on this page, and remove <Setting name="TYK_AI_SECRET_KEY_PREVIOUS" />.
        </Step>
      </ol>
    </div>
  );
}

/** A setting, which may break at its underscores. */
function Setting({ name }: { name: string }) {
  return (
    <code className="mono">
      {name.split(/(?<=_)/).map((part) => (
        <Fragment key={part}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </code>
  );
}

function Step({ isDone, children }: { isDone: boolean; children: ReactNode }) {
  return (
    <li className="flex gap-2.5">
      <DoneMark isDone={isDone} />
      <div className="min-w-0 flex-1 break-words">
        {children}
        <span className="sr-only"> ({isDone ? "done" : "not done"})</span>
      </div>
    </li>
  );
}
