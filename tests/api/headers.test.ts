import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  asAdmin,
  asNobody,
  Client,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustInvite,
  startCoffer,
} from "../support/coffer";
import { addressOf, everyPage } from "../support/every-page";
import { callExample, everyRoute, makeWorld } from "../support/every-route";
import { TEST_ADMIN } from "../support/keys";
import { startProcess, type CofferProcess } from "../support/process";
import { sendBytes, sendRaw } from "../support/raw-http";
import { signIn } from "../support/sign-in";

const HTTPS = "https://coffer.example.com";

/** What every answer has, whoever asks for whatever. */
function expectSafe(headers: Headers, isHttps: boolean, what: string): void {
  expect(headers.get("x-content-type-options"), what).toBe("nosniff");
  expect(headers.get("referrer-policy"), what).toMatch(/^(no-referrer|same-origin)$/);
  expect(headers.get("cross-origin-opener-policy"), what).toBe("same-origin");
  for (const feature of ["camera", "geolocation", "microphone", "payment"]) {
    expect(headers.get("permissions-policy"), what).toContain(`${feature}=()`);
  }
  expect(headers.get("x-request-id"), what).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(headers.get("x-powered-by"), what).toBeNull();
  expect(headers.get("server"), what).toBeNull();
  expect(headers.get("access-control-allow-origin"), what).toBeNull();
  const hsts = headers.get("strict-transport-security");
  if (isHttps) expect(hsts, what).toMatch(/^max-age=[1-9]\d{7,}/);
  else expect(hsts, what).toBeNull();
  const policy = policyOf(headers);
  expect(policy.get("frame-ancestors"), what).toEqual(["'none'"]);
  expect([...policy.values()].flat(), what).not.toContain("'unsafe-inline'");
  expect([...policy.values()].flat(), what).not.toContain("'unsafe-eval'");
  for (const cookie of headers.getSetCookie()) {
    expect(cookie, what).toMatch(/; ?HttpOnly/i);
    expect(cookie, what).toMatch(/; ?SameSite=Lax/i);
    expect(/; ?Secure/i.test(cookie), `${what}: ${cookie}`).toBe(isHttps);
  }
}

function policyOf(headers: Headers): Map<string, string[]> {
  const directives = headers.get("content-security-policy")?.split(/; */) ?? [];
  return new Map(
    directives.map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
}

describe.each([false, true])("every answer of the API (https: %s)", (isHttps) => {
  const env = isHttps ? { COFFER_URL: HTTPS } : {};

  test("is data that nothing keeps, frames, runs or guesses the type of", async () => {
    const coffer = await startCoffer({ env });
    const admin = new Client(coffer.url, {
      ...(await asAdmin(coffer)).headers,
      origin: isHttps ? HTTPS : coffer.url,
    });
    const world = await makeWorld(admin);
    const service = await mustHaveService(coffer, admin, ["*"]);
    const answers: [what: string, status: number, headers: Headers][] = [];
    for (const [who, client] of Object.entries({ nobody: asNobody(coffer), service, admin })) {
      for (const { name, route } of everyRoute) {
        const { status, headers } = await callExample(client, route, world);
        answers.push([`${who}: ${name}`, status, headers]);
      }
    }
    const paths = [
      ...["/health/live", "/health/ready", "/api/v1/openapi.json", "/api/v1/whoami"],
      ...["/api/v1/x", "/v1/%ff"],
    ];
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "PUT"]) {
        const { status, headers } = await sendRaw(coffer.url, { method, path });
        answers.push([`${method} ${path}`, status, headers]);
      }
    }
    for (const bytes of ["GET / HTTP/9.9", `GET / HTTP/1.1\r\nx: ${"x".repeat(70_000)}`]) {
      const head = (await sendBytes(coffer.url, `${bytes}\r\n\r\n`)).split("\r\n\r\n", 1)[0] ?? "";
      const [status = "", ...lines] = head.split("\r\n");
      const headers = lines.map((line) => line.split(": ", 2) as [string, string]);
      answers.push([bytes.slice(0, 20), Number(status.split(" ")[1]), new Headers(headers)]);
    }
    for (const [what, , headers] of answers) {
      expectSafe(headers, isHttps, what);
      expect(headers.get("cache-control"), what).toBe("no-store");
      expect(policyOf(headers).get("default-src"), what).toEqual(["'none'"]);
      expect(headers.getSetCookie(), what).toEqual([]);
    }
    const statuses = new Set(answers.map(([, status]) => status));
    for (const status of [200, 201, 204, 400, 401, 403, 404, 405, 431]) {
      expect(statuses).toContain(status);
    }
  });
});

describe.each([false, true])("every page of the console (https: %s)", (isHttps) => {
  const home = mkdtempSync(join(tmpdir(), "coffer-test-"));
  let coffer: CofferProcess;
  let cookie: string;
  /** What stands for the parts of a page's address that are in brackets. */
  let parts: Record<string, string>;

  beforeAll(async () => {
    const { email, password } = TEST_ADMIN;
    const admin = { COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password };
    coffer = await startProcess({ home, env: { ...admin, ...(isHttps && { COFFER_URL: HTTPS }) } });
    cookie = await signIn(coffer.url, email, password);
    const client = new Client(coffer.url, { cookie, origin: isHttps ? HTTPS : coffer.url });
    await mustCreateSecret(client, "KEY", "sk-of-the-page");
    const { id } = await mustCreateService(client, "gateway", ["*"]);
    await mustCreateSecret(client, "LEAKED", "v");
    const since = "2026-01-01T00:00:00Z";
    const opened = await client.post("/api/v1/incidents", { secret: "LEAKED", since });
    const incident = String(opened.json?.["id"]);
    const { id: person } = await mustInvite(client, "invited@example.com");
    parts = { environment: "default", name: "KEY", id, incident, person };
  });

  afterAll(async () => {
    await coffer.end("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(coffer.url + path, { headers, redirect: "manual" });

  /** Expects what every answer of the console has. Returns the nonce. */
  async function expectSafePage(path: string, response: Response): Promise<string> {
    const { headers } = response;
    expectSafe(headers, isHttps, path);
    const policy = policyOf(headers);
    const nonce = /^'nonce-(.{22,})'$/.exec(policy.get("script-src")?.[1] ?? "")?.[1] ?? "";
    expect(nonce, path).not.toBe("");
    expect(policy.get("script-src"), path).toEqual([
      ...["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"],
    ]);
    expect(policy.get("default-src"), path).toEqual(["'self'"]);
    expect(policy.get("object-src"), path).toEqual(["'none'"]);
    expect(policy.get("base-uri"), path).toEqual(["'none'"]);
    expect(policy.get("form-action"), path).toEqual(["'self'"]);
    expect(headers.get("cache-control"), path).toContain("no-store");
    const html = await response.text();
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) {
      expect(tag, path).toContain(`nonce="${nonce}"`);
    }
    expect(html, path).not.toMatch(/<[a-z][^>]* on[a-z]+=/i);
    expect(html, path).not.toContain("sk-of-the-page");
    return nonce;
  }

  test("is served to who is signed in, and to nobody else but where one signs in", async () => {
    const open = ["/join", "/setup", "/sign-in"];
    expect(everyPage).toEqual(expect.arrayContaining(open));
    const nonces = new Set<string>();
    for (const page of everyPage) {
      const path = addressOf(page, parts);
      const signedOut = await get(path);
      expect([path, signedOut.status]).toEqual([
        path,
        open.includes(page) ? expect.anything() : 307,
      ]);
      nonces.add(await expectSafePage(path, signedOut));
      const signedIn = await get(path, { cookie });
      expect([200, 307]).toContain(signedIn.status);
      nonces.add(await expectSafePage(path, signedIn));
    }
    expect(nonces.size).toBe(everyPage.length * 2);
  });

  test("and what is no page, or refused before it is one, has the same headers", async () => {
    for (const path of [
      "/nothing",
      "/e/default/nothing",
      "/e/none/secrets",
      "/e/default/secrets/NO",
    ]) {
      for (const headers of [{}, { cookie }] as Record<string, string>[]) {
        await expectSafePage(path, await get(path, headers));
      }
    }
    const post = await fetch(`${coffer.url}/sign-in`, { method: "POST", body: "x" });
    expect(post.status).toBe(405);
    const host = { host: "coffer.evil.example" };
    const misdirected = await sendRaw(coffer.url, { path: "/sign-in", headers: host });
    expect(misdirected.status).toBe(421);
    for (const { headers } of [post, misdirected]) {
      expectSafe(headers, isHttps, "refused");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("has scripts, styles and fonts of its own, which may be kept", async () => {
    const html = await (await get("/sign-in")).text();
    const assets = new Set(html.match(/\/_next\/static\/[^"\\]+/g));
    expect(assets.size).toBeGreaterThan(1);
    for (const asset of assets) {
      const response = await get(asset);
      expect(response.status, asset).toBe(200);
      expectSafe(response.headers, isHttps, asset);
      expect(response.headers.get("cache-control"), asset).toContain("immutable");
    }
  });

  test("signs in and out with cookies that no script reads and no other site sends", async () => {
    const names: string[] = [];
    for (const path of ["csrf", "session", "providers", "signin", "error", "signout", "nothing"]) {
      for (const headers of [{}, { cookie }] as Record<string, string>[]) {
        const response = await get(`/api/auth/${path}`, headers);
        expectSafe(response.headers, isHttps, path);
        expect(response.headers.get("cache-control"), path).toContain("no-store");
        names.push(...response.headers.getSetCookie().map((line) => line.split("=", 1)[0] ?? ""));
      }
    }
    const csrf = await get("/api/auth/csrf");
    const jar = csrf.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const { email, password } = TEST_ADMIN;
    for (const [typed, ok] of [
      [password, true],
      ["wrong", false],
    ] as const) {
      const response = await fetch(`${coffer.url}/api/auth/callback/credentials`, {
        method: "POST",
        headers: { cookie: jar.join("; ") },
        body: new URLSearchParams({ csrfToken, email, password: typed, json: "true" }),
        redirect: "manual",
      });
      expect(response.ok).toBe(ok);
      expectSafe(response.headers, isHttps, "callback");
      expect(response.headers.get("cache-control")).toContain("no-store");
      names.push(...response.headers.getSetCookie().map((line) => line.split("=", 1)[0] ?? ""));
    }
    const [secure, host] = isHttps ? ["__Secure-", "__Host-"] : ["", ""];
    expect(new Set(names)).toEqual(
      new Set([
        `${secure}next-auth.session-token`,
        `${secure}next-auth.callback-url`,
        `${host}next-auth.csrf-token`,
      ]),
    );
  });

  test("says how long to wait where there were too many wrong passwords, to the page that asked", async () => {
    const csrf = await get("/api/auth/csrf");
    const jar = csrf.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const urls: string[] = [];
    for (let i = 0; i < 8; i++) {
      const response = await fetch(`${coffer.url}/api/auth/callback/credentials`, {
        method: "POST",
        headers: { cookie: jar.join("; ") },
        body: new URLSearchParams({
          ...{ csrfToken, email: "guessed@example.com", password: "wrong", json: "true" },
        }),
      });
      expect(response.status).toBe(401);
      urls.push(((await response.json()) as { url: string }).url);
    }
    expect(urls[0]).not.toContain("wait");
    expect(urls.some((url) => /[?&]error=wait-[1-9]\d*$/.test(url))).toBe(true);
  });
});
