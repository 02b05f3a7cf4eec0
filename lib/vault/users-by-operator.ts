import type { Config } from "../config";
import { CofferError } from "../errors";
import type { LinkInfo, PersonInfo } from "../shapes";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { endSetup, needsSetup } from "./first-run";
import { issueLink, withdrawLinks } from "./links";
import { acceptPassword } from "./new-password";
import type { SecondFactors } from "./second-factor";
import {
  findUser,
  insertUser,
  normalEmail,
  personInfo,
  updateUserAndEndSessions,
  type UserRow,
} from "./user-row";
import type { Users } from "./vault";

/** What the operator does with people, at the terminal: for when nobody can let anybody in any more. */
export function operatorUserFunctions(
  door: Door,
  factors: SecondFactors,
  { url: origin }: Pick<Config, "url">,
): Pick<Users, "add" | "reset"> {
  return {
    async add(caller, { email: typed, name, role, password }) {
      const email = normalEmail(typed);
      const attempt = { action: "users.create", target: email };
      const passwordHash = await door.prepare(caller, attempt, () => {
        demand(caller, "users.password"); // before the work of hashing
        return acceptPassword({ email, password });
      });
      return door.change(caller, attempt, async (tx) => {
        demand(caller, "users.create");
        await beginWith(tx, role, door.now());
        const row = await insertUser(door, tx, { email, name, role, passwordHash });
        return { answer: personInfo(row, null), code: row.role };
      });
    },

    async reset(caller, typed, { password, twoStep }) {
      const email = normalEmail(typed);
      const attempt = { action: "users.password", target: email };
      const passwordHash = await door.prepare(caller, attempt, async () => {
        demand(caller, "users.password");
        return password === undefined ? undefined : acceptPassword({ email, password });
      });
      return door.change(caller, attempt, async (tx) => {
        demand(caller, "users.password");
        const old = await findByEmail(door, tx, email);
        if (twoStep) await factors.remove(tx, old);
        await withdrawLinks(tx, old.id);
        const row = await updateUserAndEndSessions(door, tx, old, {
          ...(twoStep && { totp: null }),
          ...(passwordHash !== undefined && { passwordHash }),
        });
        const link =
          passwordHash === undefined
            ? await issueLink(door, tx, row, { origin, maker: caller })
            : null;
        return { answer: answerOf(row, link), code: twoStep ? "two_step" : "" };
      });
    },
  };
}

function answerOf(
  row: UserRow,
  link: LinkInfo | null,
): { user: PersonInfo; link: LinkInfo | null } {
  return { user: personInfo(row, link?.expiresAt ?? null), link };
}

/** @throws CofferError `not_found`, `tampered`, `user_disabled` */
async function findByEmail(door: Door, tx: Db, email: string): Promise<UserRow> {
  const found = await tx.user.findUnique({ where: { email } });
  if (!found) throw new CofferError("not_found", `There is nobody with the e-mail ${email}.`);
  const row = await findUser(door, tx, found.id);
  if (row.disabledAt === null) return row;
  throw new CofferError(
    "user_disabled",
    "This person is disabled, and a new password would change nothing. Have an admin enable them first.",
  );
}

/**
 * To be asked before the operator makes somebody: the first person takes the place of the setup link.
 * @throws CofferError `invalid_request` for a first person who could let nobody else in
 */
export async function beginWith(tx: Db, role: string, now: Date): Promise<void> {
  if (!(await needsSetup(tx))) return;
  if (role === "admin") return endSetup(tx, now);
  throw new CofferError(
    "invalid_request",
    "The first person has to be an admin: nobody else could let anybody in.",
  );
}
