import type { Caller } from "../access/caller";
import type { Keyring } from "../crypto/keyring";
import { verifyPassword } from "../crypto/password";
import { CofferError } from "../errors";
import { sought } from "../store/sought";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { endSetup, needsSetup } from "./first-run";
import { emailHash, unknownEmail } from "./email-hash";
import { acceptLink, consumeLink, findLink, insertLink } from "./links";
import { acceptPassword } from "./new-password";
import { tampered } from "./rows";
import { openSession, signInFailed } from "./open-session";
import type { SecondFactors } from "./second-factor";
import { hashJti, sessionUser } from "./sessions";
import { signInBuckets } from "./sign-in-buckets";
import { insertUser, normalEmail, userInfo } from "./user-row";
import type { People } from "./vault";

/** Signing in and out, joining, and the first admin. */
export function peopleFunctions(door: Door, keyring: Keyring, factors: SecondFactors): People {
  const { db } = door.store;
  const emailKey = keyring.derive("email-hash");

  return {
    needsSetup: () => door.lookUp(() => needsSetup(db)),
    makeSetupLink: (caller) => makeSetupLink(door, caller),
    makeFirstAdmin: (caller, admin) => makeFirstAdmin(door, caller, admin),

    async setUp(caller, link, person) {
      const attempt = { action: "setup" };
      const passwordHash = await door.prepare(caller, attempt, async () => {
        await requireSetupLink(door, db, link); // before the work of hashing a password
        return acceptPassword(person);
      });
      return door.change(caller, attempt, async (tx) => {
        await consumeLink(door, tx, await requireSetupLink(door, tx, link));
        const { email, name } = person;
        const user = await insertUser(door, tx, firstAdmin(email, name, passwordHash));
        return { answer: userInfo(user), target: user.email };
      });
    },

    acceptLink: (caller, link, person) => acceptLink(door, caller, link, person),

    async signIn(origin, email, password, code) {
      const where = { email: sought(normalEmail(email)) };
      const row = await door.lookUp(() => db.user.findUnique({ where }));
      const hash = emailHash(emailKey, email);
      const target = row?.email ?? unknownEmail(hash);
      const buckets = await door.lookUp(() => signInBuckets(door, hash, row, origin.address));
      const user = row && door.rows.isIntact("user", row) ? row : null;
      const caller: Caller = { kind: "nobody", origin };
      const attempt = { action: "sign_in", target };
      const check = async () => {
        // The same work and the same answer for an unknown person, a wrong password and a disabled person.
        const matches = await verifyPassword(user?.passwordHash ?? null, password);
        if (row !== null && user === null) {
          await door.noteRefusal(caller, attempt, tampered("user", row.id));
        }
        if (user === null || !matches || user.disabledAt !== null) throw signInFailed();
        const signIn = { origin, method: "password", confirmedAt: door.now() };
        if (user.totp === null) return openSession(door, user, signIn);
        if (code === undefined) throw secondFactorRequired();
        const also = async (tx: Db) => {
          const factor = await factors.use(tx, user, code);
          return factor === "recovery_code" ? factor : undefined;
        };
        return openSession(door, user, { ...signIn, also });
      };
      return door.prepare(caller, attempt, () => door.throttle.during(buckets, check));
    },

    async signOut(claims, origin) {
      const jtiHash = hashJti(claims.jti);
      const session = await db.session.findUnique({ where: { jtiHash }, include: { user: true } });
      if (session?.endedAt !== null) return; // unknown, or ended already
      await door.journal.commit(async (tx, note) => {
        await tx.session.update({ where: { jtiHash }, data: { endedAt: door.now() } });
        const at = { now: door.now(), requireTwoStep: false };
        const caller = sessionUser(session, origin, at);
        note({ caller, action: "sign_out", outcome: "ok" });
      });
    },
  };
}

function secondFactorRequired(): CofferError {
  return new CofferError("second_factor_required", "Enter the code of your authenticator app.");
}

/** The setup link with this secret. @throws CofferError `invalid_link`, `setup_done` */
async function requireSetupLink(door: Door, db: Db, secret: string) {
  if (!(await needsSetup(db))) throw setupDone();
  const link = await findLink(door, db, secret);
  if (link?.kind === "setup") return link;
  throw new CofferError(
    "invalid_link",
    "This setup link is not valid or has expired. Restart Coffer: it prints a new one on its terminal.",
  );
}

function setupDone(): CofferError {
  return new CofferError("setup_done", "Coffer has been set up already. Sign in instead.");
}

/** The person whom setting up makes. */
function firstAdmin(email: string, name: string, passwordHash: string) {
  return { email, name, passwordHash, role: "admin" } as const;
}

const SETUP = { kind: "setup", userId: null, createdBy: null } as const;

/** Makes the only valid setup link. Its secret is shown on the terminal and stored nowhere. */
async function makeSetupLink(door: Door, caller: Caller): Promise<string | null> {
  if (!(await needsSetup(door.store.db))) return null;
  return door.change(caller, { action: "setup.prepare" }, async (tx) => {
    demand(caller, "setup.prepare");
    await tx.oneTimeLink.deleteMany({ where: { kind: "setup", consumedAt: null } });
    return { answer: (await insertLink(door, tx, SETUP)).secret };
  });
}

/** Makes the first admin from the configuration. Does nothing once anybody has ever existed. */
async function makeFirstAdmin(
  door: Door,
  caller: Caller,
  admin: { email: string; password: string },
): Promise<boolean> {
  if (!(await needsSetup(door.store.db))) return false;
  const attempt = { action: "setup.prepare" };
  const passwordHash = await door.prepare(caller, attempt, () => acceptPassword(admin));
  return door.change(caller, attempt, async (tx) => {
    demand(caller, "setup.prepare");
    if (!(await needsSetup(tx))) return { answer: false };
    const user = await insertUser(door, tx, firstAdmin(admin.email, "Admin", passwordHash));
    await endSetup(tx, door.now());
    return { answer: true, target: user.email };
  });
}
