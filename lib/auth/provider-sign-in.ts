import type { NextAuthOptions } from "next-auth";
import type { Origin } from "../access/caller";
import type { CofferError } from "../errors";
import type { Providers, SessionClaims, Vault } from "../vault/vault";
import { discover } from "./discovery";
import { authOptions } from "./options";
import { providerConnection } from "./provider-connection";
import { failureOf, ProviderFailure, providerRefused, refusalOf } from "./provider-failure";
import { sessionClaims } from "./session";

/** A request that is about a provider. */
export interface ProviderRequest {
  vault: Vault;
  origin: Origin;
  client: NonNullable<ReturnType<Providers["client"]>>;
  url: URL;
  cookie: string | null;
  /** Lets next-auth answer the request. */
  carry: (options: NextAuthOptions) => Promise<Response>;
}

/** What a sign-in may ask of the provider beside the usual: that the person shows anew who they are. */
const AGAIN = new URLSearchParams({ prompt: "login", max_age: "0" }).toString();

/** Answers POST /api/auth/signin/{id} with the address to go to: the provider's, or the reason why not. */
export async function startProviderSignIn(request: ProviderRequest): Promise<Response> {
  const { vault, origin, client, url } = request;
  if (url.search !== "" && url.search !== `?${AGAIN}`) {
    const message = `The only parameters that are passed on are ${AGAIN}.\n`;
    return new Response(message, { status: 400 });
  }
  try {
    const connection = providerConnection(client, await discover(client.issuer), {
      signIn: () => false,
      onFailure: () => undefined,
    });
    return await request.carry(authOptions(vault, origin, connection));
  } catch (error) {
    return Response.json({ url: await failed(request, failureOf(error)) });
  }
}

/** Answers GET /api/auth/callback/{id}: a session and the page that was wanted, or sign-in with the reason. */
export async function finishProviderSignIn(request: ProviderRequest): Promise<Response> {
  const { vault, origin, client, url, cookie } = request;
  const session = await sessionClaims(vault, cookie);
  let opened: SessionClaims | undefined;
  let failure: CofferError | undefined;
  try {
    const oauthCode = url.searchParams.get("error");
    if (oauthCode !== null) throw refusalOf(oauthCode);
    const connection = providerConnection(client, await discover(client.issuer), {
      onFailure: (error) => (failure = failureOf(error)),
      async signIn({ user, profile }) {
        try {
          opened = await vault.providers.signIn(origin, client.id, profile as never, session);
          Object.assign(user, { claims: opened });
          return true;
        } catch (error) {
          failure = failureOf(error);
          return false;
        }
      },
    });
    const answer = await request.carry(authOptions(vault, origin, connection));
    if (opened === undefined) {
      throw failure ?? providerRefused("this browser did not ask for the answer, or too long ago");
    }
    if (session) await vault.people.signOut(session, origin); // the new one takes its place
    return answer;
  } catch (error) {
    const location = await failed(request, failureOf(error));
    return new Response(null, { status: 302, headers: endedHeaders(vault, location) });
  }
}

/** Puts a failure on record, and returns the page that tells of it. */
async function failed(request: ProviderRequest, error: CofferError): Promise<string> {
  const { vault, origin, client, cookie } = request;
  if (error instanceof ProviderFailure) {
    await vault.providers.noteFailure(origin, client.id, error, error.reason);
  }
  const query = new URLSearchParams({ error: error.code, by: client.id });
  const next = wantedPage(cookie);
  if (next !== null) query.set("next", next);
  return `/sign-in?${query.toString()}`;
}

/** The page that the sign-in was to lead to, from next-auth's cookie. The page that shows it checks it. */
function wantedPage(cookieHeader: string | null): string | null {
  const text = /next-auth\.callback-url=([^;]+)/.exec(cookieHeader ?? "")?.[1];
  try {
    const { pathname, search } = new URL(decodeURIComponent(text ?? ""));
    return pathname === "/" ? null : pathname + search;
  } catch {
    return null;
  }
}

/** A sign-in that failed is over: its state, nonce and code verifier are dropped. */
function endedHeaders(vault: Vault, location: string): Headers {
  const { secure } = vault.sessionCookie();
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const name of ["state", "nonce", "pkce.code_verifier"]) {
    const whole = `${secure ? "__Secure-" : ""}next-auth.${name}`;
    const attributes = `Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
    headers.append("set-cookie", `${whole}=; ${attributes}`);
  }
  return headers;
}
