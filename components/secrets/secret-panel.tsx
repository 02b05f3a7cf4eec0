"use client";

import type { SecretInfo } from "../../lib/shapes";
import { useToaster } from "../ui/toasts";
import { EditSecret } from "./edit-secret";
import { RotateSecret } from "./rotate-secret";
import { PurgeSecret, TrashSecret } from "./trash-secret";

export interface Panel {
  what: "rotate" | "edit" | "trash" | "purge";
  secret: SecretInfo;
}

interface SecretPanelProps {
  panel: Panel;
  onChanged: (secret: SecretInfo) => void;
  /** It is not where it was: in the trash, or purged. */
  onGone: (name: string) => void;
  onRestore: (secret: SecretInfo) => void;
  onClose: () => void;
}

/** The sheet or question that is open about one secret, and what is said when it is done. */
export function SecretPanel({ panel, onChanged, onGone, onRestore, onClose }: SecretPanelProps) {
  const toaster = useToaster();
  const { what, secret } = panel;
  switch (what) {
    case "rotate":
      return (
        <RotateSecret
          secret={secret}
          onClose={onClose}
          onSaved={(saved) => {
            toaster.done(`Rotated ${saved.name} to v${String(saved.version)}`);
            onChanged(saved);
          }}
        />
      );
    case "edit":
      return <EditSecret secret={secret} onClose={onClose} onSaved={onChanged} />;
    case "trash":
      return (
        <TrashSecret
          secret={secret}
          onClose={onClose}
          onDone={() => {
            toaster.done(`Moved ${secret.name} to the trash`, () => onRestore(secret));
            onGone(secret.name);
          }}
        />
      );
    case "purge":
      return (
        <PurgeSecret
          secret={secret}
          onClose={onClose}
          onDone={() => {
            toaster.done(`Purged ${secret.name}`);
            onGone(secret.name);
          }}
        />
      );
  }
}
