import type { CallbacksOptions } from "next-auth";
import type { OAuthConfig, TokenEndpointHandler } from "next-auth/providers/oauth";
import type { Providers } from "../vault/vault";
import type { Discovered } from "./discovery";
import { providerRefused, providerUnreachable } from "./provider-failure";

type Client = NonNullable<ReturnType<Providers["client"]>>;
type Carried = Parameters<Providers["signIn"]>[2];

/** One request's way to a provider, for next-auth's options. */
export interface ProviderConnection {
  provider: OAuthConfig<Carried>;
  signIn: CallbacksOptions["signIn"];
}

const SILENCE_MS = 5_000;
const DEADLINE_MS = 15_000;

type TokenRequest = Parameters<NonNullable<TokenEndpointHandler["request"]>>[0];
type OpenIdClient = TokenRequest["client"];

interface UserinfoRequest {
  tokens: Exclude<Parameters<OpenIdClient["userinfo"]>[0], string>;
  client: OpenIdClient;
}

/**
 * How next-auth carries a sign-in: authorization code with state, nonce and PKCE S256; an ID token of exactly
 * this issuer, for this client, by the one algorithm. Everything else it would take is refused here. Whatever
 * fails is thrown to `onFailure` first, because next-auth keeps no error.
 */
export function providerConnection(
  client: Client,
  found: Discovered,
  {
    signIn,
    onFailure,
  }: { signIn: ProviderConnection["signIn"]; onFailure: (error: unknown) => void },
): ProviderConnection {
  const watched =
    <A, T>(work: (argument: A) => Promise<T>) =>
    async (argument: A): Promise<T> => {
      try {
        return await withinDeadline(work(argument));
      } catch (error) {
        onFailure(error);
        throw error;
      }
    };
  return {
    signIn,
    provider: {
      ...{ id: client.id, name: client.name, type: "oauth", idToken: true },
      ...{ clientId: client.clientId, clientSecret: client.clientSecret },
      ...{ issuer: client.issuer, jwks_endpoint: found.jwksUri },
      client: {
        id_token_signed_response_alg: found.algorithm,
        token_endpoint_auth_method: found.authMethod,
      },
      checks: ["pkce", "state", "nonce"],
      authorization: { url: found.authorizationEndpoint, params: { scope: client.scopes } },
      token: {
        url: found.tokenEndpoint,
        request: watched((request: TokenRequest) => exchange(request, found)),
      },
      userinfo: {
        ...(found.userinfoEndpoint !== undefined && { url: found.userinfoEndpoint }),
        request: watched((request: UserinfoRequest) => claimsOf(request, client, found)) as never,
      },
      profile: ({ idToken }) => ({ id: String(idToken["sub"]) }),
      httpOptions: { timeout: SILENCE_MS },
    },
  };
}

/** Exchanges the code for tokens, and checks the ID token. */
async function exchange(
  { provider, params, checks, client }: TokenRequest,
  { saysIssuer }: Discovered,
) {
  const { code, state, iss } = params;
  if (saysIssuer && iss === undefined)
    throw providerRefused("the answer does not say who it is from");
  const answer = { code, state, ...(iss !== undefined && { iss }) } as typeof params;
  const only = { ...checks, response_type: "code" };
  return { tokens: await client.callback(provider.callbackUrl, answer, only) };
}

/** What the provider says of the person. Its userinfo endpoint is asked for what the ID token lacks. */
async function claimsOf(
  { tokens, client }: UserinfoRequest,
  { roleMap, verifiedClaim }: Client,
  { userinfoEndpoint }: Discovered,
): Promise<Carried> {
  const idToken = { ...tokens.claims() };
  const wanted = ["email", verifiedClaim, ...(roleMap ? [roleMap.claim] : [])];
  const isWhole = wanted.every((claim) => Object.hasOwn(idToken, claim));
  if (isWhole || userinfoEndpoint === undefined) return { idToken, userInfo: null };
  return { idToken, userInfo: { ...(await client.userinfo(tokens)) } };
}

/** openid-client's own timeout begins anew with every byte. */
async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(providerUnreachable("timed out"));
    }, DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
