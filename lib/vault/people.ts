import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import type { Keyring } from "../crypto/keyring";
import { hashPassword, verifyPassword } from "../crypto/password";
import { hashLinkSecret, newLinkSecret } from "../crypto/token";
import { CofferError } from "../errors";
import type { Role, UserInfo } from "../shapes";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { tampered } from "./rows";
import { sessionUser } from "./sessions";
import type { People, SessionClaims } from "./vault";

const SETUP_LIFETIME_MS = 60 * 60 * 1000;
const PASSWORD_MIN_LENGTH = 12;

/** Signing in and out, and the first admin. */
export function peopleFunctions(door: Door, keyring: Keyring): People {
  const { db } = door.store;
  const emailKey = keyring.derive("email-hash");

  return {
    needsSetup: () => door.lookUp(() => needsSetup(db)),
    makeSetupLink: (caller) => makeSetupLink(door, caller),
    makeFirstAdmin: (caller, admin) => makeFirstAdmin(door, caller, admin),

    async setUp(caller, link, person) {
      await lookAtSetupLink(door, caller, link); // before the work of hashing a password
      const passwordHash = await acceptPassword(door, caller, person);
      return door.change(caller, { action: "setup" }, async (tx) => {
        await consumeSetupLink(tx, link, door.now());
        const user = await createUser(door, tx, { ...person, passwordHash }, door.now());
        return { answer: user, target: user.email };
      });
    },

    async signIn(origin, email, password) {
      const row = await door.lookUp(() =>
        db.user.findUnique({ where: { email: normalEmail(email) } }),
      );
      const user = row && door.rows.isIntact("user", row) ? row : null;
      const caller: Caller = { kind: "nobody", origin };
      // The same work and the same answer for an unknown person, a wrong password and a disabled person.
      const matches = await verifyPassword(user?.passwordHash ?? null, password);
      if (user === null || !matches || user.disabledAt !== null) {
        const error = new CofferError("sign_in_failed", "E-mail or password is not right.");
        const noted = row !== null && user === null ? tampered("user", row.id) : error;
        const target =
          row?.email ??
          `unknown:${createHmac("sha256", emailKey).update(normalEmail(email)).digest("hex").slice(0, 16)}`;
        await door.noteRefusal(caller, { action: "sign_in", target }, noted);
        throw error;
      }
      const claims = {
        userId: user.id,
        jti: randomBytes(32).toString("base64url"),
        epoch: user.epoch,
      };
      await openSession(door, sessionUser(user, origin), claims);
      return claims;
    },

    async signOut(claims, origin) {
      const jtiHash = hashJti(claims.jti);
      const session = await db.session.findUnique({ where: { jtiHash }, include: { user: true } });
      if (session?.endedAt !== null) return; // unknown, or ended already
      await door.journal.commit(async (tx, note) => {
        await tx.session.update({ where: { jtiHash }, data: { endedAt: door.now() } });
        note({ caller: sessionUser(session.user, origin), action: "sign_out", outcome: "ok" });
      });
    },
  };
}

/** How a session is known to the database: by a hash, so that its rows open no session. */
export function hashJti(jti: string): string {
  return createHash("sha256").update(jti).digest("hex");
}

/** E-mail addresses are compared without regard to case and surrounding blanks. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

async function openSession(door: Door, caller: Caller, claims: SessionClaims): Promise<void> {
  const at = door.now();
  await door.journal.commit(async (tx, note) => {
    await tx.session.create({
      data: {
        jtiHash: hashJti(claims.jti),
        userId: claims.userId,
        address: caller.origin.address,
        userAgent: caller.origin.userAgent.slice(0, 256),
        createdAt: at,
        lastSeenAt: at,
      },
    });
    await tx.user.update({ where: { id: claims.userId }, data: { lastSignInAt: at } });
    note({ caller, action: "sign_in", outcome: "ok" });
  });
}

/** Hashes a new password if it is good enough. The refusal is put on record. @throws CofferError `weak_password` */
async function acceptPassword(
  door: Door,
  caller: Caller,
  person: { email: string; password: string },
): Promise<string> {
  const { password } = person;
  if (
    password.length >= PASSWORD_MIN_LENGTH &&
    normalEmail(password) !== normalEmail(person.email)
  ) {
    return hashPassword(password);
  }
  const error = new CofferError(
    "weak_password",
    `A password has at least ${String(PASSWORD_MIN_LENGTH)} characters and is not the e-mail address.`,
    { details: { errors: [{ pointer: "/password", message: "too easy to guess" }] } },
  );
  await door.noteRefusal(caller, { action: "setup" }, error);
  throw error;
}

/** True until the first person exists; never again, also if everybody is deleted. */
async function needsSetup(db: Db): Promise<boolean> {
  const [people, consumed] = [
    await db.user.count(),
    await db.oneTimeLink.count({ where: { kind: "setup", consumedAt: { not: null } } }),
  ];
  return people === 0 && consumed === 0;
}

/** Refuses a link that will not do, on record. What counts is asked again in the transaction. */
async function lookAtSetupLink(door: Door, caller: Caller, secret: string): Promise<void> {
  try {
    await requireSetupLink(door.store.db, secret, door.now());
  } catch (error) {
    await door.noteRefusal(caller, { action: "setup" }, error);
    throw error;
  }
}

/** Uses the link up. @throws CofferError `invalid_link`, `setup_done` */
async function consumeSetupLink(tx: Db, secret: string, now: Date): Promise<void> {
  const id = await requireSetupLink(tx, secret, now);
  await tx.oneTimeLink.update({ where: { id }, data: { consumedAt: now } });
}

/** The id of a setup link that is good. @throws CofferError `invalid_link`, `setup_done` */
async function requireSetupLink(db: Db, secret: string, now: Date): Promise<string> {
  if (!(await needsSetup(db))) throw setupDone();
  const link = await db.oneTimeLink.findUnique({ where: { hash: hashLinkSecret(secret) } });
  if (link?.kind === "setup" && link.consumedAt === null && link.expiresAt > now) return link.id;
  throw new CofferError(
    "invalid_link",
    "This setup link is not valid or has expired. Restart Coffer: it prints a new one on its terminal.",
  );
}

function setupDone(): CofferError {
  return new CofferError("setup_done", "Coffer has been set up already. Sign in instead.");
}

async function createUser(
  { rows }: Door,
  tx: Db,
  person: { email: string; name: string; passwordHash: string },
  now: Date,
): Promise<UserInfo> {
  const user = await tx.user.create({
    data: rows.sealed("user", {
      id: randomUUID(),
      email: normalEmail(person.email),
      name: person.name,
      passwordHash: person.passwordHash,
      role: "admin",
      disabledAt: null,
      epoch: 1,
      createdAt: now,
    }),
  });
  return { id: user.id, email: user.email, name: user.name, role: user.role as Role };
}

/** Makes the only valid setup link. Its secret is shown on the terminal and stored nowhere. */
async function makeSetupLink(door: Door, caller: Caller): Promise<string | null> {
  if (!(await needsSetup(door.store.db))) return null;
  const { secret, hash } = newLinkSecret();
  await door.change(caller, { action: "setup.prepare" }, async (tx) => {
    demand(caller, "setup.prepare");
    await tx.oneTimeLink.deleteMany({ where: { kind: "setup", consumedAt: null } });
    const createdAt = door.now();
    const expiresAt = new Date(createdAt.getTime() + SETUP_LIFETIME_MS);
    await tx.oneTimeLink.create({
      data: { id: randomUUID(), kind: "setup", hash, createdAt, expiresAt },
    });
    return { answer: undefined };
  });
  return secret;
}

/** Makes the first admin from the configuration. Does nothing once anybody has ever existed. */
async function makeFirstAdmin(
  door: Door,
  caller: Caller,
  admin: { email: string; password: string },
): Promise<boolean> {
  if (!(await needsSetup(door.store.db))) return false;
  const passwordHash = await acceptPassword(door, caller, admin);
  return door.change(caller, { action: "setup.prepare" }, async (tx) => {
    demand(caller, "setup.prepare");
    if (!(await needsSetup(tx))) return { answer: false };
    const user = await createUser(door, tx, { ...admin, name: "Admin", passwordHash }, door.now());
    await endSetup(tx, door.now());
    return { answer: true, target: user.email };
  });
}

/** Leaves what a consumed link leaves: the mark that somebody has existed, which outlives them. */
async function endSetup(tx: Db, at: Date): Promise<void> {
  const { hash } = newLinkSecret();
  await tx.oneTimeLink.create({
    data: { id: randomUUID(), kind: "setup", hash, createdAt: at, expiresAt: at, consumedAt: at },
  });
}
