import { timeOrNull } from "./column";
import type { Prepare } from "./direct";

/** A token, and what it is for. */
export interface StoredToken {
  id: string;
  serviceId: string;
  hash: string;
  hint: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  mac: string;
  service: {
    id: string;
    environmentId: string;
    name: string;
    /** JSON (lib/access/rules.ts). */
    rules: string;
    /** JSON array of CIDR blocks. */
    allowedCidrs: string;
    /** JSON array of what it has to send with each request; null: nothing. */
    demands: string | null;
    disabledAt: Date | null;
    /** Why it is off until an admin has looked at it; null: it is not held. */
    held: string | null;
    mac: string;
    environment: { id: string; slug: string; protected: boolean; mac: string };
  };
}

type Columns = Record<
  | ("id" | "serviceId" | "hash" | "hint" | "mac")
  | ("service" | "name" | "rules" | "allowedCidrs" | "serviceMac")
  | ("environmentId" | "environment" | "slug" | "environmentMac"),
  string
> &
  Record<"expiresAt" | "revokedAt" | "disabledAt", unknown> & {
    protected: number;
    demands: string | null;
    held: string | null;
  };

/** Finds a token with its service and environment, by the hash of the token: three rows of one moment. */
export function tokenReader(prepare: Prepare): (hash: string) => StoredToken | null {
  const select = prepare(`
    SELECT t."id", t."serviceId", t."hash", t."hint", t."expiresAt", t."revokedAt", t."mac",
           s."id" AS "service", s."environmentId", s."name", s."rules", s."allowedCidrs", s."demands",
           s."disabledAt", s."held", s."mac" AS "serviceMac", e."id" AS "environment", e."slug", e."protected", e."mac" AS "environmentMac"
    FROM "ServiceToken" t
    JOIN "Service" s ON s."id" = t."serviceId"
    JOIN "Environment" e ON e."id" = s."environmentId"
    WHERE t."hash" = ?`);
  return (hash) => {
    const row = select.get(hash) as Columns | undefined;
    if (row === undefined) return null;
    const { id, serviceId, hint, mac, environmentId, name, rules, allowedCidrs, demands, slug } =
      row;
    const { held } = row;
    return {
      ...{ id, serviceId, hash: row.hash, hint, mac },
      expiresAt: timeOrNull(row.expiresAt),
      revokedAt: timeOrNull(row.revokedAt),
      service: {
        ...{ id: row.service, environmentId, name, rules, allowedCidrs, demands, held },
        mac: row.serviceMac,
        disabledAt: timeOrNull(row.disabledAt),
        environment: {
          ...{ id: row.environment, slug, mac: row.environmentMac },
          protected: row.protected !== 0,
        },
      },
    };
  };
}
