"use client";

import type { SecretInfo } from "../../lib/shapes";
import { secretPath, send } from "../api";
import { Confirm } from "../ui/confirm";
import { WhoUses } from "./who-uses";

interface RemovalProps {
  secret: SecretInfo;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before a secret goes to the trash: who used it, what fails, and that it can come back. */
export function TrashSecret({ secret, onDone, onClose }: RemovalProps) {
  return (
    <Confirm
      title={
        <>
          Move <span className="mono break-all">{secret.name}</span> to the trash?
        </>
      }
      action="Move to trash"
      busyAction="Moving…"
      onClose={onClose}
      onConfirm={async () => {
        await send("DELETE", secretPath(secret.environment, secret.name));
        onDone();
      }}
    >
      <p>
        From the next request on, every config that refers to it fails to resolve (422) instead of
        getting a value. It can be restored from the trash, with all its versions.
      </p>
      <WhoUses
        environment={secret.environment}
        name={secret.name}
        lead="These services used it, and will fail:"
        none="No reads in the last 90 days."
      />
    </Confirm>
  );
}

/** Asks before a secret is gone for good. */
export function PurgeSecret({ secret, onDone, onClose }: RemovalProps) {
  return (
    <Confirm
      title={
        <>
          Purge <span className="mono break-all">{secret.name}</span>?
        </>
      }
      action="Purge for good"
      busyAction="Purging…"
      typed={secret.name}
      onClose={onClose}
      onConfirm={async () => {
        await send("DELETE", secretPath(secret.environment, secret.name, "", "&purge=true"));
        onDone();
      }}
    >
      <p>
        Every version is erased from the database. This can&apos;t be undone: if the value is needed
        again, it has to come from where it came from first. What is on the audit record stays.
      </p>
    </Confirm>
  );
}

/** Brings a secret back from the trash. */
export function restoreSecret(environment: string, name: string): Promise<SecretInfo> {
  return send<SecretInfo>("POST", secretPath(environment, name, "/restore"));
}
