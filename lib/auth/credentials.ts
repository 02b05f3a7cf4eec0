import type { IncomingHttpHeaders } from "node:http";
import type { Caller, Origin } from "../access/caller";
import { CofferError } from "../errors";
import type { Tier } from "../vault/rates";
import type { Vault } from "../vault/vault";
import { sessionCaller, sessionCookieOf } from "./session";

/**
 * Who sends a request of that tier: a service by its token, a person by the session cookie, or nobody.
 * @throws CofferError `ambiguous_credentials` for both at once; what `callerOfToken` throws for a bad token
 */
export async function authenticate(
  vault: Vault,
  headers: IncomingHttpHeaders,
  origin: Origin,
  tier: Tier,
): Promise<Caller> {
  const { authorization, cookie = null } = headers;
  const hasSession = sessionCookieOf(vault, cookie) !== null;
  if (authorization === undefined) {
    const person = hasSession ? await sessionCaller(vault, cookie, origin) : null;
    return person ?? { kind: "nobody", origin };
  }
  if (hasSession) {
    throw new CofferError(
      "ambiguous_credentials",
      "The request has a session cookie and a token. Send one of them.",
    );
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new CofferError("invalid_token", "Send the token as `Authorization: Bearer cfr_…`.");
  }
  return vault.callerOfToken(token, origin, tier);
}
