import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import { hashLinkSecret, newLinkSecret } from "../crypto/token";
import { CofferError } from "../errors";
import type { LinkInfo, UserInfo } from "../shapes";
import type { Db } from "../store/store";
import type { Door } from "./door";
import { acceptPassword } from "./new-password";
import { updateUserAndEndSessions, userInfo, userState, type UserRow } from "./user-row";

const HOUR_MS = 60 * 60 * 1000;
const LIFETIMES_MS = { setup: HOUR_MS, invite: 72 * HOUR_MS, reset: 24 * HOUR_MS };

interface NewLink {
  kind: keyof typeof LIFETIMES_MS;
  /** Whom it lets in; null for setup. And the admin who makes it; null for the operator. */
  userId: string | null;
  createdBy: string | null;
}

/** Makes a one-time link's row. Its secret is in this answer, and as a hash in the database. */
export async function insertLink(
  door: Pick<Door, "rows" | "now">,
  tx: Db,
  { kind, userId, createdBy }: NewLink,
): Promise<{ secret: string; expiresAt: Date }> {
  const { secret, hash } = newLinkSecret();
  const createdAt = door.now();
  const expiresAt = new Date(createdAt.getTime() + LIFETIMES_MS[kind]);
  const row = {
    ...{ id: randomUUID(), kind, userId, createdBy, hash },
    ...{ createdAt, expiresAt, consumedAt: null },
  };
  await tx.oneTimeLink.create({ data: door.rows.sealed("link", row) });
  return { secret, expiresAt };
}

type LinkRow = NonNullable<Awaited<ReturnType<typeof lookUpLink>>>;

/**
 * The link with this secret, or null if none works: used, expired, not one that Coffer made, or made by somebody who
 * is no admin any more, so that nobody leaves a way in behind. The operator is always one.
 */
export async function findLink(door: Door, db: Db, secret: string): Promise<LinkRow | null> {
  const link = await lookUpLink(db, secret);
  if (link?.consumedAt !== null || link.expiresAt <= door.now()) return null;
  if (!door.rows.isIntact("link", link)) return null;
  if (link.createdBy === null) return link;
  const maker = await db.user.findUnique({ where: { id: link.createdBy } });
  return maker && isAdmin(door, maker) ? link : null;
}

/** Whether links that this person has made work. */
export function isAdmin({ rows }: Door, row: UserRow): boolean {
  return row.role === "admin" && row.disabledAt === null && rows.isIntact("user", row);
}

function lookUpLink(db: Db, secret: string) {
  const hash = hashLinkSecret(secret);
  return db.oneTimeLink.findUnique({ where: { hash }, include: { user: true } });
}

/** Uses a link up. */
export async function consumeLink(door: Door, tx: Db, link: LinkRow): Promise<void> {
  const data = door.rows.changed("link", link, { consumedAt: door.now() });
  await tx.oneTimeLink.update({ where: { id: link.id }, data });
}

/**
 * Makes the only valid link of a person: an invitation, or a reset for who has joined. Its secret is in the
 * address's fragment, which no server and no log sees.
 */
export async function issueLink(
  door: Pick<Door, "rows" | "now">,
  tx: Db,
  user: UserRow,
  { origin, maker }: { origin: string; maker: Caller },
): Promise<LinkInfo> {
  if (maker.kind !== "user" && maker.kind !== "operator") {
    throw new TypeError("Only people make links for people.");
  }
  await withdrawLinks(tx, user.id);
  const kind = userState(user) === "invited" ? "invite" : "reset";
  const createdBy = maker.kind === "user" ? maker.id : null;
  const { secret, expiresAt } = await insertLink(door, tx, {
    ...{ kind, userId: user.id, createdBy },
  });
  return { url: `${origin}/join#${secret}`, expiresAt: expiresAt.toISOString() };
}

/** Ends the links of a person that nobody has used. */
export async function withdrawLinks(tx: Db, userId: string): Promise<void> {
  await tx.oneTimeLink.deleteMany({ where: { userId, consumedAt: null } });
}

/** Sets the password of whom a link is for, and consumes it in the same transaction. */
export async function acceptLink(
  door: Door,
  caller: Caller,
  secret: string,
  { name, password }: { name?: string | undefined; password: string },
): Promise<UserInfo> {
  const { db } = door.store;
  const known = await door.lookUp(() => lookUpLink(db, secret));
  const attempt = { action: "links.accept", target: known?.user?.email };
  const passwordHash = await door.prepare(caller, attempt, async () => {
    const { email } = personOf(door, await findLink(door, db, secret)).user; // none costs no hashing
    return acceptPassword({ email, password });
  });
  return door.change(caller, attempt, async (tx) => {
    const { link, user } = personOf(door, await findLink(door, tx, secret));
    await consumeLink(door, tx, link);
    const changes = { passwordHash, ...(name !== undefined && { name }) };
    return { answer: userInfo(await updateUserAndEndSessions(door, tx, user, changes)) };
  });
}

/** Whom a link lets in. @throws CofferError `invalid_link`, alike for every reason */
function personOf(door: Door, link: LinkRow | null): { link: LinkRow; user: UserRow } {
  const user = link?.user;
  if (link && user?.disabledAt === null && door.rows.isIntact("user", user)) return { link, user };
  throw new CofferError(
    "invalid_link",
    "This link does not work: it was used, was replaced by a newer one, or has expired. Ask an admin for a new one.",
  );
}
