import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { authOptions, originOf } from "../../../../lib/auth/options";
import { sessionClaims } from "../../../../lib/auth/session";
import { vaultOfProcess } from "../../../console";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** Sign-in and sign-out. The options are made per request because the vault opens after this file loads. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const vault = vaultOfProcess();
  const origin = originOf((name) => request.headers.get(name));
  try {
    const [action] = (await context.params).nextauth;
    if (request.method === "POST" && action === "signout") {
      // First, and not in one of next-auth's events: those fail without anybody being told.
      const claims = await sessionClaims(vault, request.headers.get("cookie"));
      if (claims) await vault.people.signOut(claims, origin);
    }
    return (await NextAuth(request, context, authOptions(vault, origin))) as Response;
  } catch {
    // Next would print the error, and an error of a parser quotes what it was given.
    return new Response("Coffer can't do this now. Try again in a moment.\n", { status: 503 });
  }
}

export { handle as GET, handle as POST };
