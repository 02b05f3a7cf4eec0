import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { authOptions, originOf } from "../../../../lib/auth/options";
import { finishProviderSignIn, startProviderSignIn } from "../../../../lib/auth/provider-sign-in";
import { sessionClaims } from "../../../../lib/auth/session";
import { vaultOfProcess } from "../../../console";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** Sign-in and sign-out. The options are made per request because the vault opens after this file loads. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const vault = vaultOfProcess();
  const origin = originOf((name) => request.headers.get(name));
  const cookie = request.headers.get("cookie");
  const carry = async (options: ReturnType<typeof authOptions>) =>
    (await NextAuth(request, context, options)) as Response;
  try {
    const [action, id = ""] = (await context.params).nextauth;
    const client = vault.providers.client(id);
    if (client) {
      const about = { vault, origin, client, url: new URL(request.url), cookie, carry };
      if (action === "signin" && request.method === "POST") return await startProviderSignIn(about);
      if (action === "callback") return await finishProviderSignIn(about);
    }
    if (request.method === "POST" && action === "signout") {
      // First, and not in one of next-auth's events: those fail without anybody being told.
      const claims = await sessionClaims(vault, cookie);
      if (claims) await vault.people.signOut(claims, origin);
    }
    return await asOutage(await carry(authOptions(vault, origin)));
  } catch {
    // Next would print the error, and an error of a parser quotes what it was given.
    return new Response("Coffer can't do this now. Try again in a moment.\n", UNAVAILABLE);
  }
}

const UNAVAILABLE = { status: 503, headers: { "Retry-After": "1" } };

/** next-auth says of every sign-in that failed that it was refused: also of one that nobody could decide. */
async function asOutage(answer: Response): Promise<Response> {
  if (answer.status !== 401) return answer;
  const sent = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { url?: unknown };
  const url = String(sent.url);
  const isOutage = URL.canParse(url) && new URL(url).searchParams.get("error") === "unavailable";
  if (!isOutage) return answer;
  const headers = new Headers(answer.headers);
  headers.set("Retry-After", "1");
  return new Response(answer.body, { status: 503, headers });
}

export { handle as GET, handle as POST };
