"use client";

import { useRouter } from "next/navigation";
import type { PersonInfo } from "../../lib/shapes";
import { Problem } from "../api";
import { Confirm } from "../ui/confirm";
import { useToaster } from "../ui/toasts";
import { ChangeRole } from "./change-role";
import { NewLink } from "./new-link";
import { PEOPLE } from "./people-url";
import { removePerson, resetTwoStep, updatePerson } from "./people-calls";

export type Asked = "role" | "link" | "two-step" | "disable" | "remove";

interface PersonDialogsProps {
  person: PersonInfo;
  asked: Asked;
  isOwn: boolean;
  onClose: () => void;
}

/** What is asked before something is done to somebody. */
export function PersonDialogs({ person, asked, isOwn, onClose }: PersonDialogsProps) {
  switch (asked) {
    case "role":
      return <ChangeRole person={person} isOwn={isOwn} onClose={onClose} />;
    case "link":
      return <NewLink person={person} onClose={onClose} />;
    case "two-step":
      return <ResetTwoStep person={person} isOwn={isOwn} onClose={onClose} />;
    case "disable":
      return <Disable person={person} isOwn={isOwn} onClose={onClose} />;
    case "remove":
      return <Remove person={person} isOwn={isOwn} onClose={onClose} />;
  }
}

/** Lets somebody who was disabled sign in again. */
export function useEnable(): (person: PersonInfo) => Promise<void> {
  const router = useRouter();
  const toaster = useToaster();
  return async (person) => {
    try {
      await updatePerson(person.id, { disabled: false });
      toaster.done(`Enabled ${person.name}`);
      router.refresh();
    } catch (error) {
      toaster.trouble(
        error instanceof Problem ? error.message : `${person.name} was not enabled. Try again.`,
      );
    }
  };
}

function Disable({ person, isOwn, onClose }: Omit<PersonDialogsProps, "asked">) {
  const router = useRouter();
  const toaster = useToaster();
  const enable = useEnable();
  return (
    <Confirm
      title={`Disable ${person.name}?`}
      action="Disable"
      busyAction="Disabling…"
      onClose={onClose}
      onConfirm={async () => {
        await updatePerson(person.id, { disabled: true });
        toaster.done(`Disabled ${person.name}`, () => void enable(person));
        router.refresh();
      }}
    >
      <p>
        {isOwn ? "This is you: you are signed out at once. " : "Their sessions end at once. "}
        {person.email} can&apos;t sign in, and a link that was made for them stops working. Enable
        them at any time: they sign in with the same password.
      </p>
      <p className="text-muted">Secrets, services and tokens that they made are not touched.</p>
    </Confirm>
  );
}

function ResetTwoStep({ person, isOwn, onClose }: Omit<PersonDialogsProps, "asked">) {
  const router = useRouter();
  const toaster = useToaster();
  return (
    <Confirm
      title={`Take away the second factor of ${person.name}?`}
      action="Take away"
      busyAction="Taking away…"
      onClose={onClose}
      onConfirm={async () => {
        await resetTwoStep(person.id);
        toaster.done(`${person.name} signs in with the password alone`);
        router.refresh();
      }}
    >
      <p>
        For somebody who lost their authenticator app and their recovery codes. Make sure that it is{" "}
        {person.name} who asks.{" "}
        {isOwn ? "This is you: you are signed out at once." : "Their sessions end at once."} They
        sign in with the password alone until they set up another one.
      </p>
    </Confirm>
  );
}

function Remove({ person, isOwn, onClose }: Omit<PersonDialogsProps, "asked">) {
  const router = useRouter();
  const toaster = useToaster();
  return (
    <Confirm
      title={`Remove ${person.name}?`}
      action="Remove for good"
      busyAction="Removing…"
      typed={person.email}
      onClose={onClose}
      onConfirm={async () => {
        await removePerson(person.id);
        toaster.done(`Removed ${person.name}`);
        router.replace(PEOPLE); // they may be looked at on their own page, which is gone
        router.refresh();
      }}
    >
      <p>
        {isOwn ? "This is you: you are signed out at once. " : "Their sessions end at once. "}
        Their account and password are gone, which can&apos;t be undone; you can invite them again
        as somebody new. What they did stays on the audit record.
      </p>
      <p className="text-muted">Secrets, services and tokens that they made are not touched.</p>
    </Confirm>
  );
}
