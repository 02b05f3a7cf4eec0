import type { IncomingHttpHeaders } from "node:http";
import { sessionCookieOf } from "../auth/session";
import { CofferError } from "../errors";
import type { InstanceRole } from "../instance-role";
import type { Vault } from "../vault/vault";
import type { Route } from "./route";

/**
 * Refuses what the other half of Coffer is there for, before anything is looked up. The halves are told apart by
 * credentials and not by a list of routes, which could forget one: `console` takes no token, and `api` no session cookie, nor
 * what is open to people who have none yet.
 * @throws CofferError `other_role`
 */
export function requireOwnHalf(
  vault: Vault,
  role: InstanceRole,
  route: Route,
  { authorization, cookie }: IncomingHttpHeaders,
): void {
  if (role === "console" && authorization !== undefined) {
    throw new CofferError(
      "other_role",
      "This instance serves people in the console only (COFFER_ROLE=console). Send a service's calls to an instance whose COFFER_ROLE is api or all.",
    );
  }
  if (role === "api" && (route.open || sessionCookieOf(vault, cookie ?? null) !== null)) {
    throw new CofferError(
      "other_role",
      "This instance serves services only (COFFER_ROLE=api). Use the console at an instance whose COFFER_ROLE is console or all.",
    );
  }
}
