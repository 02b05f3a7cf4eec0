import type { ServiceCaller } from "../access/caller";
import { readRules, type CompiledRule } from "../access/rules";
import { CofferError } from "../errors";
import type { Demand, HeldBecause, ServiceInfo, TokenInfo } from "../shapes";
import { sought } from "../store/sought";
import type { Db } from "../store/store";
import { storedList } from "../stored-list";

/** What is loaded with a service to tell all there is to tell of it. */
export const SERVICE_WITH_TOKENS = {
  environment: true,
  tokens: { omit: { hash: true }, include: { use: true }, orderBy: { createdAt: "desc" } },
} as const;

export interface TokenRow {
  id: string;
  hint: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  use: { lastAt: Date; address: string } | null;
}

export interface ServiceRow {
  id: string;
  name: string;
  environmentId: string;
  environment: { id: string; slug: string; protected: boolean; mac: string };
  description: string;
  rules: string;
  allowedCidrs: string;
  demands: string | null;
  createdAt: Date;
  createdBy: string;
  disabledAt: Date | null;
  held: string | null;
  mac: string;
  tokens: TokenRow[];
}

/** @throws CofferError `not_found` */
export async function findService(db: Db, id: string): Promise<ServiceRow> {
  const row = await db.service.findUnique({
    where: { id: sought(id) },
    include: SERVICE_WITH_TOKENS,
  });
  if (row) return row;
  throw noService();
}

/**
 * Services with their tokens, by environment and name. The tokens are read by themselves: in an order of their own for
 * each service, a database takes no more than about a thousand services at once.
 */
export async function findServices(
  db: Db,
  where: { environmentId: string } | { held: { not: null } },
): Promise<ServiceRow[]> {
  const services = await db.service.findMany({
    ...{ where, include: { environment: true } },
    orderBy: [{ environment: { slug: "asc" } }, { nameKey: "asc" }],
  });
  const { tokens: how } = SERVICE_WITH_TOKENS;
  const tokens = await db.serviceToken.findMany({ where: { service: where }, ...how });
  const byId = new Map(services.map((row) => [row.id, { ...row, tokens: [] as TokenRow[] }]));
  for (const token of tokens) byId.get(token.serviceId)?.tokens.push(token);
  return [...byId.values()];
}

/** What is said of a service that is not there. */
export function noService(): CofferError {
  return new CofferError("not_found", "There is no such service. It may have been deleted.");
}

/** A row as Coffer tells of it. */
export function serviceInfo(row: ServiceRow, now: Date): ServiceInfo {
  const tokens = row.tokens.map((token) => tokenInfo(token, now));
  const lastUsed = tokens.flatMap(({ lastUsedAt }) => lastUsedAt ?? []).sort();
  return {
    id: row.id,
    name: row.name,
    environment: row.environment.slug,
    description: row.description,
    rules: storedList(() => readRules(row.rules)),
    allowedCidrs: storedList(() => JSON.parse(row.allowedCidrs) as string[]),
    demands: storedList(() => demandsOf(row)),
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    held: heldOf(row),
    lastUsedAt: lastUsed[lastUsed.length - 1] ?? null,
    tokens,
  };
}

/**
 * A service as a caller. Its row and its environment's must have been checked.
 * @param how the token that it showed, if it did, and where the request came from
 */
export function serviceCaller(
  row: Pick<ServiceRow, "id" | "name" | "rules" | "demands" | "environment">,
  rules: readonly CompiledRule[],
  how: Pick<ServiceCaller, "tokenId" | "origin">,
): ServiceCaller {
  const { id, name, rules: rulesText, environment } = row;
  return {
    ...{ kind: "service", id, name, rules, rulesText, demands: demandsOf(row), ...how },
    environment: {
      id: environment.id,
      slug: environment.slug,
      protected: environment.protected,
    },
  };
}

/** What a service has to send with each request, from what is stored: nothing is null there. */
export function demandsOf({ demands }: { demands: string | null }): Demand[] {
  return demands === null ? [] : (JSON.parse(demands) as Demand[]);
}

/** Why a service is held, from what is stored. */
function heldOf({ held }: { held: string | null }): HeldBecause | null {
  return held === "restored" || held === "reset" ? held : null;
}

/** The same to be stored, in one order, so that a change can be told. */
export function storedDemands(demands: readonly Demand[]): string | null {
  return demands.length === 0 ? null : JSON.stringify([...new Set(demands)].sort());
}

export function tokenInfo(row: TokenRow, now: Date): TokenInfo {
  return {
    id: row.id,
    hint: row.hint,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.use?.lastAt.toISOString() ?? null,
    lastAddress: row.use?.address ?? null,
    state: tokenState(row, now),
  };
}

/** A token past its end is refused from that very instant. */
export function tokenState(
  token: { revokedAt: Date | null; expiresAt: Date | null },
  now: Date,
): TokenInfo["state"] {
  if (token.revokedAt !== null) return "revoked";
  return token.expiresAt !== null && token.expiresAt <= now ? "expired" : "live";
}
