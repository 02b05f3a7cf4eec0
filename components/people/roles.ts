import type { Role } from "../../lib/shapes";

/** The roles in words, from the one that may the most. None of them ever sees a value. */
export const ROLES: readonly { role: Role; may: string }[] = [
  {
    role: "admin",
    may: "Everything but seeing values: secrets, services and their tokens, people.",
  },
  {
    role: "editor",
    may: "Creates, rotates and describes secrets, not in protected environments.",
  },
  { role: "viewer", may: "Sees which secrets there are and what is known of them." },
  { role: "auditor", may: "Sees what a viewer sees, and reads the audit record." },
];

/** What a role may do, in a sentence. */
export function roleInWords(role: Role): string {
  return ROLES.find((each) => each.role === role)?.may ?? "";
}
