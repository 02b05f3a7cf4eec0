import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import { CofferError } from "../errors";
import type { Provider } from "../provider";
import type { Role } from "../shapes";
import type { Db } from "../store/store";
import { demand, type Door } from "./door";
import { withdrawLinks } from "./links";
import type { VouchedPerson } from "./provider-claims";
import { insertUser, userState, type UserRow } from "./user-row";

interface Vouched {
  provider: Provider;
  person: VouchedPerson;
}

/** Whom a provider knows by this subject, or null. @throws CofferError `tampered` */
export async function findByIdentity(
  { rows, store }: Door,
  issuer: string,
  subject: string,
): Promise<UserRow | null> {
  const where = { issuer_subject: { issuer, subject } };
  const found = await store.db.identity.findUnique({ where, include: { user: true } });
  if (found === null) return null;
  return rows.checked("user", rows.checked("identity", found).user);
}

/**
 * Lets in somebody whom no identity names yet: makes them, or ties the provider to the person of that
 * address. An address alone opens nobody's account: who has joined already must be signed in, and have shown
 * just now that it is them. (docs/decisions/009)
 * @throws CofferError `not_invited`, `account_not_linked`, `account_disabled`, `confirmation_required`, `tampered`
 */
export async function admit(door: Door, caller: Caller, vouched: Vouched): Promise<UserRow> {
  const { provider, person } = vouched;
  const { email } = person;
  const known = await admissible(door, door.store.db, caller, vouched); // on record as a sign-in if not
  const action = known ? "identities.link" : "users.create";
  return door.change(caller, { action, target: email }, async (tx) => {
    const { role, name } = person;
    const user =
      (await admissible(door, tx, caller, vouched)) ??
      (await insertUser(door, tx, {
        ...{ email, name, passwordHash: null },
        role: role ?? roleOfNew(provider),
      }));
    if (userState(user) === "invited") await withdrawLinks(tx, user.id);
    await insertIdentity(door, tx, user.id, vouched);
    return { answer: user, code: `oidc:${provider.id}` };
  });
}

/** The person of that address who may be tied to the provider; null if one may be made. */
async function admissible(
  { rows }: Door,
  db: Db,
  caller: Caller,
  { provider, person: { email } }: Vouched,
): Promise<UserRow | null> {
  const found = await db.user.findUnique({ where: { email }, include: { identities: true } });
  if (found === null) {
    roleOfNew(provider);
    if ((await db.user.count()) === 0) throw notInvited(); // the first one comes by the setup link
    return null;
  }
  const { identities, ...row } = found;
  const user = rows.checked("user", row);
  if (user.disabledAt !== null) {
    throw new CofferError("account_disabled", "This account is disabled. Ask an admin.");
  }
  if (userState(user) === "invited" && identities.length === 0) return user;
  if (caller.kind !== "user" || caller.id !== user.id) throw notLinked(provider);
  demand(caller, "account.secure");
  return user;
}

async function insertIdentity(
  { rows, now }: Door,
  tx: Db,
  userId: string,
  { provider: { issuer }, person: { subject } }: Vouched,
): Promise<void> {
  const row = { id: randomUUID(), userId, issuer, subject, createdAt: now() };
  await tx.identity.create({ data: rows.sealed("identity", row) });
}

/** @throws CofferError `not_invited` where the provider makes nobody */
function roleOfNew({ role }: Provider): Role {
  if (role === null) throw notInvited();
  return role;
}

function notInvited(): CofferError {
  return new CofferError("not_invited", "Nobody has invited this person. Ask an admin.");
}

function notLinked({ name }: Provider): CofferError {
  return new CofferError(
    "account_not_linked",
    `There is an account with this e-mail address that does not sign in by ${name} yet. Sign in as before, and connect ${name} under “Your account”.`,
  );
}
