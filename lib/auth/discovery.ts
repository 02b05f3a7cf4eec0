import { z } from "zod";
import { CofferError } from "../errors";
import { providerRefused, providerUnreachable } from "./provider-failure";

const DEADLINE_MS = 5_000;
const KEPT_FOR_MS = 10 * 60 * 1000;

/**
 * Algorithms that an ID token may be signed with, the one that every provider must have first. No `none`, and
 * no HMAC, whose key would be the client secret.
 */
const ALGORITHMS = [
  ...["RS256", "PS256", "ES256", "EdDSA"],
  ...["RS384", "RS512", "PS384", "PS512", "ES384", "ES512"],
];

const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).default(["RS256"]),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(["client_secret_basic"]),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});

/** How a provider is spoken to. */
export interface Discovered {
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  userinfoEndpoint: string | undefined;
  /** The one algorithm that an ID token may be signed with. */
  algorithm: string;
  authMethod: "client_secret_basic" | "client_secret_post";
  /** Whether every answer says who it is from (RFC 9207). */
  saysIssuer: boolean;
}

const kept = new Map<string, { until: number; found: Promise<Discovered> }>();

/**
 * Reads a provider's discovery document, which is kept for ten minutes. It must name exactly `issuer`, and no
 * redirect is followed. Those who ask at one time share one request.
 * @throws CofferError `provider_unreachable`, `provider_refused`
 */
export function discover(issuer: string): Promise<Discovered> {
  const known = kept.get(issuer);
  if (known && known.until > Date.now()) return known.found;
  const found = read(issuer);
  kept.set(issuer, { until: Date.now() + KEPT_FOR_MS, found });
  found.catch(() => {
    kept.delete(issuer);
  });
  return found;
}

async function read(issuer: string): Promise<Discovered> {
  const parsed = document.safeParse(await fetchDocument(issuer));
  if (!parsed.success) throw providerRefused("the discovery document is not complete");
  const { data } = parsed;
  if (data.issuer !== issuer) throw providerRefused("the discovery document names another issuer");
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = data;
  const { protocol } = new URL(issuer);
  for (const url of [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint]) {
    if (url === undefined || [protocol, "https:"].includes(new URL(url).protocol)) continue;
    throw providerRefused("the discovery document names an address that is not https");
  }
  const offered = data.id_token_signing_alg_values_supported;
  const algorithm = ALGORITHMS.find((each) => offered.includes(each));
  if (algorithm === undefined) throw providerRefused("it offers no signature that Coffer takes");
  const methods = data.token_endpoint_auth_methods_supported;
  const isPost = !methods.includes("client_secret_basic") && methods.includes("client_secret_post");
  return {
    authorizationEndpoint: authorization_endpoint,
    tokenEndpoint: token_endpoint,
    jwksUri: jwks_uri,
    userinfoEndpoint: userinfo_endpoint,
    algorithm,
    authMethod: isPost ? "client_secret_post" : "client_secret_basic",
    saysIssuer: data.authorization_response_iss_parameter_supported,
  };
}

async function fetchDocument(issuer: string): Promise<unknown> {
  try {
    const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const answer = await fetch(address, {
      ...{ redirect: "error", cache: "no-store", headers: { accept: "application/json" } },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!answer.ok) throw providerUnreachable(`discovery answered ${String(answer.status)}`);
    return await answer.json();
  } catch (error) {
    if (error instanceof CofferError) throw error;
    throw providerUnreachable(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "discovery failed";
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : error.name;
  return `discovery failed: ${code}`;
}
