import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import type { Origin } from "../access/caller";
import { CofferError, isCofferError, type ErrorCode } from "../errors";
import { ADDRESS_HEADER, REQUEST_ID_HEADER } from "../request-headers";
import { SESSION_MAX_AGE_SECONDS } from "../session-age";
import type { SessionClaims, Vault } from "../vault/vault";
import type { ProviderConnection } from "./provider-connection";

/** Of what a form sends, beside which next-auth has fields of its own. */
const CREDENTIALS = z.object({
  email: z.string().max(320),
  password: z.string().max(1_024),
  code: z.string().max(100).optional(),
});

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

/** An attempt that can't be anybody's is an attempt all the same. */
function noteMalformed(vault: Vault, origin: Origin): Promise<void> {
  const error = new CofferError("invalid_request", "This is no e-mail address and password.");
  return vault.noteRefusal({ kind: "nobody", origin }, { action: "sign_in" }, error);
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
          try {
            const sent = CREDENTIALS.safeParse(credentials);
            if (!sent.success) {
              await noteMalformed(vault, origin);
              return null;
            }
            const { email, password, code } = sent.data;
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
