import type { Caller, UserCaller } from "../access/caller";
import { verifyPassword } from "../crypto/password";
import { CofferError } from "../errors";
import type { Provider } from "../provider";
import type { AccountInfo } from "../shapes";
import type { Db } from "../store/store";
import { confirm, passwordBuckets, wrongPassword } from "./confirm";
import { demand, type Door } from "./door";
import { withdrawLinks } from "./links";
import { acceptPassword } from "./new-password";
import { providersOf } from "./providers";
import { recoveryCodesLeft, type SecondFactors } from "./second-factor";
import { pruneSessions } from "./session-prune";
import { liveSessions, sessionInfo } from "./sessions";
import { findUser, updateUser, updateUserAndEndSessions, userInfo, type UserRow } from "./user-row";
import type { Account } from "./vault";

/** What people do for themselves. Whose account it is comes from the session and from nothing else. */
export function accountFunctions(
  door: Door,
  factors: SecondFactors,
  providers: readonly Provider[],
): Account {
  const { db } = door.store;
  const infoOf = async (tx: Db, row: UserRow): Promise<AccountInfo> => ({
    ...userInfo(row),
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    hasPassword: row.passwordHash !== null,
    providers: await providersOf(door, tx, providers, row.id),
    twoStep: row.totp !== null,
    recoveryCodesLeft: await recoveryCodesLeft(tx, row.id),
  });

  return {
    get: (caller) =>
      door.read(caller, about(caller, "account.read"), async () => {
        const { id } = person(caller);
        return { answer: await infoOf(db, await findUser(door, db, id)) };
      }),

    rename: (caller, name) =>
      door.change(caller, about(caller, "account.update"), async (tx) => {
        const old = await findUser(door, tx, person(caller).id);
        return { answer: await infoOf(tx, await updateUser(door, tx, old, { name })) };
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
        await endOtherSessions(tx, person(caller), door.now());
        return { answer: undefined };
      }),

    pruneSessions: (caller) => pruneSessions(door, caller),

    async confirm(caller, proof) {
      const attempt = about(caller, "account.confirm");
      const who = await door.prepare(caller, attempt, () => Promise.resolve(person(caller)));
      await confirm(door, factors, who, proof);
    },

    beginTwoStep: (caller) =>
      door.change(caller, about(caller, "two_step.begin"), async (tx) => {
        const user = await findUser(door, tx, secured(caller).id);
        return { answer: await factors.begin(tx, user) };
      }),

    enableTwoStep: (caller, code) =>
      door.change(caller, about(caller, "two_step.enable"), async (tx) => {
        const who = secured(caller);
        const recoveryCodes = await factors.enable(tx, await findUser(door, tx, who.id), code);
        await endOtherSessions(tx, who, door.now());
        return { answer: { recoveryCodes } };
      }),

    disableTwoStep: (caller) =>
      door.change(caller, about(caller, "two_step.disable"), async (tx) => {
        await factors.remove(tx, await findUser(door, tx, secured(caller).id));
        return { answer: undefined };
      }),

    newRecoveryCodes: (caller) =>
      door.change(caller, about(caller, "two_step.recovery_codes"), async (tx) => {
        const user = await findUser(door, tx, secured(caller).id);
        if (user.totp === null) {
          throw new CofferError("not_found", "You have no second factor that these would be for.");
        }
        return { answer: { recoveryCodes: await factors.replaceRecoveryCodes(tx, user.id) } };
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
    const { id, sessionId } = person(caller);
    const user = await findUser(door, door.store.db, id);
    await door.throttle.during(passwordBuckets(id, sessionId), async () => {
      if (!(await verifyPassword(user.passwordHash, current))) throw wrongPassword("/current");
    });
    return { old: user.passwordHash, new: await acceptPassword({ email: user.email, password }) };
  });
  await door.change(caller, attempt, async (tx) => {
    const user = await findUser(door, tx, person(caller).id);
    if (user.passwordHash !== checked.old) throw wrongPassword("/current"); // another change was faster
    await withdrawLinks(tx, user.id);
    await updateUserAndEndSessions(door, tx, user, { passwordHash: checked.new });
    return { answer: undefined };
  });
}

async function endOtherSessions(tx: Db, caller: UserCaller, now: Date): Promise<void> {
  const rows = await liveSessions(tx, caller.id, now);
  const others = rows.filter((row) => !sessionInfo(row, caller.sessionId).current);
  await tx.session.updateMany({
    where: { jtiHash: { in: others.map(({ jtiHash }) => jtiHash) } },
    data: { endedAt: now },
  });
}

/** @throws CofferError `unauthenticated`, `forbidden`, `confirmation_required` */
function secured(caller: Caller): UserCaller {
  demand(caller, "account.secure");
  return person(caller);
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
