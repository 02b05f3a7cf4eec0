import { randomUUID } from "node:crypto";
import { CofferError } from "../errors";
import type { Provider } from "../provider";
import type { PersonInfo, Role, UserInfo } from "../shapes";
import { sought } from "../store/sought";
import { isUniqueViolation, type Db } from "../store/store";
import type { Door } from "./door";

/** A person as stored. Rows of people are made and changed by the functions of this file only. */
export interface UserRow {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  role: string;
  disabledAt: Date | null;
  epoch: number;
  createdAt: Date;
  lastSignInAt: Date | null;
  totp: string | null;
  totpPending: string | null;
  totpStep: number;
  mac: string;
}

/** E-mail addresses are compared without regard to case and surrounding blanks. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** @throws CofferError `not_found`, `tampered` */
export async function findUser({ rows }: Door, db: Db, id: string): Promise<UserRow> {
  return rows.checked("user", await findUncheckedUser(db, id));
}

/** The row as it is in the database: enough to remove it. @throws CofferError `not_found` */
export async function findUncheckedUser(db: Db, id: string): Promise<UserRow> {
  const row = await db.user.findUnique({ where: { id: sought(id) } });
  if (row) return row;
  throw new CofferError("not_found", "There is no such person. They may have been removed.");
}

/** @throws CofferError `already_exists` */
export async function insertUser(
  door: Door,
  tx: Db,
  person: { email: string; name: string; role: Role; passwordHash: string | null },
): Promise<UserRow> {
  const { name, role, passwordHash } = person;
  const email = normalEmail(person.email);
  const data = door.rows.sealed("user", {
    ...{ id: randomUUID(), email, name, role, passwordHash },
    ...{ disabledAt: null, epoch: 1, totp: null, createdAt: door.now() },
  });
  try {
    return await tx.user.create({ data });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new CofferError("already_exists", `There is a person with the e-mail ${email} already.`, {
      details: { errors: [{ pointer: "/email", message: "belongs to somebody already" }] },
    });
  }
}

type UserChanges = Partial<Pick<UserRow, "name" | "role" | "passwordHash" | "disabledAt" | "totp">>;

/** Changes a person, and leaves their sessions as they are. */
export function updateUser(
  { rows }: Door,
  tx: Db,
  old: UserRow,
  changes: UserChanges,
): Promise<UserRow> {
  return tx.user.update({ where: { id: old.id }, data: rows.changed("user", old, changes) });
}

/** Changes a person and ends every session of theirs, one that is being opened at this moment too. */
export async function updateUserAndEndSessions(
  door: Door,
  tx: Db,
  old: UserRow,
  changes: UserChanges,
): Promise<UserRow> {
  const where = { userId: old.id, endedAt: null };
  await tx.session.updateMany({ where, data: { endedAt: door.now() } });
  const data = door.rows.changed("user", old, { ...changes, epoch: old.epoch + 1 });
  return tx.user.update({ where: { id: old.id }, data });
}

/**
 * Notes a sign-in. False where the person is no longer as they were when it was checked who they are: disabled,
 * removed, with another password, another epoch, or a second factor that was not asked for.
 */
export async function noteSignIn(tx: Db, user: UserRow, now: Date): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id: user.id, mac: user.mac, disabledAt: null },
    data: { lastSignInAt: now },
  });
  return count === 1;
}

/** Whoever has never had anything to sign in with is still invited. The row must be intact. */
export function userState(row: UserRow): Exclude<PersonInfo["state"], "tampered"> {
  if (row.disabledAt !== null) return "disabled";
  return row.passwordHash === null && row.lastSignInAt === null ? "invited" : "active";
}

/** A person as admins see them; when their link expires, if they have one. */
export function personInfo(row: UserRow, linkExpiresAt: string | null): PersonInfo {
  return {
    ...userInfo(row),
    state: userState(row),
    twoStep: row.totp !== null,
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    linkExpiresAt,
  };
}

/** A person as anybody may know them. */
export function userInfo({ id, email, name, role }: UserRow): UserInfo {
  return { id, email, name, role: role as Role };
}

/**
 * To be asked at the end of what takes something from an admin. Who has neither a password nor one of `providers` to
 * sign in by counts for none, whatever they once had.
 * @throws CofferError `last_admin` if no admin is left who can sign in
 */
export async function requireAnAdmin(
  { rows }: Door,
  tx: Db,
  providers: readonly Provider[],
): Promise<void> {
  const admins = await tx.user.findMany({
    where: { role: "admin", disabledAt: null },
    include: { identities: true },
  });
  const issuers = new Set(providers.map(({ issuer }) => issuer));
  const canSignIn = admins.some(
    ({ identities, ...row }) =>
      rows.isIntact("user", row) &&
      (row.passwordHash !== null ||
        identities.some((each) => issuers.has(each.issuer) && rows.isIntact("identity", each))),
  );
  if (canSignIn) return;
  throw new CofferError(
    "last_admin",
    "This is the last admin who can sign in. Make somebody else an admin first.",
  );
}
