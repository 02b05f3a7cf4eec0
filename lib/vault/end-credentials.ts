import { OPERATOR } from "../access/caller";
import { actorName, type Happening } from "../audit/event";
import { CofferError } from "../errors";
import type { Db } from "../store/store";
import { normalEmail } from "./user-row";

/** Somebody who was enabled, and is off until an admin has looked at them. */
export interface HeldPerson {
  email: string;
  role: string;
}

/**
 * Ends whatever lets anybody in: passwords, second factors, ties to providers, sessions, links, tokens. Of a hash, nobody
 * can tell by looking whether Coffer wrote it. Who is enabled then is as if invited just now.
 */
export async function endCredentials(tx: Db, at: Date): Promise<void> {
  await tx.session.updateMany({ where: { endedAt: null }, data: { endedAt: at } });
  await tx.identity.deleteMany();
  await tx.recoveryCode.deleteMany();
  await tx.oneTimeLink.deleteMany({ where: { consumedAt: null } });
  await tx.serviceToken.updateMany({
    where: { revokedAt: null },
    data: { revokedAt: at, revokedBy: actorName(OPERATOR) },
  });
  const nothing = { passwordHash: null, totp: null, totpPending: null, lastSignInAt: null };
  await tx.user.updateMany({ data: { ...nothing, epoch: { increment: 1 } } });
}

/** Disables everybody but `keep`, each noted as the operator's change. The rows' MACs are not right any more then. */
export async function holdPeople(
  tx: Db,
  note: (event: Happening) => void,
  at: Date,
  keep: string | null,
): Promise<HeldPerson[]> {
  const where = { disabledAt: null, ...(keep !== null && { id: { not: keep } }) };
  const select = { email: true, role: true };
  const people = await tx.user.findMany({ where, select, orderBy: { email: "asc" } });
  await tx.user.updateMany({ where, data: { disabledAt: at } });
  for (const { email: target } of people) {
    note({ caller: OPERATOR, action: "users.update", target, outcome: "ok", code: "reset" });
  }
  return people;
}

/** The id of the admin of that address. @throws CofferError `not_found` */
export async function findAdmin(db: Db, email: string): Promise<string> {
  const where = { email: normalEmail(email), role: "admin", disabledAt: null };
  const row = await db.user.findFirst({ where, select: { id: true } });
  if (row) return row.id;
  throw new CofferError("not_found", `No admin here has the e-mail ${email}. Nothing was changed.`);
}
