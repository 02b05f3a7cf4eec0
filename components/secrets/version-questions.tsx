"use client";

import type { SecretInfo } from "../../lib/shapes";
import { Confirm } from "../ui/confirm";
import { WhoUses } from "./who-uses";

interface QuestionProps {
  secret: SecretInfo;
  version: number;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before another version becomes current: who gets it, and that it can be undone. */
export function ActivateVersion({ secret, version, onConfirm, onClose }: QuestionProps) {
  return (
    <Confirm
      title={`Make v${String(version)} current?`}
      action="Make current"
      busyAction="Working…"
      tone="primary"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        v{secret.version} is current now. It stays, and you can make it current again. v{version}{" "}
        has the value that it always had.
      </p>
      <WhoUses
        environment={secret.environment}
        name={secret.name}
        lead={`These services get v${String(version)} with their next read:`}
        none="No read of it is on record, so no running service is known to depend on it."
      />
    </Confirm>
  );
}

/** Asks before a version's value is erased for good. */
export function DestroyVersion({ secret, version, onConfirm, onClose }: QuestionProps) {
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
