import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { Origin } from "../access/caller";
import { isCofferError, type ErrorCode } from "../errors";
import { SESSION_MAX_AGE_SECONDS } from "../session-age";
import type { SessionClaims, Vault } from "../vault/vault";
import type { ProviderConnection } from "./provider-connection";

/** Set by the server on every request to Next, after it has dropped what the client sent. */
export const ADDRESS_HEADER = "x-coffer-address";
export const REQUEST_ID_HEADER = "x-coffer-request-id";

const MAX_EMAIL_LENGTH = 320;
const MAX_PASSWORD_LENGTH = 1_024;
const MAX_CODE_LENGTH = 100;

/** What the sign-in page hears of beside "not right" and "no answer". */
const TOLD: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["second_factor_required", "wrong_code"]);

/** Where a request to Next came from. */
export function originOf(header: (name: string) => string | null | undefined): Origin {
  return {
    address: header(ADDRESS_HEADER) ?? "",
    userAgent: header("user-agent") ?? "",
    requestId: header(REQUEST_ID_HEADER) ?? "",
  };
}

/** `wait-12`, where an error says that the next attempt has to wait so many seconds. */
function waitCode(error: unknown): string | null {
  const seconds = isCofferError(error) ? error.details?.["retryAfterSeconds"] : undefined;
  return typeof seconds === "number" ? `wait-${seconds}` : null;
}

/**
 * next-auth, set to do as little as possible: it keeps the cookie. Who may sign in, and how long that lasts,
 * is decided by the vault. `origin` is where the present request came from; `by` is the provider that it is
 * about, where it is about one.
 */
export function authOptions(
  vault: Vault,
  origin: Origin,
  by?: ProviderConnection,
): NextAuthOptions {
  const { key, secure } = vault.sessionCookie();
  return {
    secret: key,
    useSecureCookies: secure,
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        credentials: {
          ...{ email: { type: "email" }, password: { type: "password" }, code: { type: "text" } },
        },
        async authorize(credentials) {
          const { email, password, code } = credentials ?? {};
          if (typeof email !== "string" || typeof password !== "string") return null;
          if (email.length > MAX_EMAIL_LENGTH || password.length > MAX_PASSWORD_LENGTH) return null;
          if (code !== undefined && (typeof code !== "string" || code.length > MAX_CODE_LENGTH))
            return null;
          try {
            const claims = await vault.people.signIn(origin, email, password, code);
            return { id: claims.userId, claims } as never;
          } catch (error) {
            if (isCofferError(error) && error.code === "sign_in_failed") return null;
            // The message goes to the page, as `error=` in an address.
            if (isCofferError(error) && TOLD.has(error.code)) throw new Error(error.code);
            throw new Error(waitCode(error) ?? "unavailable");
          }
        },
      }),
      ...(by ? [by.provider] : []),
    ],
    callbacks: {
      ...(by && { signIn: by.signIn }),
      jwt({ token, user }) {
        const claims = (user as { claims?: SessionClaims } | undefined)?.claims;
        if (claims) return { sub: claims.userId, sid: claims.jti, epoch: claims.epoch };
        return token;
      },
      // Nothing is told to whoever asks /api/auth/session: pages and routes ask the vault.
      session: ({ session }) => ({ expires: session.expires }),
    },
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  };
}
