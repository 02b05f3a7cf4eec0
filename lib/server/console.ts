import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import next from "next";
import { isKnownHost, originOfRequest } from "../api/origin";
import { ADDRESS_HEADER, REQUEST_ID_HEADER } from "../auth/options";
import { dropSecrets, isDevelopment, type Config } from "../config";

/** The console: Next, and what every request to it passes first. */
export interface ConsoleFront {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): Promise<void>;
}

/**
 * Headers that mean something to Next or next-auth and that no client may set: the middleware bypass
 * (CVE-2025-29927), a nonce of the client's choosing, another host, and those that this file sets itself.
 */
const DROPPED =
  /^(x-middleware-.*|x-nextjs-.*|x-invoke-.*|x-matched-path|x-now-.*|x-vercel-.*|x-forwarded-.*|forwarded|x-coffer-.*|x-nonce|content-security-policy.*)$/;

/** Starts Next in this process. */
export async function openConsoleFront(config: Config): Promise<ConsoleFront> {
  const dev = isDevelopment();
  const app = next({ dev, dir: config.root, hostname: config.host, port: config.port });
  await app.prepare();
  dropSecrets(); // Next reads `.env` on its own account
  const render = app.getRequestHandler();
  const upgrade = app.getUpgradeHandler();
  return {
    async handle(request, response) {
      const refused = refusalOf(config, request);
      setHeaders(config, request, response, dev);
      if (refused === null) return render(request, response);
      response.writeHead(refused.status, { "content-type": "text/plain; charset=utf-8" });
      response.end(refused.message);
    },
    async upgrade(request, socket, head) {
      if (dev) await upgrade(request, socket, head);
      else socket.destroy();
    },
    close: () => app.close(),
  };
}

/** There are no Server Actions: pages take GET and HEAD, and next-auth's own routes take POST besides. */
function refusalOf(
  config: Config,
  request: IncomingMessage,
): { status: number; message: string } | null {
  if (!isKnownHost(config, request.headers.host)) {
    return {
      status: 421,
      message: "Coffer does not answer to this host name. Set COFFER_URL to its public address.\n",
    };
  }
  const { method = "", url = "" } = request;
  const isAuth = url.startsWith("/api/auth/");
  if (method === "GET" || method === "HEAD" || (method === "POST" && isAuth)) return null;
  return { status: 405, message: "This address takes GET.\n" };
}

function setHeaders(
  config: Config,
  request: IncomingMessage,
  response: ServerResponse,
  dev: boolean,
): void {
  for (const name of Object.keys(request.headers)) {
    if (DROPPED.test(name)) Reflect.deleteProperty(request.headers, name);
  }
  const { address, requestId } = originOfRequest(request);
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"), dev);
  request.headers[ADDRESS_HEADER] = address;
  request.headers[REQUEST_ID_HEADER] = requestId;
  request.headers["content-security-policy"] = policy; // Next takes the nonce for its scripts from here
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("X-Request-Id", requestId);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
  if (config.url.startsWith("https:")) {
    response.setHeader("Strict-Transport-Security", "max-age=31536000");
  }
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
