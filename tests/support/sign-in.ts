/**
 * Signs in as a browser does, through next-auth, and returns the cookie header of the session. For tests
 * that run Coffer as a process.
 */
export async function signIn(
  url: string,
  email: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const cookies = () => Array.from(jar, ([name, value]) => `${name}=${value}`).join("; ");
  const first = await fetch(`${url}/api/auth/csrf`);
  keep(first);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: {
      ...headers,
      ...{ "content-type": "application/x-www-form-urlencoded", cookie: cookies() },
    },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
    redirect: "manual",
  });
  keep(answer);
  const session = [...jar].find(([name]) => name.endsWith("session-token"));
  if (!session) throw new Error(`Signing in failed with ${String(answer.status)}`);
  return `${session[0]}=${session[1]}`;
}
