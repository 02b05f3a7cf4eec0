import type { Config } from "../config";
import { CofferError } from "../errors";
import type { PersonInfo, Role } from "../shapes";
import type { Db } from "../store/store";
import { demand, recordableId, type Door } from "./door";
import { isAdmin, issueLink, withdrawLinks } from "./links";
import {
  findUncheckedUser,
  findUser,
  insertUser,
  normalEmail,
  personInfo,
  requireAnAdmin,
  updateUserAndEndSessions,
  updateUser,
  type UserRow,
} from "./user-row";
import type { SecondFactors } from "./second-factor";
import { beginWith, operatorUserFunctions } from "./users-by-operator";
import type { Users } from "./vault";

/** People, as admins see and change them. Links lead to COFFER_URL and nowhere else. */
export function userFunctions(
  door: Door,
  factors: SecondFactors,
  { url: origin, providers }: Pick<Config, "url" | "providers">,
): Users {
  return {
    ...operatorUserFunctions(door, factors, { url: origin }),

    list: (caller) =>
      door.read(caller, { action: "users.list" }, async () => {
        demand(caller, "users.list");
        return { answer: await peopleInfo(door) };
      }),

    invite(caller, person) {
      const email = normalEmail(person.email);
      return door.change(caller, { action: "users.create", target: email }, async (tx) => {
        demand(caller, "users.create");
        if (caller.kind === "operator") await beginWith(tx, person.role, door.now());
        const row = await insertUser(door, tx, { ...person, passwordHash: null });
        const link = await issueLink(door, tx, row, { origin, maker: caller });
        return { answer: { user: personInfo(row, link.expiresAt), link }, code: row.role };
      });
    },

    update: (caller, id, changes) =>
      door.change(caller, { action: "users.update", target: recordableId(id) }, async (tx) => {
        demand(caller, "users.update");
        const old = await findUser(door, tx, id);
        const row = await change(door, tx, old, changes);
        if (old.role === "admin") await requireAnAdmin(door, tx, providers);
        const answer = personInfo(row, await linkExpiry(tx, id));
        return { answer, target: row.email, code: remark(old, row) };
      }),

    remove: (caller, id) =>
      door.change(caller, { action: "users.delete", target: recordableId(id) }, async (tx) => {
        demand(caller, "users.delete");
        const row = await findUncheckedUser(tx, id);
        await tx.user.delete({ where: { id } });
        if (row.role === "admin") await requireAnAdmin(door, tx, providers);
        return { answer: undefined, target: row.email };
      }),

    resetTwoStep: (caller, id) =>
      door.change(caller, { action: "users.two_step", target: recordableId(id) }, async (tx) => {
        demand(caller, "users.two_step");
        const user = await findUser(door, tx, id);
        await factors.remove(tx, user);
        await updateUserAndEndSessions(door, tx, { ...user, totp: null }, {});
        return { answer: undefined, target: user.email };
      }),

    makeLink: (caller, id) =>
      door.change(caller, { action: "users.link", target: recordableId(id) }, async (tx) => {
        demand(caller, "users.link");
        const row = await findUser(door, tx, id);
        if (row.disabledAt !== null) throw isDisabled();
        const link = await issueLink(door, tx, row, { origin, maker: caller });
        return { answer: link, target: row.email };
      }),
  };
}

/** Changes role and state. What takes rights away, or changes them, ends the sessions. */
async function change(
  door: Door,
  tx: Db,
  old: UserRow,
  { role = old.role as Role, disabled = old.disabledAt !== null }: Parameters<Users["update"]>[2],
): Promise<UserRow> {
  const disabledAt = disabled ? (old.disabledAt ?? door.now()) : null;
  const isNewlyDisabled = disabled && old.disabledAt === null;
  if (isNewlyDisabled) await withdrawLinks(tx, old.id);
  return role !== old.role || isNewlyDisabled
    ? updateUserAndEndSessions(door, tx, old, { role, disabledAt })
    : updateUser(door, tx, old, { disabledAt });
}

/** What the record says beside a change: the role that was given, and whether they may sign in at all. */
function remark(before: UserRow, after: UserRow): string {
  const isOut = after.disabledAt !== null;
  const changes: string[] = [];
  if (before.role !== after.role) changes.push(after.role);
  if ((before.disabledAt !== null) !== isOut) changes.push(isOut ? "disabled" : "enabled");
  return changes.join(" ");
}

/** Everybody. A row that was tampered with is told of as that, so that it can be removed. */
async function peopleInfo(door: Door): Promise<PersonInfo[]> {
  const { rows, store } = door;
  const people = await store.db.user.findMany({
    include: { links: { where: { consumedAt: null } } },
    orderBy: { email: "asc" },
  });
  const admins = new Set(people.filter((row) => isAdmin(door, row)).map(({ id }) => id));
  return people.map((row) => {
    const link = row.links.find(({ createdBy: by }) => by === null || admins.has(by));
    const info = personInfo(row, link?.expiresAt.toISOString() ?? null);
    return rows.isIntact("user", row) ? info : { ...info, state: "tampered" };
  });
}

async function linkExpiry(db: Db, userId: string): Promise<string | null> {
  const link = await db.oneTimeLink.findFirst({ where: { userId, consumedAt: null } });
  return link?.expiresAt.toISOString() ?? null;
}

function isDisabled(): CofferError {
  return new CofferError("user_disabled", "This person is disabled. Enable them first.");
}
