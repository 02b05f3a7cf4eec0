import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { authOptions, originOf } from "../../../../lib/auth/options";
import { vaultOfProcess } from "../../../console";

/** Sign-in and sign-out. The options are made per request because the vault opens after this file loads. */
async function handle(
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const origin = originOf((name) => request.headers.get(name));
  return (await NextAuth(request, context, authOptions(vaultOfProcess(), origin))) as Response;
}

export { handle as GET, handle as POST };
