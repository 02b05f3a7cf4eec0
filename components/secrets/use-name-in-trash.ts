"use client";

import { useState } from "react";
import type { SecretInfo } from "../../lib/shapes";
import { Problem, secretPath, send, type TrashedName } from "../api";
import { useSave, type Save } from "../use-save";
import { restoreSecret } from "./trash-secret";

export interface TakenName {
  /** The secret in the trash that has the name, as the last save said. */
  trashed: TrashedName | null;
  /** The same, once it is back. */
  restored: SecretInfo | null;
  /** Whether somebody has made another version current since. */
  isChangedSince: boolean;
  restoring: Save;
  restore: () => void;
  /** Gives the one that is back a new value. Where somebody was faster, what they made of it is `restored` then. */
  rotate: (restored: SecretInfo, value: string) => Promise<SecretInfo>;
  isPurging: boolean;
  /** Asks whether it is to be purged. */
  purge: () => void;
  stopPurging: () => void;
  /** Forgets it all: another name is typed. */
  reset: () => void;
}

/** What becomes of the secret in the trash that has the name of a new one. */
export function useNameInTrash(environment: string, save: Save, onRestored: () => void): TakenName {
  const [restored, setRestored] = useState<SecretInfo | null>(null);
  const [isChangedSince, setChangedSince] = useState(false);
  const [isPurging, setPurging] = useState(false);
  const restoring = useSave();
  const trashed = save.problem?.inTrash ?? null;

  async function restore() {
    if (restoring.busy || !trashed) return;
    await restoring.run(async () => {
      setRestored(await restoreSecret(environment, trashed.name));
      setChangedSince(false);
      save.reset();
      onRestored();
    });
  }

  async function rotate({ name, version }: SecretInfo, value: string) {
    try {
      const body = { value, expectedVersion: version };
      return await send<SecretInfo>("POST", secretPath(environment, name, "/versions"), body);
    } catch (error) {
      if (error instanceof Problem && error.code === "version_conflict") {
        setRestored(await send<SecretInfo>("GET", secretPath(environment, name)));
        setChangedSince(true);
      }
      throw error;
    }
  }

  function reset() {
    setRestored(null);
    restoring.reset();
    save.reset();
  }

  return {
    ...{ trashed, restored, isChangedSince, restoring, isPurging, rotate, reset },
    restore: () => void restore(),
    purge: () => setPurging(true),
    stopPurging: () => setPurging(false),
  };
}
