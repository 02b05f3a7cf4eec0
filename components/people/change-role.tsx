"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { PersonInfo } from "../../lib/shapes";
import { Confirm } from "../ui/confirm";
import { useToaster } from "../ui/toasts";
import { updatePerson } from "./people-calls";
import { RoleChoice } from "./role-choice";

interface ChangeRoleProps {
  person: PersonInfo;
  isOwn: boolean;
  onClose: () => void;
}

/** Gives somebody another role. */
export function ChangeRole({ person, isOwn, onClose }: ChangeRoleProps) {
  const router = useRouter();
  const toaster = useToaster();
  const [role, setRole] = useState(person.role);
  return (
    <Confirm
      title={`Change the role of ${person.name}`}
      tone="primary"
      action="Change role"
      busyAction="Changing…"
      onClose={onClose}
      onConfirm={async () => {
        if (role === person.role) return;
        await updatePerson(person.id, { role });
        toaster.done(`${person.name} is now ${role}`);
        router.refresh();
      }}
    >
      <RoleChoice value={role} onChange={setRole} />
      <p className="text-muted">
        {isOwn
          ? "This is your own role. You are signed out at once, and sign in again with the new one."
          : "Their sessions end with the next request. They sign in again with the same password."}
      </p>
    </Confirm>
  );
}
