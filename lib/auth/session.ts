import { decode, type JWT } from "next-auth/jwt";
import type { Origin, UserCaller } from "../access/caller";
import type { SessionClaims, Vault } from "../vault/vault";

/** What a session cookie is called. next-auth's names, so that its own routes find it. */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Secure-next-auth.session-token" : "next-auth.session-token";
}

/** The session cookie of a request, or null. */
export function sessionCookieOf(vault: Vault, cookieHeader: string | null): string | null {
  const name = sessionCookieName(vault.sessionCookie().secure);
  for (const pair of cookieHeader?.split(";") ?? []) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value) return value;
  }
  return null;
}

/** What the session cookie of a request claims, or null if there is none that Coffer made. */
export async function sessionClaims(
  vault: Vault,
  cookieHeader: string | null,
): Promise<SessionClaims | null> {
  const token = sessionCookieOf(vault, cookieHeader);
  if (token === null) return null;
  const jwt = await decode({ token, secret: vault.sessionCookie().key }).catch(() => null);
  return jwt && claimsOf(jwt);
}

/** The person who is signed in, or null. Reads the claims from the cookie and everything else from the vault. */
export async function sessionCaller(
  vault: Vault,
  cookieHeader: string | null,
  origin: Origin,
): Promise<UserCaller | null> {
  const claims = await sessionClaims(vault, cookieHeader);
  const caller = claims && (await vault.callerOfSession(claims, origin));
  return caller?.kind === "user" ? caller : null;
}

/**
 * A session's claims in next-auth's token, or null in one that is not Coffer's. The session's id is `sid`
 * there, because next-auth writes a `jti` of its own each time it encodes.
 */
function claimsOf(jwt: JWT): SessionClaims | null {
  const { sub, sid, epoch } = jwt as { sub?: unknown; sid?: unknown; epoch?: unknown };
  if (typeof sub !== "string" || typeof sid !== "string" || typeof epoch !== "number") return null;
  return { userId: sub, jti: sid, epoch };
}
