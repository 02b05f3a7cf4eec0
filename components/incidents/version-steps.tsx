"use client";

import { Flame, RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { IncidentStory, SecretInfo, VersionInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { RotateSecret } from "../secrets/rotate-secret";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { useToaster } from "../ui/toasts";
import { destroyUnder } from "./incident-calls";
import { lastDone, Step } from "./step";

interface VersionStepProps {
  story: IncidentStory;
  /** Null once it was purged. */
  secret: SecretInfo | null;
  versions: readonly VersionInfo[];
}

/** Rotate at once. */
export function RotateStep({ story, secret }: VersionStepProps) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const toaster = useToaster();
  const done = lastDone(story.events, "secrets.rotate");
  const isLost = secret?.unreadable === "lost";
  const canRotate = story.closedAt === null && (secret?.state === "active" || isLost);
  return (
    <Step
      title="Rotate"
      about={`Services get the new value with their next read. Nothing breaks while the new value works. ${isLost ? "Can't be undone: the version before was lost with the key." : "Can be undone: the version before stays until it is destroyed."}`}
      isDone={done !== undefined}
      last={done}
      says={
        done
          ? `Rotated to v${String(done.versions[0] ?? "")}.`
          : secret === null
            ? "The secret was purged: there is nothing to rotate."
            : secret.state === "trashed"
              ? "It is in the trash. Restore it to rotate it."
              : isLost
                ? `v${String(secret.version)} is current, and its value was lost with the key.`
                : `v${String(secret.version)} is current.`
      }
      action={
        canRotate ? (
          <Button
            tone={done ? "plain" : "primary"}
            icon={<RefreshCw aria-hidden size={16} />}
            onClick={() => setOpen(true)}
          >
            {done ? "Rotate again" : "Rotate"}
          </Button>
        ) : null
      }
    >
      {open && secret ? (
        <RotateSecret
          secret={secret}
          incident={story.id}
          onClose={() => setOpen(false)}
          onSaved={(saved) => {
            toaster.done(`Rotated ${saved.name} to v${String(saved.version)}`);
            router.refresh();
          }}
        />
      ) : null}
    </Step>
  );
}

/** Destroy the old versions, each by its number. */
export function DestroyStep({ story, secret, versions }: VersionStepProps) {
  const [asking, setAsking] = useState(false);
  const left = versions.filter(({ current, destroyedAt }) => !current && destroyedAt === null);
  const old = left.filter(({ lost }) => !lost);
  const lost = left.filter((version) => version.lost);
  const done = lastDone(story.events, "secrets.destroy");
  return (
    <Step
      title="Destroy the old versions"
      about="A service that may read versions by number could read the leaked one until then. References that name one fail from then on. Can't be undone: see first that services run with the new value."
      isDone={old.length === 0 && versions.length > 1}
      last={done}
      says={
        secret === null
          ? "The secret was purged, and every version with it."
          : old.length === 0
            ? versions.length > 1
              ? lost.length > 0
                ? `No old version can be read. ${lostWords(lost)}`
                : "Every old version is destroyed."
              : "There is no old version. Rotate first: the current one can't be destroyed."
            : `${many(old.length, "old version")} left: ${namesOf(old)}. ${lostWords(lost)}`
      }
      action={
        story.closedAt === null && old.length > 0 ? (
          <Button
            tone="risky"
            icon={<Flame aria-hidden size={16} />}
            onClick={() => setAsking(true)}
          >
            Destroy {many(old.length, "version")}
          </Button>
        ) : null
      }
    >
      {asking ? <Destroy story={story} old={old} onClose={() => setAsking(false)} /> : null}
    </Step>
  );
}

interface DestroyProps {
  story: IncidentStory;
  old: readonly VersionInfo[];
  onClose: () => void;
}

function Destroy({ story, old, onClose }: DestroyProps) {
  const router = useRouter();
  const toaster = useToaster();
  const rotated = lastDone(story.events, "secrets.rotate") !== undefined;
  // What was asked is what is done, whatever the page learns meanwhile.
  const [asked] = useState(old);

  async function destroy() {
    const destroyed: VersionInfo[] = [];
    try {
      for (const each of asked) {
        await destroyUnder(story, each.version);
        destroyed.push(each);
      }
      toaster.done(`Destroyed ${namesOf(asked)} of ${story.secret}`);
    } catch (error) {
      throw stopped(error, destroyed.length > 0 ? `${namesOf(destroyed)} destroyed.` : "");
    } finally {
      router.refresh();
    }
  }

  return (
    <Confirm
      title={`Destroy ${namesOf(asked)}?`}
      action="Destroy for good"
      busyAction="Destroying…"
      typed={story.secret}
      onConfirm={destroy}
      onClose={onClose}
    >
      <p>
        Their values are erased from the database. This can&apos;t be undone. The current version is
        not touched; references that ask for one of these by number fail from then on.
      </p>
      {rotated ? null : (
        <p className="font-strong">
          It was not rotated under this incident: the current version may be the one that leaked,
          and it stays.
        </p>
      )}
    </Confirm>
  );
}

/** What went wrong, after what was done before it, which stays done. */
export function stopped(error: unknown, done: string): unknown {
  if (!(error instanceof Problem) || done === "") return error;
  return new Problem(error.status, error.code, `${done} Then it stopped: ${error.message}`);
}

/** Those are no step: nothing of them is in this database. */
function lostWords(lost: readonly VersionInfo[]): string {
  if (lost.length === 0) return "";
  const were = lost.length === 1 ? "was" : "were";
  return `${namesOf(lost)} ${were} lost with the key, so there is no value to destroy.`;
}

function namesOf(versions: readonly VersionInfo[]): string {
  return versions.map(({ version }) => `v${String(version)}`).join(", ");
}
