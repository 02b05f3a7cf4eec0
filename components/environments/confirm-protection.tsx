"use client";

import type { EnvironmentInfo } from "../../lib/shapes";
import { Confirm } from "../ui/confirm";
import { updateEnvironment } from "./environment-calls";

interface ConfirmProtectionProps {
  environment: EnvironmentInfo;
  onChanged: (isProtected: boolean) => void;
  onClose: () => void;
}

/** Asks before protection is put on or taken off, and says what that changes for whom. */
export function ConfirmProtection({ environment, onChanged, onClose }: ConfirmProtectionProps) {
  const { slug } = environment;
  async function turn(isProtected: boolean) {
    await updateEnvironment(slug, { protected: isProtected });
    onChanged(isProtected);
  }
  return environment.protected ? (
    <Confirm
      title={`Take the protection off ${slug}?`}
      action="Unprotect"
      busyAction="Unprotecting…"
      onConfirm={() => turn(false)}
      onClose={onClose}
    >
      <p>
        From the next request on, editors can create, rotate, change, trash and restore secrets in
        it, and services can write those that their rules let them.
      </p>
      <p className="text-muted">Nothing changes for admins and viewers, or for resolving.</p>
    </Confirm>
  ) : (
    <Confirm
      title={`Protect ${slug}?`}
      action="Protect"
      busyAction="Protecting…"
      tone="primary"
      onConfirm={() => turn(true)}
      onClose={onClose}
    >
      <p>
        From the next request on, only admins change its secrets. Editors can look and no more, and
        services that write to it are refused (403).
      </p>
      <p className="text-muted">
        Nothing changes for admins and viewers, or for resolving. You can take it off again.
      </p>
    </Confirm>
  );
}
