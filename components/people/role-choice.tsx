import { useId } from "react";
import type { Role } from "../../lib/shapes";
import { ROLES } from "./roles";

interface RoleChoiceProps {
  value: Role;
  onChange: (role: Role) => void;
}

/** The four roles, each with what it may do. */
export function RoleChoice({ value, onChange }: RoleChoiceProps) {
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 font-strong">Role</legend>
      <div className="divide-y divide-line rounded-md border">
        {ROLES.map(({ role, may }) => (
          <div key={role} className="flex gap-2.5 px-3 py-2">
            <input
              type="radio"
              id={`${id}-${role}`}
              name={id}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              aria-describedby={`${id}-${role}-may`}
              checked={value === role}
              onChange={() => onChange(role)}
            />
            <div className="min-w-0">
              <label htmlFor={`${id}-${role}`}>{role}</label>
              <p id={`${id}-${role}-may`} className="text-small text-muted">
                {may}
              </p>
            </div>
          </div>
        ))}
      </div>
      <p className="mt-1.5 text-small text-muted">No role ever sees a secret&apos;s value.</p>
    </fieldset>
  );
}
