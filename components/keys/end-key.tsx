"use client";

import type { KeyringInfo } from "../../lib/shapes";
import { Confirm } from "../ui/confirm";
import { useToaster } from "../ui/toasts";
import { Fingerprint } from "./fingerprint";
import { endMasterKey } from "./key-calls";
import type { MasterKeyState, RekeyState } from "./rekey-state";

interface EndKeyProps {
  masterKey: MasterKeyState;
  rekey: RekeyState;
  onEnded: (info: KeyringInfo) => void;
  onClose: () => void;
}

/** Asks before a master key opens the vault no more, and says what that breaks. */
export function EndKey({ masterKey, rekey, onEnded, onClose }: EndKeyProps) {
  const toaster = useToaster();
  const { fingerprint, is } = masterKey;
  const left = rekey.keys.filter((key) => key.fingerprint !== fingerprint);

  async function end() {
    onEnded(await endMasterKey(fingerprint));
    toaster.done(`${fingerprint} opens the vault no more`);
  }

  return (
    <Confirm
      title={is === "previous" ? "End the old key?" : "End this key?"}
      action="End it"
      busyAction="Ending…"
      onConfirm={end}
      onClose={onClose}
    >
      <p>
        <Fingerprint of={fingerprint} /> opens this vault no more, and a start with it is refused.
        What is left is{" "}
        {left.map((key, at) => (
          <span key={key.fingerprint}>
            {at > 0 ? " and " : ""}
            <Fingerprint of={key.fingerprint} />
          </span>
        ))}
        : be sure that it is kept where you will find it. Without it, no value can be opened.
      </p>
      <p>
        A backup from before the rekey opens with the old key only. Keep that key for as long as you
        keep such a backup.
      </p>
      {is === "other" ? (
        <p>
          This process was not given this key. If it is the new one of a rekey, cancel: start this
          process with it first.
        </p>
      ) : null}
      <p className="text-muted">
        No value is touched, and services notice nothing. It can&apos;t be undone; another rekey can
        bring the key back.
      </p>
    </Confirm>
  );
}
