"use client";

import { ChevronDown, Eraser, Pencil, RefreshCw, RotateCcw, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { useKeys } from "../shell/use-keys";
import { Button } from "../ui/button";
import { CopyMark } from "../ui/copy-button";
import { Menu, MenuItem } from "../ui/menu";
import { useToaster } from "../ui/toasts";
import { listUrl } from "./list-url";
import type { Permissions } from "./permissions";
import { SYNTAXES } from "./reference";
import { SecretPanel, type Panel } from "./secret-panel";
import { restoreSecret } from "./trash-secret";
import { useCopyReference } from "./use-copy-reference";

interface ActionsProps {
  secret: SecretInfo;
  can: Permissions;
}

/** What can be done at the top of a secret's page: copy its reference, rotate. */
export function HeaderActions({ secret, can }: ActionsProps) {
  const copyReference = useCopyReference();
  const { panel, open } = useSecretPanel(secret);
  useKeys({
    c: () => void copyReference(secret.name),
    r: () => (can.rotate ? open("rotate") : undefined),
  });
  return (
    <>
      <div className="flex">
        <Button
          className="rounded-r-none"
          data-tip="Copy reference (c)"
          icon={<CopyMark copied={false} />}
          onClick={() => void copyReference(secret.name)}
        >
          Copy reference
        </Button>
        <Menu
          label="Copy reference as"
          trigger={
            <Button aria-label="Copy reference as" className="-ml-px rounded-l-none px-1.5">
              <ChevronDown aria-hidden size={16} />
            </Button>
          }
        >
          {SYNTAXES.map((syntax) => (
            <MenuItem key={syntax.id} onChoose={() => void copyReference(secret.name, syntax)}>
              <span className="mono">{syntax.of(secret.name)}</span>
            </MenuItem>
          ))}
        </Menu>
      </div>
      {can.rotate ? (
        <Button
          tone="primary"
          data-tip="Rotate (r)"
          icon={<RefreshCw aria-hidden size={16} />}
          onClick={() => open("rotate")}
        >
          Rotate
        </Button>
      ) : null}
      {panel}
    </>
  );
}

interface EditButtonProps {
  secret: SecretInfo;
  label?: string;
}

/** Opens the sheet for description, tags and dates. */
export function EditButton({ secret, label = "Edit" }: EditButtonProps) {
  const { panel, open } = useSecretPanel(secret);
  return (
    <>
      <Button icon={<Pencil aria-hidden size={14} />} onClick={() => open("edit")}>
        {label}
      </Button>
      {panel}
    </>
  );
}

/** Opens the sheet for a new value, where that is the way out. */
export function RotateButton({ secret }: { secret: SecretInfo }) {
  const { panel, open } = useSecretPanel(secret);
  return (
    <>
      <Button icon={<RefreshCw aria-hidden size={16} />} onClick={() => open("rotate")}>
        Rotate to give it a new value
      </Button>
      {panel}
    </>
  );
}

/** Opens the question before the trash. */
export function TrashButton({ secret }: { secret: SecretInfo }) {
  const { panel, open } = useSecretPanel(secret);
  return (
    <>
      <Button icon={<Trash2 aria-hidden size={16} />} tone="risky" onClick={() => open("trash")}>
        Move to trash
      </Button>
      {panel}
    </>
  );
}

/** Opens the question before a secret is gone for good, also out of the trash. */
export function PurgeButton({ secret }: { secret: SecretInfo }) {
  const { panel, open } = useSecretPanel(secret);
  return (
    <>
      <Button icon={<Eraser aria-hidden size={16} />} tone="risky" onClick={() => open("purge")}>
        Purge
      </Button>
      {panel}
    </>
  );
}

/** For a secret in the trash: back, or gone for good. */
export function TrashedActions({ secret, can }: ActionsProps) {
  const { restore } = useSecretPanel(secret);
  return (
    <>
      {can.restore ? (
        <Button icon={<RotateCcw aria-hidden size={16} />} onClick={() => void restore()}>
          Restore
        </Button>
      ) : null}
      {can.purge ? <PurgeButton secret={secret} /> : null}
    </>
  );
}

interface SecretPanelState {
  panel: ReactNode;
  open: (what: Panel["what"]) => void;
  restore: () => Promise<void>;
}

/** The sheets and questions of a secret's own page. */
function useSecretPanel(secret: SecretInfo): SecretPanelState {
  const router = useRouter();
  const toaster = useToaster();
  const [what, setWhat] = useState<Panel["what"] | null>(null);

  async function restore() {
    try {
      await restoreSecret(secret.environment, secret.name);
      toaster.done(`Restored ${secret.name}`);
      router.refresh();
    } catch (error) {
      toaster.trouble(
        error instanceof Problem ? error.message : `${secret.name} was not restored. Try again.`,
      );
    }
  }

  function gone() {
    if (what === "purge") router.push(listUrl(secret.environment, { state: "trashed" }));
    else router.refresh();
  }

  const panel = what ? (
    <SecretPanel
      panel={{ what, secret }}
      onChanged={() => router.refresh()}
      onGone={gone}
      onRestore={() => void restore()}
      onClose={() => setWhat(null)}
    />
  ) : null;
  return { panel, open: setWhat, restore };
}
