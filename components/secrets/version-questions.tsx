"use client";

import { useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Problem, secretPath, send } from "../api";
import { Confirm } from "../ui/confirm";
import { WhoUses } from "./who-uses";

interface ActivateProps {
  /** As the page showed it: its version is the one that is to be replaced. */
  secret: SecretInfo;
  version: number;
  /** Gets the version that the reader knows as the current one. */
  onConfirm: (expected: number) => Promise<void>;
  onClose: () => void;
}

/**
 * Asks before another version becomes current: who gets it, and that it can be undone. Where somebody was faster, it
 * says what they did, and asks again.
 */
export function ActivateVersion({ secret, version, onConfirm, onClose }: ActivateProps) {
  // What was asked about stays, whatever the page learns meanwhile.
  const [seen, setSeen] = useState(secret);
  const [again, setAgain] = useState(false);

  async function confirm() {
    try {
      await onConfirm(seen.version);
    } catch (error) {
      if (!(error instanceof Problem && error.code === "version_conflict")) throw error;
      const now = await send<SecretInfo>("GET", secretPath(secret.environment, secret.name));
      setSeen(now);
      setAgain(true);
      throw new Problem(409, error.code, overtaken(seen, now, version));
    }
  }

  return (
    <Confirm
      title={`Make v${String(version)} current?`}
      action={again ? "Make current anyway" : "Make current"}
      busyAction="Working…"
      tone="primary"
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        v{seen.version} is current now. It stays, and you can make it current again. v{version} has
        the value that it always had.
      </p>
      <WhoUses
        environment={secret.environment}
        name={secret.name}
        lead={`These services get v${String(version)} with their next read:`}
        pinLead="These may ask for a version by number, and where they do nothing changes for them:"
        none="No reads in the last 90 days, so no running service is known to depend on it."
      />
    </Confirm>
  );
}

/** What somebody else did while the question was open, and how to go on. */
function overtaken(seen: SecretInfo, now: SecretInfo, wanted: number): string {
  const current = `v${String(now.version)}`;
  if (now.version === wanted)
    return `${current} is current already: somebody else was faster, and nothing is left to do. Cancel.`;
  const what =
    now.rotatedAt === seen.rotatedAt
      ? `Somebody made ${current} current meanwhile.`
      : `${now.rotatedBy} rotated it meanwhile: ${current} is current.`;
  return `${what} Nothing was changed by you. If theirs is the right value, cancel. To make v${String(wanted)} current all the same, confirm once more.`;
}

interface DestroyProps {
  secret: SecretInfo;
  version: number;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a version's value is erased for good. */
export function DestroyVersion({ secret, version, onConfirm, onClose }: DestroyProps) {
  return (
    <Confirm
      title={`Destroy v${String(version)}?`}
      action="Destroy for good"
      busyAction="Destroying…"
      typed={secret.name}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        The value of v{version} is erased from the database. This can&apos;t be undone. The current
        version, v{secret.version}, is not touched; a reference that asks for{" "}
        <span className="mono">@{version}</span> fails from then on.
      </p>
    </Confirm>
  );
}
