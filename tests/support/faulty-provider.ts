import { createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { stopServer } from "./oidc";
import { CLIENT_SECRET } from "./oidc-settings";
import { freePort } from "./process";

type Json = Record<string, unknown>;

/** How the next sign-in is wrong. Nothing given: it is right. */
export interface Fault {
  /** Claims to change in the ID token; undefined takes one away. */
  claims?: Json;
  /** Fields to change in the token's header. */
  header?: Json;
  /** How the token is signed instead of by the provider's key. */
  signature?: "none" | "client-secret" | "other-key";
  /** Members to change in the discovery document. */
  discovery?: Json;
  /** Another state in the answer. */
  state?: string;
  /** A status instead of the answer of that endpoint; 302 leads to another host. */
  discoveryStatus?: number;
  tokenStatus?: number;
  /** Whether the token endpoint never answers. */
  hangs?: boolean;
}

/** A provider that does what oidc-provider never would: every fault is one of its own. */
export interface FaultyProvider {
  issuer: string;
  fault: Fault;
  /** How often each path was asked for. */
  asked: Map<string, number>;
  stop(): Promise<void>;
}

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Starts it. Its person is `faulty@example.com`, its client `coffer-fake`. */
export async function startFaultyProvider(): Promise<FaultyProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${String(port)}`;
  const nonces = new Map<string, string>();
  const server = createServer((request, response) => {
    const { fault } = running;
    const url = new URL(request.url ?? "/", issuer);
    const { pathname, searchParams } = url;
    running.asked.set(pathname, (running.asked.get(pathname) ?? 0) + 1);
    const send = (status: number, body: unknown) => {
      const headers = { "content-type": "application/json", location: "http://localhost:9/" };
      response.writeHead(status, headers).end(JSON.stringify(body));
    };
    if (pathname === "/.well-known/openid-configuration") {
      send(fault.discoveryStatus ?? 200, { ...discoveryOf(issuer), ...fault.discovery });
    } else if (pathname === "/keys") {
      const jwk = { ...keys.publicKey.export({ format: "jwk" }), kid: "1", use: "sig" };
      send(200, { keys: [jwk] });
    } else if (pathname === "/auth") {
      const code = randomBytes(16).toString("hex");
      nonces.set(code, searchParams.get("nonce") ?? "");
      const back = new URL(searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", fault.state ?? searchParams.get("state") ?? "");
      response.writeHead(302, { location: back.href }).end();
    } else if (pathname === "/token" && !fault.hangs) {
      void bodyOf(request).then((body) => {
        const code = body.get("code") ?? "";
        const nonce = nonces.get(code);
        nonces.delete(code);
        if (nonce === undefined || fault.tokenStatus !== undefined) {
          send(fault.tokenStatus ?? 400, { error: "invalid_grant", error_description: "<b>no" });
          return;
        }
        const id_token = idToken({ ...claimsOf(issuer, nonce), ...fault.claims }, fault);
        send(200, { access_token: "a", token_type: "Bearer", id_token });
      });
    }
  });
  const running: FaultyProvider = {
    ...{ issuer, fault: {}, asked: new Map<string, number>() },
    stop: () => stopServer(server),
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return running;
}

function discoveryOf(issuer: string): Json {
  return {
    ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
    jwks_uri: `${issuer}/keys`,
    id_token_signing_alg_values_supported: ["none", "HS256", "RS256"],
  };
}

function claimsOf(iss: string, nonce: string): Json {
  const iat = Math.floor(Date.now() / 1000);
  return {
    ...{ iss, aud: "coffer-fake", sub: "faulty", nonce, iat, exp: iat + 60, auth_time: iat },
    ...{ email: "faulty@example.com", email_verified: true, name: "Faye Faulty" },
  };
}

function idToken(claims: Json, { header, signature }: Fault): string {
  const alg = { none: "none", "client-secret": "HS256", "other-key": "RS256" };
  const head = { alg: signature ? alg[signature] : "RS256", kid: "1", ...header };
  const text = [head, claims].map((part) => encode(JSON.stringify(part))).join(".");
  if (signature === "none") return `${text}.`;
  if (signature === "client-secret") {
    return `${text}.${createHmac("sha256", CLIENT_SECRET).update(text).digest("base64url")}`;
  }
  const { privateKey } = signature === "other-key" ? otherKeys : keys;
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}
