import { randomBytes } from "node:crypto";
import type { Origin } from "../access/caller";
import { CofferError } from "../errors";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { hashJti, sessionUser } from "./sessions";
import { noteSignIn, type UserRow } from "./user-row";
import type { SessionClaims } from "./vault";

/** How somebody has shown who they are. */
export interface SignIn {
  origin: Origin;
  /** `password`, or `oidc:` and the name of the provider in the configuration. */
  method: string;
  /** When they showed it; null if the provider did not say, so that sensitive actions ask again. */
  confirmedAt: Date | null;
  /** What the record says that they signed in with, beside who they are. */
  target?: string;
  /** What must be done with the sign-in or not at all, such as using up a code. Its answer goes on record. */
  also?: (tx: Db) => Promise<string | undefined>;
}

/**
 * Opens a session of a person who has shown who they are.
 * @throws CofferError `sign_in_failed` where the password or the person changed while it was checked
 */
export async function openSession(
  door: Door,
  user: UserRow,
  { origin, method, confirmedAt, target, also }: SignIn,
): Promise<SessionClaims> {
  const at = door.now();
  const jti = randomBytes(32).toString("base64url");
  const claims = { userId: user.id, jti, epoch: user.epoch };
  const session = {
    ...{ jtiHash: hashJti(jti), userId: user.id, method, confirmedAt },
    ...{ address: origin.address, userAgent: origin.userAgent.slice(0, 256) },
    ...{ createdAt: at, lastSeenAt: at },
  };
  await door.journal.commit(async (tx, note) => {
    if (!(await noteSignIn(tx, user, at))) throw signInFailed();
    const code = await also?.(tx);
    await tx.session.create({ data: session });
    const caller = sessionUser({ ...session, user }, origin, { now: at, requireTwoStep: false });
    note({ caller, action: "sign_in", target, outcome: "ok", code });
  });
  return claims;
}

/** The one answer to every sign-in that fails. */
export function signInFailed(): CofferError {
  return new CofferError("sign_in_failed", "E-mail or password is not right.");
}
