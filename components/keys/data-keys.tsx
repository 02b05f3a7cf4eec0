"use client";

import { useId, useState } from "react";
import type { KeyringInfo } from "../../lib/shapes";
import { count } from "../ui/amount";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { DataKeyTable } from "./data-key-table";
import { rotateDataKey } from "./key-calls";
import { rekeyState } from "./rekey-state";
import { ResealState } from "./reseal-state";

interface DataKeysProps {
  info: KeyringInfo;
  onChanged: (info: KeyringInfo) => void;
}

/** The keys that values are sealed under, and the way to a new one. */
export function DataKeys({ info, onChanged }: DataKeysProps) {
  const toaster = useToaster();
  const [asking, setAsking] = useState(false);
  const why = useId();
  const hindrance = hindranceOf(info);

  async function rotate() {
    const next = await rotateDataKey();
    onChanged(next);
    toaster.done(`New values are sealed under data key ${String(next.newestKeyId)} now`);
  }

  return (
    <Section
      id="data-keys"
      title="Data keys"
      about="What values are sealed under. A new one seals new values at once, and all older ones anew in the background."
      actions={
        <Button
          disabled={hindrance !== null}
          {...(hindrance !== null && { "aria-describedby": why })}
          onClick={() => setAsking(true)}
        >
          Rotate the data key
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <ResealState info={info} />
        {hindrance === null ? null : (
          <p id={why} className={hindrance.isSaid ? "sr-only" : "text-muted"}>
            {hindrance.text}
          </p>
        )}
        <DataKeyTable info={info} />
      </div>
      {asking ? (
        <Confirm
          title="Rotate the data key?"
          action="Rotate it"
          busyAction="Rotating…"
          tone="primary"
          onConfirm={rotate}
          onClose={() => setAsking(false)}
        >
          <p>
            Data key {info.newestKeyId + 1} is made. New values are sealed under it at once;{" "}
            {info.reseal.total === 0
              ? "there are no older ones."
              : `${info.reseal.total === 1 ? "the older one is" : `the ${count(info.reseal.total)} older ones are`} sealed anew in the background.`}{" "}
            Nothing waits for it: services resolve as before, and you may leave this page.
          </p>
          <p className="text-muted">
            It can&apos;t be undone. The data keys until now stay in the keyring, because backups
            hold values that are sealed under them.
          </p>
        </Confirm>
      ) : null}
    </Section>
  );
}

interface Hindrance {
  text: string;
  /** The state above the table says it already. */
  isSaid: boolean;
}

/** Why there can be no new data key now, and what to do; null where there can. */
function hindranceOf(info: KeyringInfo): Hindrance | null {
  if (!rekeyState(info).canWrap) {
    const text =
      "More than one master key opens the vault, and this process was not given all of them. End the old key before you rotate the data key, or do it on a process that was started with both.";
    return { text, isSaid: false };
  }
  if (info.reseal.state !== "idle") {
    return { text: "The next one can be made when all values are sealed anew.", isSaid: true };
  }
  return null;
}
