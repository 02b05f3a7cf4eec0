import type { Caller, UserCaller } from "../access/caller";
import { verifyPassword } from "../crypto/password";
import { CofferError } from "../errors";
import type { AccountInfo } from "../shapes";
import { demand, type Door } from "./door";
import { withdrawLinks } from "./links";
import { acceptPassword } from "./new-password";
import { liveSessions, sessionInfo } from "./sessions";
import { findUser, updateUser, updateUserAndEndSessions, userInfo, type UserRow } from "./user-row";
import type { Account } from "./vault";

/** What people do for themselves. Whose account it is comes from the session and from nothing else. */
export function accountFunctions(door: Door): Account {
  const { db } = door.store;

  return {
    get: (caller) =>
      door.read(caller, about(caller, "account.read"), async () => {
        const { id } = person(caller);
        return { answer: accountInfo(await findUser(door, db, id)) };
      }),

    rename: (caller, name) =>
      door.change(caller, about(caller, "account.update"), async (tx) => {
        const old = await findUser(door, tx, person(caller).id);
        return { answer: accountInfo(await updateUser(door, tx, old, { name })) };
      }),

    changePassword: (caller, current, password) =>
      changePassword(door, caller, { current, password }),

    sessions: (caller) =>
      door.read(caller, about(caller, "sessions.list"), async () => {
        const { id, sessionId } = person(caller);
        const rows = await liveSessions(db, id, door.now());
        return { answer: rows.map((row) => sessionInfo(row, sessionId)) };
      }),

    endSession: (caller, id) =>
      door.change(caller, about(caller, "sessions.end"), async (tx) => {
        const { id: userId, sessionId } = person(caller);
        const rows = await liveSessions(tx, userId, door.now());
        const row = rows.find((each) => sessionInfo(each, sessionId).id === id);
        if (!row)
          throw new CofferError("not_found", "You have no such session. It may have ended.");
        const { jtiHash } = row;
        await tx.session.update({ where: { jtiHash }, data: { endedAt: door.now() } });
        return { answer: undefined };
      }),

    endOtherSessions: (caller) =>
      door.change(caller, about(caller, "sessions.end_others"), async (tx) => {
        const { id: userId, sessionId } = person(caller);
        const rows = await liveSessions(tx, userId, door.now());
        const others = rows.filter((row) => !sessionInfo(row, sessionId).current);
        await tx.session.updateMany({
          where: { jtiHash: { in: others.map(({ jtiHash }) => jtiHash) } },
          data: { endedAt: door.now() },
        });
        return { answer: undefined };
      }),
  };
}

/** Ends every session, the present one too: the epoch in its cookie is the old one. */
async function changePassword(
  door: Door,
  caller: Caller,
  { current, password }: { current: string; password: string },
): Promise<void> {
  const attempt = about(caller, "account.password");
  const checked = await door.prepare(caller, attempt, async () => {
    const user = await findUser(door, door.store.db, person(caller).id);
    if (!(await verifyPassword(user.passwordHash, current))) throw wrongPassword();
    return { old: user.passwordHash, new: await acceptPassword({ email: user.email, password }) };
  });
  await door.change(caller, attempt, async (tx) => {
    const user = await findUser(door, tx, person(caller).id);
    if (user.passwordHash !== checked.old) throw wrongPassword(); // another change was faster
    await withdrawLinks(tx, user.id);
    await updateUserAndEndSessions(door, tx, user, { passwordHash: checked.new });
    return { answer: undefined };
  });
}

/** @throws CofferError `unauthenticated`, `forbidden` */
function person(caller: Caller): UserCaller {
  demand(caller, "account");
  if (caller.kind !== "user") throw new TypeError("Only people have an account.");
  return caller;
}

function about(caller: Caller, action: string): { action: string; target: string | undefined } {
  return { action, target: caller.kind === "user" ? caller.email : undefined };
}

function accountInfo(row: UserRow): AccountInfo {
  return {
    ...userInfo(row),
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  };
}

function wrongPassword(): CofferError {
  return new CofferError("wrong_password", "This is not your current password.", {
    details: { errors: [{ pointer: "/current", message: "is not your current password" }] },
  });
}
