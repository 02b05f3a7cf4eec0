import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { randomUUID } from "node:crypto";
import type { Origin } from "../access/caller";
import { clientAddress, isLoopback } from "../address";
import type { Config } from "../config";
import { CofferError } from "../errors";

/** The host of each COFFER_URL: there is one in a process, and it is asked for at every request. */
const hosts = new Map<string, string>();

function hostOf(url: string): string {
  const known = hosts.get(url);
  if (known !== undefined) return known;
  const { host } = new URL(url);
  hosts.set(url, host);
  return host;
}

/** Where a request came from: the peer of its connection, or whom a trusted proxy names. */
export function originOfRequest(config: Config, request: IncomingMessage): Origin {
  const forwarded = request.headers["x-forwarded-for"];
  const forwardedFor = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
  const peer = request.socket.remoteAddress ?? "";
  return {
    address: clientAddress(config.trustedProxies, peer, forwardedFor),
    userAgent: request.headers["user-agent"] ?? "",
    requestId: randomUUID(),
  };
}

/**
 * Whether Coffer is the one that a request's Host names: COFFER_URL's host, or a name of this machine. A page
 * on another name that resolves here (DNS rebinding) is refused.
 */
export function isKnownHost(config: Config, host: string | undefined): boolean {
  if (host === undefined) return false;
  if (host.toLowerCase() === hostOf(config.url)) return true;
  return isLoopback(host.toLowerCase().replace(/:\d+$/, ""));
}

/**
 * Refuses a write by cookie that another site's page sent. Its `Origin` must be COFFER_URL's; without a
 * COFFER_URL, that of the known host which the request was sent to.
 * @throws CofferError `bad_origin`
 */
export function requireSameOrigin(config: Config, headers: IncomingHttpHeaders): void {
  const own = config.urlGiven ? config.url : `http://${headers.host ?? ""}`;
  const { origin } = headers;
  if (origin === own || origin === config.url) return;
  throw new CofferError(
    "bad_origin",
    `Changes with a session cookie are accepted from ${own} only.`,
  );
}
