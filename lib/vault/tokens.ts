import { randomUUID } from "node:crypto";
import type { Origin, ServiceCaller } from "../access/caller";
import { compileRules, readRules } from "../access/rules";
import { actorName } from "../audit/event";
import { hashToken, isToken, newToken } from "../crypto/token";
import { isAddressIn } from "../address";
import { CofferError } from "../errors";
import type { Db } from "../store/store";
import { demand, recordableId, type Door } from "./door";
import { tampered, type Rows } from "./rows";
import { demandsOf, findService, tokenInfo, tokenState } from "./service-row";
import type { UseCounter } from "./uses";
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
        const token = await tx.serviceToken.findUnique({ where: { id: tokenId } });
        if (token?.serviceId !== id) {
          throw new CofferError("not_found", "This service has no such token.");
        }
        if (!door.rows.isIntact("token", token)) {
          await tx.serviceToken.delete({ where: { id: tokenId } }); // it was never one of ours
        } else if (token.revokedAt === null) {
          const revoked = door.rows.changed("token", token, { revokedAt: door.now() });
          await tx.serviceToken.update({
            where: { id: tokenId },
            data: { ...revoked, revokedBy: actorName(caller) },
          });
        }
        return { answer: undefined, environment: service.environment.slug, target: service.name };
      }),
  };
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

/**
 * The service behind a token. Decided from the database at every request, so that revoking, disabling and
 * changed rules bind the next one.
 * @throws CofferError `invalid_token`, `token_revoked`, `token_expired`, `service_disabled`, `address_not_allowed`
 */
export async function callerOfToken(
  door: Door,
  uses: UseCounter,
  token: string,
  origin: Origin,
): Promise<ServiceCaller> {
  const row = await door.lookUp(() => findToken(door.store.db, token));
  const now = door.now();
  if (row === null) throw await noted(door, origin, {}, invalidToken());
  const refused = tamperingIn(door.rows, row) ?? refusal(row, now, origin);
  if (refused !== null) {
    const { name, environment } = row.service;
    const about = { target: `${name} ${row.hint}`, environment: environment.slug };
    throw await noted(door, origin, about, refused);
  }
  uses.noteToken(row.id, origin.address, now);
  const { id, name, rules, environment } = row.service;
  return {
    kind: "service",
    id,
    name,
    tokenId: row.id,
    environment: {
      id: environment.id,
      slug: environment.slug,
      protected: environment.protected,
    },
    rules: compileRules(readRules(rules)),
    rulesText: rules,
    demands: demandsOf(row.service),
    origin,
  };
}

/** The error, once it is on record with what is known of the token. */
async function noted(
  door: Door,
  origin: Origin,
  about: { target?: string; environment?: string },
  error: CofferError,
): Promise<CofferError> {
  await door.noteRefusal({ kind: "nobody", origin }, { action: "tokens.use", ...about }, error);
  return error;
}

function findToken(db: Db, token: string) {
  if (!isToken(token)) return Promise.resolve(null);
  return db.serviceToken.findUnique({
    where: { hash: hashToken(token) },
    include: { service: { include: { environment: true } } },
  });
}

type TokenWithService = NonNullable<Awaited<ReturnType<typeof findToken>>>;

/** A token is as good as the three rows that say what it is for. */
function tamperingIn(rows: Rows, row: TokenWithService): CofferError | null {
  const { service } = row;
  if (!rows.isIntact("token", row)) return tampered("token", row.id);
  if (!rows.isIntact("service", service)) return tampered("service", service.id);
  if (!rows.isIntact("environment", service.environment)) {
    return tampered("environment", service.environment.id);
  }
  return null;
}

function refusal(row: TokenWithService, now: Date, origin: Origin): CofferError | null {
  const state = tokenState(row, now);
  if (state === "revoked") return new CofferError("token_revoked", "This token was revoked.");
  if (state === "expired") return new CofferError("token_expired", "This token has expired.");
  if (row.service.disabledAt !== null) {
    return new CofferError("service_disabled", "This token's service is disabled.");
  }
  const blocks = JSON.parse(row.service.allowedCidrs) as string[];
  if (blocks.length > 0 && !isAddressIn(blocks, origin.address)) {
    return new CofferError(
      "address_not_allowed",
      `This token may not be used from ${origin.address}.`,
    );
  }
  return null;
}

function invalidToken(): CofferError {
  return new CofferError("invalid_token", "This token is not one that Coffer made.");
}
