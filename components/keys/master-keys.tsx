"use client";

import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { KeyringInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Section } from "../ui/page-header";
import { EndKey } from "./end-key";
import { MasterKeyRow } from "./master-key-row";
import { RekeySteps } from "./rekey-steps";
import { rekeyState, type MasterKeyState } from "./rekey-state";

interface MasterKeysProps {
  info: KeyringInfo;
  onChanged: (info: KeyringInfo) => void;
  onLook: () => Promise<void>;
}

/** The master keys that open the vault, who works with each, and how one is replaced by another. */
export function MasterKeys({ info, onChanged, onLook }: MasterKeysProps) {
  const [busy, setBusy] = useState(false);
  const [ending, setEnding] = useState<MasterKeyState | null>(null);
  const rekey = rekeyState(info);

  async function lookAgain() {
    setBusy(true);
    await onLook();
    setBusy(false);
  }

  return (
    <Section
      id="master-key"
      title="Master key"
      about="What TYK_AI_SECRET_KEY holds. It wraps the data keys and seals no value itself, so it changes without any value being touched."
      actions={
        rekey.isUnderWay ? (
          <Button
            icon={<RefreshCw aria-hidden size={14} />}
            busy={busy}
            onClick={() => void lookAgain()}
          >
            {busy ? "Looking…" : "Look again"}
          </Button>
        ) : null
      }
    >
      <ul aria-label="Master keys" className="divide-y divide-line rounded-md border">
        {rekey.keys.map((key) => (
          <MasterKeyRow
            key={key.fingerprint}
            masterKey={key}
            isOneOfMany={rekey.isUnderWay}
            onEnd={() => setEnding(key)}
          />
        ))}
      </ul>
      {rekey.isPreviousLeft ? (
        <div className="mt-3">
          <Notice tone="soon" title="TYK_AI_SECRET_KEY_PREVIOUS is not needed any more">
            <p>
              This process was given it at its start, and it opens nothing now. Remove it from the
              settings, so that no copy of the old key lies around.
            </p>
          </Notice>
        </div>
      ) : null}
      <RekeySteps rekey={rekey} />
      {ending ? (
        <EndKey
          masterKey={ending}
          rekey={rekey}
          onEnded={onChanged}
          onClose={() => setEnding(null)}
        />
      ) : null}
    </Section>
  );
}
