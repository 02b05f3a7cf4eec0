import { randomBytes } from "node:crypto";
import {
  Server,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Caller, Origin } from "../access/caller";
import { HSTS, PERMISSIONS_POLICY } from "../api/headers";
import { isKnownHost, originOfRequest } from "../api/origin";
import { tellable } from "../api/problem";
import { dropSecrets, isDevelopment, type Config } from "../config";
import { CofferError, statusOf } from "../errors";
import { tellOutage } from "../page-outage";
import { ADDRESS_HEADER, REQUEST_ID_HEADER } from "../request-headers";
import type { Vault } from "../vault/vault";

/** The console: Next, and what every request to it passes first. */
export interface ConsoleFront {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/**
 * Headers that mean something to Next or next-auth and that no client may set: the middleware bypass
 * (CVE-2025-29927), a nonce of the client's choosing, another host, and those that this file sets itself.
 */
const DROPPED =
  /^(x-middleware-.*|x-nextjs-.*|x-invoke-.*|x-matched-path|x-now-.*|x-vercel-.*|x-forwarded-.*|forwarded|x-coffer-.*|x-nonce|content-security-policy.*)$/;

/** Starts Next in this process. It is loaded here and not above, for an instance that needs none to go without it. */
export async function openConsoleFront(config: Config, vault: Vault): Promise<ConsoleFront> {
  const { default: next } = await import("next");
  const dev = isDevelopment();
  // On the first page Next listens for upgrades on the server that it finds, which pages that reload in
  // development need. Otherwise it finds one that nobody listens on, so that Node goes on answering a request
  // that offers an upgrade as if it had not.
  const httpServer = dev ? {} : { httpServer: new Server() };
  const { root: dir, host: hostname, port } = config;
  const app = next({ dev, dir, hostname, port, ...httpServer });
  await app.prepare();
  dropSecrets(); // Next reads `.env` on its own account
  const render = app.getRequestHandler();
  return {
    async handle(request, response) {
      const refused = refusalOf(config, request);
      const origin = setHeaders(config, request, response, dev);
      if (refused === null) {
        tellOutage(response, origin.requestId);
        return render(request, response);
      }
      const action = isAuthPost(config, request.url ?? "") ? "sign_in" : "unknown_route";
      const error = await noted(vault, { kind: "nobody", origin }, action, refused);
      const status = statusOf(error.code);
      response.setHeader("Cache-Control", "no-store");
      if (status === 413) response.setHeader("Connection", "close");
      if (status === 503) response.setHeader("Retry-After", "1");
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${error.message}\n`);
    },
    close: () => app.close(),
  };
}

/** The error, once it is on record; where it can't be, that. */
async function noted(
  vault: Vault,
  caller: Caller,
  action: string,
  error: CofferError,
): Promise<CofferError> {
  try {
    await vault.noteRefusal(caller, { action }, error);
    return error;
  } catch (unrecorded) {
    return tellable(unrecorded);
  }
}

/** What next-auth takes a POST for. Nothing else is posted to Next: there are no Server Actions. */
const AUTH_POSTS = ["/api/auth/callback/credentials", "/api/auth/signout"];

function isAuthPost({ providers }: Config, url: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return AUTH_POSTS.includes(path) || providers.some(({ id }) => path === `/api/auth/signin/${id}`);
}

const AUTH_BODY_LIMIT_BYTES = 16_384;

/** Why a request does not get to Next, or null if it does. */
function refusalOf(config: Config, request: IncomingMessage): CofferError | null {
  const { method = "", url = "", headers } = request;
  if (!url.startsWith("/")) return new CofferError("bad_request", "Ask for a path on this host.");
  if (!isKnownHost(config, headers.host)) {
    return new CofferError(
      "misdirected_host",
      "Coffer does not answer to this host name. Set COFFER_URL to its public address.",
    );
  }
  if (method === "GET" || method === "HEAD") return null;
  if (method !== "POST" || !isAuthPost(config, url)) {
    return new CofferError("method_not_allowed", "This address takes GET.");
  }
  return authBodyRefusal(headers);
}

/** next-auth reads a body whole before it looks at it, and what can't be parsed would be quoted in the log. */
function authBodyRefusal(headers: IncomingHttpHeaders): CofferError | null {
  const length = Number(headers["content-length"] ?? "0");
  if (headers["transfer-encoding"] !== undefined || !(length <= AUTH_BODY_LIMIT_BYTES)) {
    return new CofferError(
      "body_too_large",
      "The body must say its length, and be at most 16 KiB.",
    );
  }
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    return new CofferError(
      "unsupported_media_type",
      "Send the body as application/x-www-form-urlencoded.",
    );
  }
  return null;
}

/** Returns where the request comes from. */
function setHeaders(
  config: Config,
  request: IncomingMessage,
  response: ServerResponse,
  dev: boolean,
): Origin {
  const origin = originOfRequest(config, request); // before its headers are dropped
  const { address, requestId } = origin;
  for (const name of Object.keys(request.headers)) {
    // In development Next finds the request that a reload belongs to by such a header.
    if (dev && name.startsWith("x-nextjs-")) continue;
    if (DROPPED.test(name)) Reflect.deleteProperty(request.headers, name);
  }
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), dev);
  request.headers[ADDRESS_HEADER] = address;
  request.headers[REQUEST_ID_HEADER] = requestId;
  request.headers["content-security-policy"] = policy; // Next takes the nonce for its scripts from here
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Request-Id", requestId);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  // Next says of its pages and files whether they may be kept; next-auth says so of some answers only.
  if (request.url?.startsWith("/api/auth/")) response.setHeader("Cache-Control", "no-store");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Permissions-Policy", PERMISSIONS_POLICY);
  if (config.url.startsWith("https:")) {
    response.setHeader("Strict-Transport-Security", HSTS);
  }
  return origin;
}

function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
