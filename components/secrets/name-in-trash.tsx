"use client";

import { Eraser, RotateCcw } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import type { SecretInfo } from "../../lib/shapes";
import type { TrashedName } from "../api";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Notice, Trouble } from "../ui/notice";
import type { Permissions } from "./permissions";
import { PurgeTime } from "./purge-time";
import type { TakenName } from "./use-name-in-trash";
import { WhoUses } from "./who-uses";

interface NameInTrashProps extends Pick<TakenName, "restoring" | "restore" | "purge"> {
  trashed: TrashedName;
  can: Pick<Permissions, "restore" | "purge">;
}

/** Says that the name of a new secret is in the trash, and asks what is to become of the one there. */
export function NameInTrash({ trashed, can, restoring, restore, purge }: NameInTrashProps) {
  const { name, purgeAt } = trashed;
  return (
    <Told>
      <Notice
        tone="soon"
        title={<Named name={name}> is in the trash, so the name is taken</Named>}
        actions={
          <>
            {can.restore ? (
              <Button
                busy={restoring.busy}
                icon={<RotateCcw aria-hidden size={16} />}
                onClick={restore}
              >
                {restoring.busy ? "Restoring…" : "Restore the old one"}
              </Button>
            ) : null}
            {can.purge ? (
              <Button tone="risky" icon={<Eraser aria-hidden size={16} />} onClick={purge}>
                Purge it, create this one
              </Button>
            ) : null}
          </>
        }
      >
        Nothing was saved, and what you typed is still here. Take the old one back,
        {can.purge ? " purge it," : ""} or choose another name.
        {purgeAt ? (
          <>
            {" "}
            It is purged for good <PurgeTime at={purgeAt} />
            {can.purge ? "." : "; before that, only an admin can purge it."}
          </>
        ) : null}
      </Notice>
      <Trouble problem={restoring.problem} />
    </Told>
  );
}

interface PurgeAndCreateProps {
  environment: string;
  name: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before the secret in the trash is gone for good and the new one takes its name. */
export function PurgeAndCreate({ environment, name, onConfirm, onClose }: PurgeAndCreateProps) {
  return (
    <Confirm
      title={
        <>
          Purge the old <Named name={name} />, and create the new one?
        </>
      }
      action="Purge and create"
      busyAction="Working…"
      typed={name}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        Every version of the one in the trash is erased. This can&apos;t be undone. References to
        the name get the new value from then on, and its versions count on from the old ones.
      </p>
      <WhoUses
        environment={environment}
        name={name}
        lead="These services read the old one, and will get the new value if their rules allow:"
        none="No reads of the old one in the last 90 days."
      />
    </Confirm>
  );
}

interface RestoredProps {
  secret: SecretInfo;
  /** Whether somebody has made another version current since it is back. */
  isChangedSince: boolean;
}

/** Says that the old one is back, with which value, and that what was typed is not saved. */
export function Restored({ secret: { name, version }, isChangedSince }: RestoredProps) {
  return (
    <Told>
      <Notice
        title={
          <Named name={name}>
            {isChangedSince
              ? " is back, and was given another value meanwhile"
              : " is back, with the value that it had"}
          </Named>
        }
      >
        v{version} is current
        {isChangedSince ? ". " : "; description, tags and dates are as they were. "}
        The value that you typed is not saved: make it the next version, or leave{" "}
        {isChangedSince ? "the one that is there" : "the old one"}.
      </Notice>
    </Told>
  );
}

function Named({ name, children }: { name: string; children?: ReactNode }) {
  return (
    <>
      <span className="mono break-all">{name}</span>
      {children}
    </>
  );
}

/** Takes focus when it comes up: it stands above where the reader was. */
function Told({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div
      ref={box}
      role="group"
      aria-label="The old secret"
      tabIndex={-1}
      className="flex flex-col gap-3 outline-none"
    >
      {children}
    </div>
  );
}
