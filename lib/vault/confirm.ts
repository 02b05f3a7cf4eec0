import { verifyPassword } from "../crypto/password";
import { CofferError } from "../errors";
import type { UserCaller } from "../access/caller";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { wrongCode, type SecondFactors } from "./second-factor";
import { sessionOf } from "./sessions";
import type { Bucket } from "./throttle";
import { findUser } from "./user-row";

/** The password or a code. */
export type Proof = { password: string } | { code: string };

/**
 * Notes in the caller's session that it is them who ask. Raises no Revision: nobody gets anything by it that
 * they may not have.
 * @throws CofferError `wrong_password`, `wrong_code`, `too_many_attempts`
 */
export async function confirm(
  door: Door,
  factors: SecondFactors,
  caller: UserCaller,
  proof: Proof,
): Promise<void> {
  const attempt = { action: "account.confirm", target: caller.email };
  return door.prepare(caller, attempt, async () => {
    const user = await findUser(door, door.store.db, caller.id);
    return door.throttle.during(passwordBuckets(caller.id, caller.sessionId), async () => {
      if ("password" in proof && !(await verifyPassword(user.passwordHash, proof.password))) {
        throw wrongPassword("/password");
      }
      await door.journal.commit(async (tx, note) => {
        const remark = "code" in proof ? await useCode(door, factors, tx, caller, proof.code) : {};
        const { jtiHash } = await sessionOf(tx, caller, door.now());
        await tx.session.update({ where: { jtiHash }, data: { confirmedAt: door.now() } });
        note({ caller, ...attempt, outcome: "ok", ...remark });
      });
    });
  });
}

/** Uses a code of the factor that is in force now. What it was goes on record, as at a sign-in. */
async function useCode(
  door: Door,
  factors: SecondFactors,
  tx: Db,
  caller: UserCaller,
  code: string,
): Promise<{ code?: string }> {
  const user = await findUser(door, tx, caller.id);
  if (user.totp === null) throw wrongCode();
  const factor = await factors.use(tx, user, code);
  return factor === "recovery_code" ? { code: factor } : {};
}

/**
 * What wrong passwords and codes of somebody who is signed in are counted for: the session, so that the thief of
 * one can't keep its owner from confirming in another.
 */
export function passwordBuckets(userId: string, sessionId: string): Bucket[] {
  return [{ kind: "password", id: `${userId} ${sessionId}` }];
}

/** The error for a password that is not the one of who is signed in. */
export function wrongPassword(pointer: string): CofferError {
  return new CofferError("wrong_password", "This is not your current password.", {
    details: { errors: [{ pointer, message: "is not your current password" }] },
  });
}
