import type { LinkInfo, PersonInfo, PolicyInfo, Role } from "../../lib/shapes";
import { send } from "../api";

export interface Invitation {
  email: string;
  name: string;
  role: Role;
}

/** Invites somebody. The link is in this answer and nowhere else. */
export function invite(person: Invitation): Promise<{ user: PersonInfo; link: LinkInfo }> {
  return send("POST", "/users", person);
}

/** Changes what `patch` names and nothing else. */
export function updatePerson(
  id: string,
  patch: { role?: Role; disabled?: boolean },
): Promise<PersonInfo> {
  return send("PATCH", `/users/${encodeURIComponent(id)}`, patch);
}

export function removePerson(id: string): Promise<void> {
  return send("DELETE", `/users/${encodeURIComponent(id)}`);
}

/** Takes somebody's second factor away, and ends their sessions. */
export function resetTwoStep(id: string): Promise<void> {
  return send("DELETE", `/users/${encodeURIComponent(id)}/two-step`);
}

export function updatePolicy(policy: PolicyInfo): Promise<PolicyInfo> {
  return send("PATCH", "/policy", policy);
}

/** A new invitation, or a link to reset the password. The one before it ends. */
export function makeLink(id: string): Promise<LinkInfo> {
  return send("POST", `/users/${encodeURIComponent(id)}/link`);
}
