/** Signs in with e-mail and password. False when they are not right; throws when Coffer does not answer. */
export async function signIn(email: string, password: string): Promise<boolean> {
  const answer = await post("/api/auth/callback/credentials", { email, password });
  if (answer.ok) return true;
  const { url = "" } = (await answer.json().catch(() => ({}))) as { url?: string };
  if (answer.status >= 500 || url.includes("error=unavailable")) {
    throw new Error(`Signing in answered ${String(answer.status)}.`);
  }
  return false;
}

/** Ends the session on the server, and drops its cookie. */
export async function signOut(): Promise<void> {
  const answer = await post("/api/auth/signout", {});
  if (!answer.ok) throw new Error(`Signing out answered ${String(answer.status)}.`);
}

/** What next-auth's own client does, without its 20 kB: ask for its token, then post a form. */
async function post(path: string, fields: Record<string, string>): Promise<Response> {
  const asked = await fetch("/api/auth/csrf", { cache: "no-store" });
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...fields,
      csrfToken,
      callbackUrl: window.location.origin,
      json: "true",
    }),
  });
}
