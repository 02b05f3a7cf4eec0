import type { IncomingHttpHeaders } from "node:http";
import type { Caller, Origin } from "../access/caller";
import { authenticate } from "../auth/credentials";
import type { Config } from "../config";
import { CofferError } from "../errors";
import type { Vault } from "../vault/vault";
import { requireOwnHalf } from "./half";
import { isKnownHost, requireSameOrigin } from "./origin";
import type { Route } from "./route";

/**
 * Who sends this request, before any of its body is read. Says who asks and not what they may do: that is
 * the vault's to decide.
 * @throws CofferError `misdirected_host`, `other_role`, `unauthenticated`, `bad_origin`, and what `authenticate` throws
 */
export async function admit(
  vault: Vault,
  config: Config,
  route: Route,
  headers: IncomingHttpHeaders,
  origin: Origin,
): Promise<Caller> {
  requireKnownHost(config, headers.host);
  requireOwnHalf(vault, config.instanceRole, route, headers);
  const caller = await authenticate(vault, headers, origin, route.tier);
  if (caller.kind === "nobody" && !route.open) {
    throw new CofferError(
      "unauthenticated",
      "Sign in, or send a service token as `Authorization: Bearer cfr_…`.",
    );
  }
  const byBrowser = caller.kind === "user" || headers.origin !== undefined;
  if (byBrowser && caller.kind !== "service" && route.method !== "GET") {
    requireSameOrigin(config, headers);
  }
  return caller;
}

/** @throws CofferError `misdirected_host` */
export function requireKnownHost(config: Config, host: string | undefined): void {
  if (isKnownHost(config, host)) return;
  throw new CofferError(
    "misdirected_host",
    "Coffer does not answer to this host name. Set COFFER_URL to the address that it is reached by.",
  );
}
