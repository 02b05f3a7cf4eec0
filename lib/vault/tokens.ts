import { randomUUID } from "node:crypto";
import type { Caller } from "../access/caller";
import { actorName } from "../audit/event";
import { newToken } from "../crypto/token";
import { CofferError } from "../errors";
import { sought } from "../store/sought";
import type { Db } from "../store/store";
import { demand, recordableId, type Door } from "./door";
import type { MacRow } from "./rows";
import { findService, tokenInfo } from "./service-row";
import type { Services } from "./vault";

const DEFAULT_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/** Making and revoking tokens. */
export function tokenFunctions(door: Door): Pick<Services, "mintToken" | "revokeToken"> {
  return {
    mintToken: (caller, id, expiresAt) =>
      door.change(caller, { action: "tokens.create", target: recordableId(id) }, async (tx) => {
        demand(caller, "tokens.create");
        const service = door.rows.checked("service", await findService(tx, id));
        const { token, hash, hint } = newToken();
        const row = await tx.serviceToken.create({
          data: door.rows.sealed("token", {
            id: randomUUID(),
            serviceId: service.id,
            hash,
            hint,
            expiresAt: expiryOf(expiresAt, door.now()),
            createdAt: door.now(),
            createdBy: actorName(caller),
            revokedAt: null,
          }),
        });
        const answer = { ...tokenInfo({ ...row, use: null }, door.now()), token };
        return { answer, environment: service.environment.slug, target: service.name };
      }),

    revokeToken: (caller, id, tokenId) =>
      door.change(caller, { action: "tokens.revoke", target: recordableId(id) }, async (tx) => {
        demand(caller, "tokens.revoke");
        const service = await findService(tx, id);
        const token = await tx.serviceToken.findUnique({ where: { id: sought(tokenId) } });
        if (token?.serviceId !== id) {
          throw new CofferError("not_found", "This service has no such token.");
        }
        await endToken(door, tx, caller, token);
        return { answer: undefined, environment: service.environment.slug, target: service.name };
      }),
  };
}

/** Makes a token work no more. */
export async function endToken(
  { rows, now }: Door,
  tx: Db,
  caller: Caller,
  token: MacRow<"token"> & { id: string; revokedAt: Date | null },
): Promise<void> {
  const where = { id: token.id };
  if (!rows.isIntact("token", token)) {
    await tx.serviceToken.delete({ where }); // it was never one of ours
  } else if (token.revokedAt === null) {
    const revoked = rows.changed("token", token, { revokedAt: now() });
    await tx.serviceToken.update({ where, data: { ...revoked, revokedBy: actorName(caller) } });
  }
}

function expiryOf(asked: string | null | undefined, now: Date): Date | null {
  if (asked === null) return null;
  if (asked === undefined) return new Date(now.getTime() + DEFAULT_LIFETIME_MS);
  const date = new Date(asked);
  if (date > now) return date;
  throw new CofferError("invalid_request", "A token's expiry must be in the future.", {
    details: { errors: [{ pointer: "/expiresAt", message: "must be in the future" }] },
  });
}
