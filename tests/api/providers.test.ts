import { describe, expect, test } from "vitest";
import type { SessionClaims } from "../../lib/vault/vault";
import {
  changeUser,
  Client,
  cookieFor,
  mustCreateUser,
  mustInvite,
  asAdmin,
  startCoffer,
  tamper,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { settingsOf } from "../support/oidc-settings";
import { expectProblem } from "../support/problem";

// What the vault decides of somebody for whom a provider vouches. How the answer comes: oidc.test.ts.

const ISSUER = "https://id.example.com/";
const ORIGIN = { address: "192.0.2.7", userAgent: "test", requestId: "oidc-test" };

const start = (more: Record<string, string> = {}) =>
  startCoffer({ env: { COFFER_OIDC_PROVIDERS: "idp", ...settingsOf("idp", ISSUER, more) } });

const right = {
  ...{ iss: ISSUER, aud: "coffer-idp", sub: "ada" },
  ...{ email: "ada@example.com", email_verified: true, name: "Ada" },
};

function signIn(
  { vault }: Coffer,
  claims: object = {},
  {
    userInfo = null,
    session = null,
  }: { userInfo?: object | null; session?: SessionClaims | null } = {},
): Promise<SessionClaims> {
  const all: Record<string, unknown> = { ...right, ...claims };
  const idToken = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  );
  const told = { idToken, userInfo: userInfo as Record<string, unknown> | null };
  return vault.providers.signIn(ORIGIN, "idp", told, session);
}

/** The code that it is refused with, which is on record as well. */
async function refusal(
  coffer: Coffer,
  ...how: Parameters<typeof signIn> extends [unknown, ...infer R] ? R : never
) {
  const { db } = await coffer.database();
  const before = await db.session.count();
  const error = await signIn(coffer, ...how).then(
    () => null,
    (thrown: unknown) => thrown as { code: string },
  );
  const event = await db.auditEvent.findFirst({
    where: { action: "sign_in" },
    orderBy: [{ at: "desc" }, { seq: "desc" }],
  });
  expect(event).toMatchObject({ actorKind: "nobody", code: error?.code, ...ORIGIN });
  expect(event?.outcome).not.toBe("ok");
  expect(await db.session.count()).toBe(before);
  return error?.code;
}

async function userOf(coffer: Coffer, email: string) {
  const { db } = await coffer.database();
  return db.user.findUniqueOrThrow({
    where: { email },
    include: { identities: true, links: true },
  });
}

const change = async <T>(coffer: Coffer, work: Parameters<typeof tamper<T>>[1]) =>
  tamper(coffer, work);

describe("the e-mail address", () => {
  const odd: [what: string, email: unknown][] = [
    ["another domain", "ada@evil.example"],
    ["a subdomain", "ada@sub.example.com"],
    ["a domain that ends alike", "ada@evilexample.com"],
    ["a domain that goes on", "ada@example.com.evil.example"],
    ["a dot at the end", "ada@example.com."],
    ["two @", "ada@evil.example@example.com"],
    ["two @ the other way", "ada@example.com@evil.example"],
    ["a blank before", " ada@example.com"],
    ["a blank after", "ada@example.com "],
    ["a newline after", "ada@example.com\n"],
    ["a blank inside", "ada @example.com"],
    ["a NUL", "ada\u0000@example.com"],
    ["the Kelvin sign, whose lower case is k", "ada@\u212A.example"],
    ["a dotless i", "ad\u0131@example.com"],
    ["full-width letters", "\uFF41da@example.com"],
    ["a full-width @", "ada\uFF20example.com"],
    ["a list", "ada@example.com,eve@example.com"],
    ["an array", ["ada@example.com"]],
    ["an object", { toString: () => "ada@example.com" }],
    ["quotes", '"ada"@example.com'],
    ["a comment", "ada(x)@example.com"],
    ["a name and angles", "Ada <ada@example.com>"],
    ["no local part", "@example.com"],
    ["no domain", "ada"],
    ["nothing", ""],
    ["null", null],
    ["none at all", undefined],
    ["too much", `${"a".repeat(65)}@example.com`],
  ];

  test("that is odd in any way is refused, and makes nobody", async () => {
    const coffer = await start({ DOMAINS: "example.com,k.example" });
    for (const [what, email] of odd) {
      expect(await refusal(coffer, { email }), what).toBe("email_not_allowed");
    }
    expect(await (await coffer.database()).db.user.count()).toBe(1);
  });

  test("in capitals is the same address, and not a second person", async () => {
    const coffer = await start();
    const first = await signIn(coffer, { email: "Ada@Example.COM" });
    expect((await userOf(coffer, "ada@example.com")).id).toBe(first.userId);
    expect(await refusal(coffer, { email: "ADA@example.com", sub: "another" })).toBe(
      "account_not_linked",
    );
  });

  test("that the provider calls verified with anything but true is not", async () => {
    const coffer = await start();
    for (const email_verified of [false, undefined, null, "true", 1, "yes", {}]) {
      expect(await refusal(coffer, { email_verified })).toBe("email_not_verified");
    }
  });

  test("and whether it is verified come from one answer: neither vouches for the other's", async () => {
    const coffer = await start();
    const unsaid = { email: "victim@example.com", email_verified: undefined };
    const userInfo = { sub: "ada", email: "other@example.com", email_verified: false };
    expect(await refusal(coffer, unsaid, { userInfo })).toBe("email_not_verified");
    const nameless = { sub: "ada", email_verified: true };
    expect(await refusal(coffer, unsaid, { userInfo: nameless })).toBe("email_not_allowed");
    await signIn(coffer, unsaid, { userInfo: { ...userInfo, email_verified: true } });
    expect(await userOf(coffer, "other@example.com")).toMatchObject({ role: "viewer" });
    await expect(userOf(coffer, "victim@example.com")).rejects.toThrow();
  });

  test("may be called verified by another claim, where the operator says so", async () => {
    const coffer = await start({ VERIFIED_CLAIM: "xms_edov" });
    expect(await refusal(coffer)).toBe("email_not_verified");
    expect(await refusal(coffer, { xms_edov: "0" })).toBe("email_not_verified");
    await signIn(coffer, { xms_edov: "1" });
  });
});

const foreign: [what: string, claims: object, userInfo: object | null][] = [
  ["another issuer", { iss: "https://id.example.com" }, null],
  ["another audience", { aud: "other" }, null],
  ["audiences without Coffer", { aud: ["other"] }, null],
  ["no subject", { sub: undefined }, null],
  ["a subject that is no text", { sub: 7 }, null],
  ["a subject with a NUL", { sub: "ada\0" }, null],
  ["a subject that is too long", { sub: "x".repeat(256) }, null],
  ["a userinfo of somebody else", {}, { sub: "eve" }],
];

test("claims that are not of this provider, for Coffer, of one person open nothing", async () => {
  const coffer = await start();
  for (const [what, claims, userInfo] of foreign) {
    expect(await refusal(coffer, claims, { userInfo }), what).toBe("provider_refused");
  }
});

describe("somebody whom no identity names", () => {
  test("is made with the role of the configuration, and can't sign in by password", async () => {
    const coffer = await start({ ROLE: "auditor" });
    await signIn(coffer, { name: " A\u0007da\n\u202E " });
    expect(await userOf(coffer, "ada@example.com")).toMatchObject({
      role: "auditor",
      name: "A da",
      passwordHash: null,
    });
    await expect(coffer.vault.people.signIn(ORIGIN, "ada@example.com", "")).rejects.toMatchObject({
      code: "sign_in_failed",
    });
  });

  test("is not made where only the invited may come, who are let in and keep their role", async () => {
    const coffer = await start({ ROLE: "none" });
    expect(await refusal(coffer)).toBe("not_invited");
    const admin = await asAdmin(coffer);
    const { link } = await mustInvite(admin, "ada@example.com", "editor");
    await signIn(coffer);
    expect(await userOf(coffer, "ada@example.com")).toMatchObject({ role: "editor", links: [] });
    const late = await admin.post("/api/v1/links/accept", {
      link,
      password: "seven plain wooden chairs",
    });
    expect(late.json).toMatchObject({ code: "invalid_link" });
  });

  test("is not made before the first admin is, so that the setup link stays good", async () => {
    const env = { COFFER_OIDC_PROVIDERS: "idp", ...settingsOf("idp", ISSUER, { ROLE: "admin" }) };
    const coffer = await startCoffer({ env, admin: false });
    expect(await refusal(coffer)).toBe("not_invited");
    expect(await coffer.vault.people.needsSetup()).toBe(true);
  });

  test("does not get the account of who has joined: not by password, not by another subject", async () => {
    const coffer = await start();
    expect(await refusal(coffer, { email: TEST_ADMIN.email, sub: "eve" })).toBe(
      "account_not_linked",
    );
    await signIn(coffer);
    expect(await refusal(coffer, { sub: "a new ada" })).toBe("account_not_linked");
    expect((await userOf(coffer, "ada@example.com")).identities).toHaveLength(1);
  });

  test("gets the account that the browser is signed in to, where it has the same address and was just confirmed", async () => {
    const coffer = await start();
    const { vault, clock } = coffer;
    const session = await vault.people.signIn(ORIGIN, TEST_ADMIN.email, TEST_ADMIN.password);
    expect(
      await refusal(
        coffer,
        { email: "ada@example.org", sub: "a", email_verified: false },
        { session },
      ),
    ).toBe("email_not_verified");
    const other = await mustCreateUser(coffer, "viewer");
    expect(await refusal(coffer, { email: other.email }, { session })).toBe("account_not_linked");
    clock.advance(5 * 60_000);
    expect(await refusal(coffer, { email: TEST_ADMIN.email }, { session })).toBe(
      "confirmation_required",
    );
    const fresh = await vault.people.signIn(ORIGIN, TEST_ADMIN.email, TEST_ADMIN.password);
    const opened = await signIn(coffer, { email: TEST_ADMIN.email }, { session: fresh });
    expect(opened.userId).toBe(fresh.userId);
    const { db } = await coffer.database();
    const event = await db.auditEvent.findFirst({ where: { action: "identities.link" } });
    expect(event).toMatchObject({
      actorName: TEST_ADMIN.email,
      target: TEST_ADMIN.email,
      outcome: "ok",
    });
  });
});

describe("somebody whom an identity names", () => {
  test("does not get in once disabled, by identity or by address", async () => {
    const coffer = await start();
    const { userId } = await signIn(coffer);
    await changeUser(coffer, userId, { disabledAt: coffer.clock.now() });
    expect(await refusal(coffer)).toBe("account_disabled");
    expect(await refusal(coffer, { sub: "another" })).toBe("account_disabled");
  });

  test("is refused where the identity was moved to them behind Coffer's back", async () => {
    const coffer = await start();
    await signIn(coffer);
    const admin = await userOf(coffer, TEST_ADMIN.email);
    await change(coffer, (tx) => tx.identity.updateMany({ data: { userId: admin.id } }));
    expect(await refusal(coffer)).toBe("tampered");
  });

  test("is refused where the person was changed behind Coffer's back", async () => {
    const coffer = await start();
    const { userId } = await signIn(coffer);
    await change(coffer, (tx) =>
      tx.user.update({ where: { id: userId }, data: { role: "admin" } }),
    );
    expect(await refusal(coffer)).toBe("tampered");
  });

  test("is refused once the operator no longer takes the domain", async () => {
    const coffer = await start();
    await signIn(coffer);
    await coffer.stop();
    const env = {
      COFFER_OIDC_PROVIDERS: "idp",
      ...settingsOf("idp", ISSUER, { DOMAINS: "example.org" }),
    };
    expect(await refusal(await startCoffer({ home: coffer.home, env }))).toBe("email_not_allowed");
  });
});

describe("a map of roles", () => {
  const map = {
    ROLE_CLAIM: "groups",
    ROLE_MAP: "vault-admins=admin,developers=editor,look=viewer",
  };

  test.each<[groups: unknown, role: string]>([
    [["developers"], "editor"],
    [["look", "developers", "vault-admins"], "admin"],
    ["developers", "editor"],
    [["Developers", "developers "], "auditor"],
    [[{ toString: () => "developers" }], "auditor"],
    ["developers,look", "auditor"],
    [undefined, "auditor"],
    [null, "auditor"],
  ])(
    "gives %j the highest role that is named exactly, else the default: %s",
    async (groups, role) => {
      const coffer = await start({ ...map, ROLE: "auditor" });
      await signIn(coffer, { groups });
      expect(await userOf(coffer, "ada@example.com")).toMatchObject({ role });
    },
  );

  test("sets the role anew at each sign-in; a change ends the sessions that there were and is on record", async () => {
    const coffer = await start(map);
    const first = await signIn(coffer, { groups: ["vault-admins"] });
    const old = new Client(coffer.url, { cookie: await cookieFor(coffer.vault, first) });
    const second = await signIn(coffer, { groups: ["developers"] });
    expect((await old.get("/api/v1/whoami")).status).toBe(401);
    const now = new Client(coffer.url, { cookie: await cookieFor(coffer.vault, second) });
    expect((await now.get("/api/v1/whoami")).json).toMatchObject({ user: { role: "editor" } });
    await signIn(coffer, { groups: ["developers"] });
    expect((await now.get("/api/v1/whoami")).status).toBe(200);
    const { db } = await coffer.database();
    expect(await db.auditEvent.findMany({ where: { action: "users.update" } })).toMatchObject([
      { target: "ada@example.com", outcome: "ok", code: "editor" },
    ]);
  });

  test("never takes the role of the last admin, who gets in as one; that is on record", async () => {
    const coffer = await start(map);
    const { userId } = await signIn(coffer, { groups: ["vault-admins"] });
    const admin = await userOf(coffer, TEST_ADMIN.email);
    await changeUser(coffer, admin.id, { disabledAt: coffer.clock.now() });
    const claims = await signIn(coffer, { groups: [] });
    expect(claims.userId).toBe(userId);
    expect(await userOf(coffer, "ada@example.com")).toMatchObject({ role: "admin" });
    const { db } = await coffer.database();
    const event = await db.auditEvent.findFirst({ where: { action: "users.update" } });
    expect(event).toMatchObject({ outcome: "failed", code: "last_admin" });
  });

  test("makes no admin who counts as one that can sign in once the provider is gone", async () => {
    const coffer = await start(map);
    await signIn(coffer, { groups: ["vault-admins"] });
    const { id } = await userOf(coffer, TEST_ADMIN.email);
    const path = `/api/v1/users/${id}`;
    await coffer.stop();
    const later = await startCoffer({ home: coffer.home, admin: false });
    const admin = await asAdmin(later);
    for (const answer of [
      await admin.patch(path, { role: "viewer" }),
      await admin.patch(path, { disabled: true }),
      await admin.delete(path),
    ]) {
      expectProblem(answer, 409, "last_admin");
    }
  });

  test("lets nobody in to whom it gives nothing, where there is no default role", async () => {
    const coffer = await start({ ...map, ROLE: "none" });
    await mustInvite(await asAdmin(coffer), "ada@example.com", "admin");
    expect(await refusal(coffer, { groups: ["other"] })).toBe("no_role");
    await signIn(coffer, { groups: ["developers"] });
    expect(await userOf(coffer, "ada@example.com")).toMatchObject({ role: "editor" });
  });
});

describe("when somebody last showed the provider who they are", () => {
  const ask = async (coffer: Coffer, auth_time: unknown) => {
    const claims = await signIn(coffer, { auth_time });
    const client = new Client(coffer.url, {
      cookie: await cookieFor(coffer.vault, claims),
      origin: coffer.url,
    });
    const { db } = await coffer.database();
    const userId = claims.userId;
    await changeUser(coffer, userId, { role: "admin" });
    const body = { email: `x-${String(Math.random())}@example.com`, name: "X", role: "viewer" };
    const { status } = await client.post("/api/v1/users", body);
    await db.session.count();
    return status;
  };

  test("is what sensitive actions go by: a fresh sign-in there is as good as a password", async () => {
    const coffer = await start();
    const now = Math.floor(coffer.clock.now().getTime() / 1000);
    expect(await ask(coffer, now - 60)).toBe(201);
    expect(await ask(coffer, now + 5)).toBe(201); // a clock that is a little ahead
  });

  test.each<[what: string, seconds: (now: number) => unknown]>([
    ["not said", () => undefined],
    ["long ago", (now) => now - 301],
    ["to come", (now) => now + 3_600],
    ["a text", (now) => String(now)],
    ["in milliseconds", (now) => now * 1000],
    ["no number", () => NaN],
    ["endless", () => Infinity],
    ["negative", () => -1],
  ])("makes them ask again where it is %s", async (_what, seconds) => {
    const coffer = await start();
    const now = Math.floor(coffer.clock.now().getTime() / 1000);
    expect(await ask(coffer, seconds(now))).toBe(403);
  });
});

test("an account says how its person signs in, and nothing of identities that Coffer did not write", async () => {
  const coffer = await start({ NAME: "Example ID" });
  const claims = await signIn(coffer);
  const client = new Client(coffer.url, { cookie: await cookieFor(coffer.vault, claims) });
  const account = async () => (await client.get("/api/v1/account")).json;
  expect(await account()).toMatchObject({
    hasPassword: false,
    providers: [{ id: "idp", name: "Example ID" }],
  });
  await change(coffer, (tx) => tx.identity.updateMany({ data: { subject: "moved" } }));
  expect(await account()).toMatchObject({ providers: [] });
});
