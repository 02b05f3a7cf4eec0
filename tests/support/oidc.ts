import { createServer, type Server } from "node:http";
import Provider from "oidc-provider";
import { CLIENT_SECRET } from "./oidc-settings";
import { freePort } from "./process";

/** What the provider says of the person who signs in next. `sub` names them there. */
export interface Account {
  sub: string;
  [claim: string]: unknown;
}

/** A real OpenID provider, oidc-provider, whose person signs in without being asked anything. */
export interface OpenIdProvider {
  issuer: string;
  /** Whom it signs in from now on; null: they decline. */
  account: Account | null;
  /** What Coffer asked of its authorization endpoint, the newest last. */
  asked: URLSearchParams[];
  stop(): Promise<void>;
}

/**
 * Starts the provider for a Coffer at `coffer`, an origin, which knows it by `ids`. It says who somebody is at
 * its userinfo endpoint only, as its standard has it.
 */
export async function startProvider(coffer: string, ids = ["idp"]): Promise<OpenIdProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${String(port)}`;
  const running: OpenIdProvider = {
    ...{ issuer, account: null, asked: [] },
    stop: () => stopServer(server),
  };
  const provider = new Provider(issuer, {
    clients: ids.map((id) => ({
      client_id: `coffer-${id}`,
      client_secret: CLIENT_SECRET,
      redirect_uris: [`${coffer}/api/auth/callback/${id}`],
      require_auth_time: true,
    })),
    claims: { email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => running.account ?? { sub },
    }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    cookies: { keys: ["a key of the test"] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      IdToken: 60,
      Grant: 600,
      Interaction: 600,
      Session: 600,
    },
  });
  const callback = provider.callback();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", issuer);
    if (url.pathname === "/auth") running.asked.push(url.searchParams);
    const answer = url.pathname.startsWith("/interaction/") ? interact : callback;
    answer(request, response).catch((error: unknown) => response.end(String(error)));
  });
  const interact: typeof callback = async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    const { account } = running;
    if (account === null) {
      const declined = { error: "access_denied", error_description: "<b>declined</b>" };
      await provider.interactionFinished(request, response, declined);
      return;
    }
    const grant = new provider.Grant({
      accountId: account.sub,
      clientId: String(params["client_id"]),
    });
    grant.addOIDCScope(String(params["scope"]));
    const consent = { grantId: await grant.save() };
    const login = { accountId: account.sub };
    await provider.interactionFinished(request, response, { login, consent });
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return running;
}

/** Ends a server and what is connected to it. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
