/** Follows redirects as a browser does, with one jar of cookies for every host on this machine. */
export class Redirects {
  readonly jar = new Map<string, string>();
  /** Every address it was sent to, the newest last. */
  readonly visited: string[] = [];

  constructor(readonly coffer: string) {}

  get cookie(): string {
    return Array.from(this.jar, ([name, value]) => `${name}=${value}`).join("; ");
  }

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), cookie: this.cookie };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isGone = value === "" || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line);
      if (isGone) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }

  /** What Coffer answers to the wish to sign in by that provider: the address to go to. */
  async start(id: string, { query = "", next = "/account" } = {}): Promise<Response> {
    const csrf = await this.send(`${this.coffer}/api/auth/csrf`);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    return this.send(`${this.coffer}/api/auth/signin/${id}${query}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfToken, callbackUrl: this.coffer + next, json: "true" }),
    });
  }

  /** Signs in by that provider, and returns the page of Coffer's that it ends at. */
  async signIn(id: string, options?: { query?: string; next?: string }): Promise<URL> {
    const { url } = (await (await this.start(id, options)).json()) as { url: string };
    return this.follow(url);
  }

  /** Follows redirects until a page of Coffer's. */
  async follow(address: string): Promise<URL> {
    let url = new URL(address, this.coffer);
    for (let hops = 0; hops < 20; hops++) {
      this.visited.push(url.href);
      const isCoffers = url.origin === this.coffer;
      if (isCoffers && !url.pathname.startsWith("/api/auth/")) return url;
      const answer = await this.send(url.href);
      const location = answer.headers.get("location");
      if (location === null) {
        throw new Error(`${url.href} answered ${String(answer.status)}: ${await answer.text()}`);
      }
      url = new URL(location, url);
    }
    throw new Error(`Too many redirects, the last to ${url.href}`);
  }
}
