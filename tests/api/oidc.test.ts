import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openStore, type Store } from "../../lib/store/store";
import { databaseUrlOf } from "../support/database";
import { startFaultyProvider, type Fault, type FaultyProvider } from "../support/faulty-provider";
import { TEST_ADMIN } from "../support/keys";
import { startProvider, type OpenIdProvider } from "../support/oidc";
import { CLIENT_SECRET, settingsOf } from "../support/oidc-settings";
import { freePort, startProcess, type CofferProcess } from "../support/process";
import { Redirects } from "../support/redirects";
import { signIn } from "../support/sign-in";

// One Coffer, at http://127.0.0.1, with a real provider (`idp`), one that is wrong in a way that each test
// chooses (`fake`), and one that nobody answers for (`down`).

let home: string;
let url: string;
let coffer: CofferProcess;
let idp: OpenIdProvider;
let fake: FaultyProvider;
let store: Store;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "coffer-oidc-"));
  const port = await freePort();
  url = `http://127.0.0.1:${String(port)}`;
  idp = await startProvider(url);
  fake = await startFaultyProvider();
  const env = {
    COFFER_URL: url,
    COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
    COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
    COFFER_OIDC_PROVIDERS: "idp,fake,down",
    ...settingsOf("idp", idp.issuer, { NAME: "Example ID" }),
    ...settingsOf("fake", fake.issuer),
    ...settingsOf("down", `http://127.0.0.1:${String(await freePort())}`),
  };
  coffer = await startProcess({ home, env, port });
  store = await openStore({
    databaseUrl: await databaseUrlOf(home),
    prismaDirectory: join(process.cwd(), "prisma"),
  });
});

afterAll(async () => {
  await store.close();
  await coffer.end("SIGTERM");
  await Promise.all([idp.stop(), fake.stop()]);
  rmSync(home, { recursive: true, force: true });
});

beforeEach(() => {
  fake.fault = {};
});

let people = 0;

/** Somebody whom the provider knows and Coffer does not. */
function somebody(more: object = {}) {
  const sub = `person-${String(++people)}`;
  return {
    sub,
    email: `${sub}@example.com`,
    email_verified: true,
    name: `Name of ${sub}`,
    ...more,
  };
}

async function whoami(browser: Redirects): Promise<Record<string, unknown> | undefined> {
  const answer = await browser.send(`${url}/api/v1/whoami`);
  return ((await answer.json()) as { user?: Record<string, unknown> }).user;
}

/** The sign-ins on record, the newest first. */
async function signIns() {
  return store.db.auditEvent.findMany({
    where: { action: "sign_in" },
    orderBy: { seq: "desc" },
    take: 5,
  });
}

/** Refusals alike within a minute are one event, and then their number: this code's first one is there. */
async function expectRefusalOnRecord(code: string | null): Promise<void> {
  const events = await store.db.auditEvent.findMany({
    where: { action: "sign_in", code: code ?? "" },
  });
  expect(events[0]).toMatchObject({
    actorKind: "nobody",
    outcome: expect.not.stringMatching("ok") as string,
  });
}

/** What the log says of the sign-in that failed last. */
function lastReason(): string | undefined {
  const reasons = coffer.output().matchAll(/"reason":"([^"]*)"/g);
  return Array.from(reasons, ([, reason]) => reason).at(-1);
}

/** Signs in by the provider with the fault, which must be refused and on record. Returns the code. */
async function refusal(fault: Fault, browser = new Redirects(url)): Promise<string | null> {
  fake.fault = fault;
  const before = await store.db.session.count();
  const page = await browser.signIn("fake");
  expect(page.pathname).toBe("/sign-in");
  const code = page.searchParams.get("error");
  await expectRefusalOnRecord(code);
  expect(await store.db.session.count()).toBe(before);
  expect(await whoami(browser)).toBeUndefined();
  return code;
}

describe("a real provider", () => {
  test("signs in somebody new as a viewer, who then is who the API says, and it is on record", async () => {
    idp.account = somebody({ name: "Nia New" });
    const browser = new Redirects(url);
    expect((await browser.signIn("idp", { next: "/account" })).href).toBe(`${url}/account`);
    const email = String(idp.account["email"]);
    expect(await whoami(browser)).toMatchObject({ email, name: "Nia New", role: "viewer" });
    expect((await signIns())[0]).toMatchObject({
      actorName: email,
      outcome: "ok",
      target: `idp ${email}`,
    });
    const made = await store.db.auditEvent.findFirst({
      where: { action: "users.create", target: email },
    });
    expect(made).toMatchObject({ outcome: "ok", code: "oidc:idp" });
    const [session] = await store.db.session.findMany({ where: { user: { email } } });
    expect(session?.method).toBe("oidc:idp");
    expect(Date.now() - (session?.confirmedAt?.getTime() ?? 0)).toBeLessThan(60_000);
  });

  test("is asked with state, nonce, PKCE S256 and the exact redirect address, and for nothing else", async () => {
    idp.account = somebody();
    await new Redirects(url).signIn("idp");
    const asked = Object.fromEntries(idp.asked.at(-1) ?? []);
    expect(asked).toEqual({
      ...{ client_id: "coffer-idp", response_type: "code", scope: "openid email profile" },
      ...{ redirect_uri: `${url}/api/auth/callback/idp`, code_challenge_method: "S256" },
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  test("finds the same person again by its subject, whatever their address has become there", async () => {
    idp.account = somebody();
    const first = new Redirects(url);
    await first.signIn("idp");
    const before = await whoami(first);
    idp.account = { ...idp.account, email: `renamed-${String(idp.account["email"])}` };
    const second = new Redirects(url);
    await second.signIn("idp");
    expect(await whoami(second)).toEqual(before);
  });

  test("is asked to ask again on request, and the session that was there ends", async () => {
    idp.account = somebody();
    const browser = new Redirects(url);
    await browser.signIn("idp");
    const old = browser.cookie;
    const page = await browser.signIn("idp", {
      query: "?prompt=login&max_age=0",
      next: "/people?x=1",
    });
    expect(page.href).toBe(`${url}/people?x=1`);
    expect(Object.fromEntries(idp.asked.at(-1) ?? [])).toMatchObject({
      prompt: "login",
      max_age: "0",
    });
    expect(await whoami(browser)).toBeDefined();
    const asBefore = await fetch(`${url}/api/v1/whoami`, { headers: { cookie: old } });
    expect(asBefore.status).toBe(401);
  });

  test.each([
    "?prompt=none",
    "?max_age=0",
    "?prompt=login&max_age=0&scope=openid",
    "?client_id=x",
    "?redirect_uri=https://evil.example",
    "?code_challenge=x",
  ])("is not asked with %s: nothing but asking again can be passed on", async (query) => {
    const { length } = idp.asked;
    const answer = await new Redirects(url).start("idp", { query });
    expect(answer.status).toBe(400);
    expect(idp.asked).toHaveLength(length);
  });

  test("leads to pages of this site only", async () => {
    idp.account = somebody();
    const browser = new Redirects(url);
    const csrf = (await (await browser.send(`${url}/api/auth/csrf`)).json()) as {
      csrfToken: string;
    };
    const answer = await browser.send(`${url}/api/auth/signin/idp`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...csrf, callbackUrl: "https://evil.example/x", json: "true" }),
    });
    const { url: there } = (await answer.json()) as { url: string };
    expect((await browser.follow(there)).origin).toBe(url);
  });

  test("whose person declines says so, repeats nothing that it wrote, and is on record", async () => {
    idp.account = null;
    const browser = new Redirects(url);
    const page = await browser.signIn("idp", { next: "/people" });
    expect(page.search).toBe("?error=sign_in_cancelled&by=idp&next=%2Fpeople");
    const text = await (await browser.send(page.href)).text();
    expect(text).toContain("The sign-in at Example ID was cancelled");
    expect(text).not.toContain("declined");
    expect((await signIns())[0]).toMatchObject({
      code: "sign_in_cancelled",
      target: "idp",
      outcome: "denied",
    });
  });

  test("does not sign in whom the vault refuses, and the record has a foreign address as a hash only", async () => {
    idp.account = somebody({ email: "eve@evil.example" });
    const page = await new Redirects(url).signIn("idp");
    expect(page.searchParams.get("error")).toBe("email_not_allowed");
    const [event] = await signIns();
    expect(event).toMatchObject({ outcome: "denied", code: "email_not_allowed" });
    expect(event?.target).toMatch(/^idp unknown:[0-9a-f]{16}$/);
  });

  test("connects to who has a password only while they are signed in", async () => {
    idp.account = somebody({ email: TEST_ADMIN.email });
    const stranger = new Redirects(url);
    const refused = await stranger.signIn("idp");
    expect(refused.searchParams.get("error")).toBe("account_not_linked");
    expect(await whoami(stranger)).toBeUndefined();

    const admin = new Redirects(url);
    const [name = "", value = ""] = (
      await signIn(url, TEST_ADMIN.email, TEST_ADMIN.password)
    ).split("=");
    admin.jar.set(name, value);
    expect((await admin.signIn("idp")).pathname).toBe("/account");
    expect(await whoami(admin)).toMatchObject({ email: TEST_ADMIN.email, role: "admin" });
    const again = new Redirects(url);
    await again.signIn("idp");
    expect(await whoami(again)).toMatchObject({ email: TEST_ADMIN.email });
  });
});

describe("an answer that is not right is refused and on record:", () => {
  test("the provider without a fault signs in, so that each fault alone is what is refused", async () => {
    const browser = new Redirects(url);
    expect((await browser.signIn("fake")).pathname).toBe("/account");
    expect(await whoami(browser)).toMatchObject({
      email: "faulty@example.com",
      name: "Faye Faulty",
    });
  });

  const past = Math.floor(Date.now() / 1000) - 3_600;
  test.each<[what: string, reason: string, fault: Fault]>([
    ["another issuer", "unexpected iss value", { claims: { iss: "https://evil.example" } }],
    ["its issuer with a slash", "unexpected iss value", { claims: { iss: "http://127.0.0.1/" } }],
    ["another audience", "aud mismatch", { claims: { aud: "somebody-else" } }],
    [
      "several audiences and another party",
      "azp mismatch",
      { claims: { aud: ["coffer-fake", "x"], azp: "x" } },
    ],
    ["no audience", "missing required JWT property aud", { claims: { aud: undefined } }],
    ["another nonce", "nonce mismatch", { claims: { nonce: "another" } }],
    ["no nonce", "nonce mismatch", { claims: { nonce: undefined } }],
    ["an ID token that has expired", "JWT expired", { claims: { iat: past, exp: past + 60 } }],
    [
      "an ID token that never expires",
      "missing required JWT property exp",
      { claims: { exp: undefined } },
    ],
    ["no subject", "missing required JWT property sub", { claims: { sub: undefined } }],
    ["alg none", "unexpected JWT alg received", { signature: "none" }],
    ["HS256 by the client secret", "unexpected JWT alg received", { signature: "client-secret" }],
    ["a key of somebody else's", "failed to validate JWT signature", { signature: "other-key" }],
    ["another algorithm", "unexpected JWT alg received", { header: { alg: "PS256" } }],
    ["another state", "state mismatch", { state: "another" }],
    ["a code that it no longer knows", "it answered invalid_grant", { tokenStatus: 400 }],
  ])("%s: %s", async (_what, reason, fault) => {
    expect(await refusal(fault)).toBe("provider_refused");
    expect(lastReason()).toBe(reason);
  });

  test.each<[what: string, code: string, claims: Record<string, unknown>]>([
    ["is not verified", "email_not_verified", { email_verified: false }],
    ["has nothing said of it", "email_not_verified", { email_verified: undefined }],
    ["is verified in words", "email_not_verified", { email_verified: "true" }],
    ["is missing", "email_not_allowed", { email: undefined }],
    ["is of another domain", "email_not_allowed", { email: "faulty@evil.example" }],
    ["is a list", "email_not_allowed", { email: ["faulty@example.com"] }],
  ])("an address that %s: %s", async (_what, code, claims) => {
    expect(await refusal({ claims })).toBe(code);
  });

  test("an answer that never comes, or is a failure of the provider's, is told apart", async () => {
    expect(await refusal({ tokenStatus: 503 })).toBe("provider_unreachable");
    expect(lastReason()).toBe("it answered 503");
    expect(await refusal({ hangs: true })).toBe("provider_unreachable");
    expect(lastReason()).toBe("timed out");
  });

  test("a callback that this browser never asked for", async () => {
    const victim = new Redirects(url);
    const page = await victim.follow("/api/auth/callback/fake?code=x&state=y");
    expect(page.searchParams.get("error")).toBe("provider_refused");
    await expectRefusalOnRecord("provider_refused");
  });

  test("the callback of another browser, whose code is good", async () => {
    const attacker = new Redirects(url);
    const { url: there } = (await (await attacker.start("fake")).json()) as { url: string };
    const callback = (await attacker.send(there)).headers.get("location") ?? "";
    const victim = new Redirects(url);
    await victim.start("fake");
    expect((await victim.follow(callback)).searchParams.get("error")).toBe("provider_refused");
    expect(await whoami(victim)).toBeUndefined();
  });

  test("a callback for the second time, also with the cookies of the first", async () => {
    const browser = new Redirects(url);
    const { url: there } = (await (await browser.start("fake")).json()) as { url: string };
    const callback = (await browser.send(there)).headers.get("location") ?? "";
    const kept = new Map(browser.jar);
    expect((await browser.follow(callback)).pathname).toBe("/account");
    expect((await browser.follow(callback)).searchParams.get("error")).toBe("provider_refused");
    const thief = new Redirects(url);
    for (const [name, value] of kept) thief.jar.set(name, value);
    expect((await thief.follow(callback)).searchParams.get("error")).toBe("provider_refused");
    expect(await whoami(thief)).toBeUndefined();
  });

  test("the state of a sign-in that failed, used once more", async () => {
    const browser = new Redirects(url);
    const { url: there } = (await (await browser.start("fake")).json()) as { url: string };
    const callback = (await browser.send(there)).headers.get("location") ?? "";
    fake.fault = { claims: { nonce: "another" } };
    await browser.follow(callback);
    fake.fault = {};
    expect([...browser.jar.keys()].filter((name) => /state|nonce|pkce/.test(name))).toEqual([]);
  });

  test("the state that was made for another provider", async () => {
    const browser = new Redirects(url);
    idp.account = somebody();
    const { url: there } = (await (await browser.start("idp")).json()) as { url: string };
    const state = new URL(there).searchParams.get("state") ?? "";
    const page = await browser.follow(`/api/auth/callback/fake?code=x&state=${state}`);
    expect(page.searchParams.get("error")).toBe("provider_refused");
  });

  test("a POST to the callback, and a sign-in by a provider that is not configured", async () => {
    for (const path of [
      "/api/auth/callback/fake",
      "/api/auth/signin/other",
      "/api/auth/signin/fake/x",
    ]) {
      const answer = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "a=b",
      });
      expect(answer.status, path).toBe(405);
    }
  });

  test("a sign-in without the token against forgery starts nothing", async () => {
    const answer = await fetch(`${url}/api/auth/signin/fake`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "json=true",
      redirect: "manual",
    });
    expect(await answer.text()).not.toContain(fake.issuer);
    expect(answer.headers.getSetCookie().join()).not.toContain("state");
  });
});

describe("a provider that does not answer", () => {
  test("is told of in words, at once, and is on record and in the log", async () => {
    const browser = new Redirects(url);
    const page = await browser.signIn("down");
    expect(page.searchParams.get("error")).toBe("provider_unreachable");
    expect(await (await browser.send(page.href)).text()).toContain("Down does not answer");
    expect((await signIns())[0]).toMatchObject({ code: "provider_unreachable", target: "down" });
    expect(coffer.output()).toContain("ECONNREFUSED");
  });

  test("leaves the password as a way in, and the start as it was: nothing was asked of it then", async () => {
    expect(await signIn(url, TEST_ADMIN.email, TEST_ADMIN.password)).toContain("session-token");
  });
});

test("neither the client secret nor a token is in the log, on record, or in a page", async () => {
  const page = await (await fetch(`${url}/sign-in`)).text();
  const record = JSON.stringify(await store.db.auditEvent.findMany());
  for (const text of [page, record, coffer.output()]) {
    expect(text).not.toContain(CLIENT_SECRET);
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
  }
  expect(await (await fetch(`${url}/api/auth/providers`)).text()).not.toContain(CLIENT_SECRET);
});
