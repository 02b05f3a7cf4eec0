/** What became of an attempt to sign in. The two about codes come only once the password is right. */
export type SignedIn = "yes" | "refused" | "second_factor_required" | "wrong_code";

/** There were too many wrong attempts, so this one was not looked at. */
export class TooManyAttempts extends Error {
  constructor(readonly waitSeconds: number) {
    super("Too many attempts.");
  }
}

/**
 * Signs in with e-mail and password, and a code if one is asked for.
 * @throws TooManyAttempts; another Error when Coffer does not answer
 */
export async function signIn(email: string, password: string, code?: string): Promise<SignedIn> {
  const fields = { email, password, ...(code !== undefined && { code }) };
  const answer = await post("/api/auth/callback/credentials", fields);
  if (answer.ok) return "yes";
  const { url = "" } = (await answer.json().catch(() => ({}))) as { url?: string };
  const error = URL.canParse(url) ? new URL(url).searchParams.get("error") : null;
  if (error === "second_factor_required" || error === "wrong_code") return error;
  const wait = /^wait-(\d+)$/.exec(error ?? "")?.[1];
  if (wait !== undefined) throw new TooManyAttempts(Number(wait));
  if (answer.status >= 500 || error === "unavailable") {
    throw new Error(`Signing in answered ${String(answer.status)}.`);
  }
  return "refused";
}

/**
 * Goes to a provider to sign in, and from there to `next`, a path of this site. `again` has the provider ask who
 * it is, also where it knows already.
 */
export async function signInBy(provider: string, next: string, again = false): Promise<void> {
  const query = again ? "?prompt=login&max_age=0" : "";
  const callbackUrl = window.location.origin + next;
  const answer = await post(`/api/auth/signin/${provider}${query}`, { callbackUrl });
  const { url } = (await answer.json()) as { url: string };
  window.location.assign(url); // a form that is sent there would be stopped by form-action
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
      callbackUrl: window.location.origin,
      ...fields,
      csrfToken,
      json: "true",
    }),
  });
}
