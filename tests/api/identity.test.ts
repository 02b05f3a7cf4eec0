import { encode } from "next-auth/jwt";
import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { sessionCookieName } from "../../lib/auth/session";
import { hashJti } from "../../lib/vault/sessions";
import type { SessionClaims } from "../../lib/vault/vault";
import {
  asAdmin,
  asNobody,
  asPerson,
  asService,
  Client,
  cookieFor,
  eventsOf,
  mustCreateService,
  changeUser,
  mustCreateUser,
  mustHaveService,
  mustMintToken,
  recordText,
  shareCoffer,
  startCoffer,
  tamper,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { expectProblem } from "../support/problem";

const HOUR_MS = 60 * 60 * 1000;
const WHOAMI = "/api/v1/whoami";
const ORIGIN = { address: "127.0.0.1", userAgent: "test", requestId: "test" };

const shared = shareCoffer();

describe("whoami", () => {
  test("tells a person who they are and which role they have, and nothing more", async () => {
    const { coffer } = shared;
    const { id, email } = await mustCreateUser(coffer, "editor");
    const answer = await (await asPerson(coffer, email)).get(WHOAMI);
    expect(answer.status).toBe(200);
    expect(answer.json).toStrictEqual({
      kind: "user",
      user: { id, email, name: "editor", role: "editor" },
    });
  });

  test("tells a service its environment, its rules and which token it showed, and never the token", async () => {
    const { coffer, admin } = shared;
    const rule = { actions: ["resolve", "list"], names: ["A_*"], versions: "any" } as const;
    const more = { rules: [rule] };
    const service = await mustCreateService(admin, "gateway", [], {}, more);
    const { id, hint, expiresAt, token } = await mustMintToken(admin, service.id);
    const answer = await asService(coffer, token).get(WHOAMI);
    expect(answer.json).toStrictEqual({
      kind: "service",
      service: {
        id: service.id,
        name: "gateway",
        environment: "default",
        rules: [{ ...rule, env: [], protectedWrite: false }],
      },
      token: { id, hint, expiresAt },
    });
    expect(answer.text).not.toContain(token);
  });
});

describe("a session", () => {
  /** A person who is signed in, and what their session is. */
  async function signedIn(coffer: Coffer) {
    const { id, email } = await mustCreateUser(coffer, "viewer");
    const claims = await coffer.vault.people.signIn(ORIGIN, email, TEST_ADMIN.password);
    const cookie = await cookieFor(coffer.vault, claims);
    return { id, email, claims, client: new Client(coffer.url, { cookie, origin: coffer.url }) };
  }

  async function expectEnded(client: Client) {
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    expectProblem(await client.post("/api/v1/secrets", {}), 401, "unauthenticated");
  }

  test("ends for a person who is disabled, with the next request", async () => {
    const { coffer } = shared;
    const { id, client } = await signedIn(coffer);
    expect((await client.get(WHOAMI)).status).toBe(200);
    const disabledAt = coffer.clock.now();
    await changeUser(coffer, id, { disabledAt });
    await expectEnded(client);
  });

  test("ends for a person whose epoch is raised, and a new one begins", async () => {
    const { coffer } = shared;
    const { id, email, client } = await signedIn(coffer);
    await changeUser(coffer, id, { epoch: 2 });
    await expectEnded(client);
    expect((await (await asPerson(coffer, email)).get(WHOAMI)).status).toBe(200);
  });

  test("ends for a person whose role is none that Coffer knows", async () => {
    const { coffer } = shared;
    const { id, client } = await signedIn(coffer);
    await changeUser(coffer, id, { role: "superuser" });
    await expectEnded(client);
  });

  test("ends when its person is deleted", async () => {
    const { coffer } = shared;
    const { id, client } = await signedIn(coffer);
    await tamper(coffer, (tx) => tx.user.delete({ where: { id } }));
    await expectEnded(client);
  });

  test("takes on a changed role with the next request", async () => {
    const { coffer } = shared;
    const { id, client } = await signedIn(coffer);
    const body = { name: `ROLE_${String(Date.now())}`, value: "v" };
    expectProblem(await client.post("/api/v1/secrets", body), 403, "forbidden");
    await changeUser(coffer, id, { role: "editor" });
    expect((await client.post("/api/v1/secrets", body)).status).toBe(201);
    await changeUser(coffer, id, { role: "auditor" });
    expectProblem(await client.post("/api/v1/secrets", body), 403, "forbidden");
  });

  test("that was signed out is over, also for a copy of its cookie, and only that one", async () => {
    const { coffer } = shared;
    const { email, claims, client } = await signedIn(coffer);
    const other = await asPerson(coffer, email);
    await coffer.vault.people.signOut(claims, ORIGIN);
    await expectEnded(client);
    expect((await other.get(WHOAMI)).status).toBe(200);
    await coffer.vault.people.signOut(claims, ORIGIN); // once more is no error
  });

  test("is not opened by what its row in the database says", async () => {
    const { coffer } = shared;
    const { claims } = await signedIn(coffer);
    const { db } = await coffer.database();
    const row = await db.session.findUniqueOrThrow({ where: { jtiHash: hashJti(claims.jti) } });
    const cookie = await cookieFor(coffer.vault, { ...claims, jti: row.jtiHash });
    await expectEnded(new Client(coffer.url, { cookie, origin: coffer.url }));
  });

  test("needs claims that fit together: another person's id, an old epoch or no session are none", async () => {
    const { coffer } = shared;
    const mine = await signedIn(coffer);
    const theirs = await signedIn(coffer);
    const forgeries: Partial<SessionClaims>[] = [
      { userId: theirs.id },
      { epoch: 0 },
      { epoch: 2 },
      { jti: "" },
      { jti: "another" },
      { userId: "" },
    ];
    for (const forgery of forgeries) {
      const cookie = await cookieFor(coffer.vault, { ...mine.claims, ...forgery });
      await expectEnded(new Client(coffer.url, { cookie, origin: coffer.url }));
    }
  });

  test("needs a cookie that Coffer's own key made", async () => {
    const { coffer } = shared;
    const { claims } = await signedIn(coffer);
    const token = { sub: claims.userId, sid: claims.jti, epoch: claims.epoch };
    const { key, secure } = coffer.vault.sessionCookie();
    const name = sessionCookieName(secure);
    const good = await encode({ token, secret: key });
    const cookies = [
      `${name}=${await encode({ token, secret: TEST_KEY })}`,
      `${name}=${await encode({ token, secret: `${key}x` })}`,
      `${name}=${await encode({ token: { sub: claims.userId }, secret: key })}`,
      `${name}=${await encode({ token: { ...token, epoch: "1" }, secret: key })}`,
      `${name}=${good.slice(0, -4)}AAAA`,
      `${name}=${Buffer.from(JSON.stringify(token)).toString("base64url")}`,
      `${name}=eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(token)).toString("base64url")}.`,
      `${name}=garbage`,
      `${name}=`,
      `other=${good}`,
      `__Secure-${name}=${good}`,
      `${name.toUpperCase()}=${good}`,
    ];
    for (const cookie of cookies) {
      await expectEnded(new Client(coffer.url, { cookie, origin: coffer.url }));
    }
    const among = new Client(coffer.url, { cookie: `a=b; ${name}=${good}; c=d` });
    expect((await among.get(WHOAMI)).status).toBe(200);
  });

  test("has no value in its cookie: neither e-mail nor role", async () => {
    const { coffer } = shared;
    const { email, claims } = await signedIn(coffer);
    expect(Object.keys(claims).sort()).toEqual(["epoch", "jti", "userId"]);
    expect(JSON.stringify(claims)).not.toContain(email);
  });

  test("beside a token is ambiguous, on every kind of request, and neither counts", async () => {
    const { coffer, admin } = shared;
    const service = await mustHaveService(coffer, admin, ["*"]);
    const both = new Client(coffer.url, { ...admin.headers, ...service.headers });
    for (const answer of [
      await both.get(WHOAMI),
      await both.resolve("plain"),
      await both.post("/api/v1/secrets", { name: "BOTH", value: "v" }),
    ]) {
      expectProblem(answer, 400, "ambiguous_credentials");
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { actorKind: "nobody", outcome: "failed", code: "ambiguous_credentials" },
      ]);
    }
    expectProblem(await admin.get("/api/v1/secrets/BOTH"), 404, "not_found");
  });

  test("is idle after twelve hours without a request, and kept by each request", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (let halfDays = 0; halfDays < 3; halfDays++) {
      coffer.clock.advance(12 * HOUR_MS);
      expect((await admin.get(WHOAMI)).status).toBe(200);
      await seen(coffer);
    }
    coffer.clock.advance(12 * HOUR_MS + 1);
    await expectEnded(admin);
    coffer.clock.advance(-HOUR_MS); // no request revives it, but time is all that ended it
    expect((await admin.get(WHOAMI)).status).toBe(200);
  });

  test("ends after seven days, however busy it is", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    for (let hours = 0; hours < 7 * 24; hours += 8) {
      expect((await admin.get(WHOAMI)).status).toBe(200);
      await seen(coffer);
      coffer.clock.advance(8 * HOUR_MS);
    }
    expect((await admin.get(WHOAMI)).status).toBe(200);
    coffer.clock.advance(1);
    await expectEnded(admin);
  });
});

/** Waits for the write that notes when a session was last seen: it follows the answer. */
async function seen(coffer: Coffer): Promise<void> {
  const { db } = await coffer.database();
  for (;;) {
    const [session] = await db.session.findMany({ orderBy: { lastSeenAt: "desc" }, take: 1 });
    if (session && session.lastSeenAt >= coffer.clock.now()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("signing in", () => {
  test("takes the e-mail in any case and with blanks around it", async () => {
    const { coffer } = shared;
    const claims = await coffer.vault.people.signIn(
      ORIGIN,
      "  Admin@Example.COM ",
      TEST_ADMIN.password,
    );
    expect(claims.userId).not.toBe("");
  });

  test("fails alike for a wrong password, an unknown person, a disabled person and one without a password", async () => {
    const { coffer } = shared;
    const disabled = await mustCreateUser(coffer, "admin");
    const passwordless = await mustCreateUser(coffer, "admin");
    const disabledAt = coffer.clock.now();
    await changeUser(coffer, disabled.id, { disabledAt });
    await changeUser(coffer, passwordless.id, { passwordHash: null });
    const attempts: [string, string][] = [
      [TEST_ADMIN.email, "not the password"],
      [TEST_ADMIN.email, ""],
      [TEST_ADMIN.email, `${TEST_ADMIN.password} `],
      ["nobody@example.com", TEST_ADMIN.password],
      ["", ""],
      [disabled.email, TEST_ADMIN.password],
      [passwordless.email, TEST_ADMIN.password],
      [passwordless.email, ""],
    ];
    const refusals = new Set<string>();
    for (const [email, password] of attempts) {
      const error: unknown = await coffer.vault.people
        .signIn(ORIGIN, email, password)
        .catch((thrown: unknown) => thrown);
      const { code, message, details } = error as {
        code: string;
        message: string;
        details: object;
      };
      refusals.add(JSON.stringify({ code, message, details }));
    }
    expect([...refusals]).toEqual([
      JSON.stringify({ code: "sign_in_failed", message: "E-mail or password is not right." }),
    ]);
  });

  test("puts a known person's e-mail on record, and of an unknown one only a keyed hash", async () => {
    const { coffer } = shared;
    const fail = (requestId: string, email: string) =>
      coffer.vault.people
        .signIn({ ...ORIGIN, requestId }, email, "pass-word-typed")
        .catch(() => undefined);
    await fail("sign-in-known", TEST_ADMIN.email);
    await fail("sign-in-unknown", "Typed-By-Mistake");
    await fail("sign-in-unknown", " typed-by-mistake");
    const { db } = await coffer.database();
    const targets = async (requestId: string) => {
      const rows = await db.auditEvent.findMany({ where: { requestId } });
      return rows.map(({ action, outcome, target }) => ({ action, outcome, target }));
    };
    expect(await targets("sign-in-known")).toEqual([
      { action: "sign_in", outcome: "denied", target: TEST_ADMIN.email },
    ]);
    const hashed = await targets("sign-in-unknown");
    expect(hashed[0]?.target).toMatch(/^unknown:[0-9a-f]{16}$/);
    expect(new Set(hashed.map(({ target }) => target)).size).toBe(1);
    expect(await recordText(coffer)).not.toMatch(/typed-by-mistake|pass-word-typed/i);
  });

  test("puts signing in and out on record under the person's name", async () => {
    const { coffer } = shared;
    const { id, email } = await mustCreateUser(coffer, "auditor");
    const origin = { ...ORIGIN, requestId: "in-and-out" };
    const claims = await coffer.vault.people.signIn(origin, email, TEST_ADMIN.password);
    await coffer.vault.people.signOut(claims, origin);
    const { db } = await coffer.database();
    const where = { requestId: "in-and-out" };
    const rows = await db.auditEvent.findMany({ where, orderBy: { seq: "asc" } });
    expect(rows).toMatchObject([
      { actorKind: "user", actorId: id, actorName: email, action: "sign_in", outcome: "ok" },
      { actorKind: "user", actorId: id, actorName: email, action: "sign_out", outcome: "ok" },
    ]);
    expect(await recordText(coffer)).not.toContain(claims.jti);
  });
});

describe("setting up", () => {
  const person = {
    email: "First@Example.com",
    name: " First ",
    password: "a long enough password",
  };

  test("makes the first admin with the printed link, once, and consumes the link", async () => {
    const coffer = await startCoffer({ admin: false });
    const link = await mustPrepare(coffer);
    const nobody = asNobody(coffer);
    const answer = await nobody.post("/api/v1/setup", { link, ...person });
    expect(answer.status).toBe(201);
    expect(answer.json).toStrictEqual({
      id: expect.any(String) as string,
      email: "first@example.com",
      name: "First",
      role: "admin",
    });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { actorKind: "nobody", action: "setup", target: "first@example.com", outcome: "ok" },
    ]);
    const again = await nobody.post("/api/v1/setup", { link, ...person, email: "b@example.com" });
    expectProblem(again, 409, "setup_done");
    expect(await coffer.vault.people.needsSetup()).toBe(false);
    expect(await coffer.vault.people.makeSetupLink(OPERATOR)).toBeNull();
    const { userId } = await coffer.vault.people.signIn(ORIGIN, person.email, person.password);
    expect(userId).toBe(answer.json?.["id"]);
    expect(await recordText(coffer)).not.toContain(link);
  });

  test("makes one admin where two use the link at once", async () => {
    const coffer = await startCoffer({ admin: false });
    const link = await mustPrepare(coffer);
    const answers = await Promise.all(
      ["a@example.com", "b@example.com"].map((email) =>
        asNobody(coffer).post("/api/v1/setup", { link, ...person, email }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const { db } = await coffer.database();
    expect(await db.user.count()).toBe(1);
  });

  test("refuses every wrong link alike, and leaves the right one usable", async () => {
    const coffer = await startCoffer({ admin: false });
    const old = await mustPrepare(coffer);
    const link = await mustPrepare(coffer); // a later start prints a new link
    const details = new Set<string>();
    for (const wrong of [old, "", "x", link.slice(1), `${link} `, link.toUpperCase()]) {
      const answer = await asNobody(coffer).post("/api/v1/setup", { link: wrong, ...person });
      details.add(expectProblem(answer, 401, "invalid_link").detail);
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "setup", outcome: "denied", code: "invalid_link", target: "" },
      ]);
    }
    expect(details.size).toBe(1);
    const answer = await asNobody(coffer).post("/api/v1/setup", { link, ...person });
    expect(answer.status).toBe(201);
  });

  test("refuses a link after an hour, at that very instant", async () => {
    const coffer = await startCoffer({ admin: false });
    const link = await mustPrepare(coffer);
    coffer.clock.advance(HOUR_MS);
    const answer = await asNobody(coffer).post("/api/v1/setup", { link, ...person });
    expectProblem(answer, 401, "invalid_link");
  });

  test("refuses what is no person or too easy a password, and does not consume the link", async () => {
    const coffer = await startCoffer({ admin: false });
    const link = await mustPrepare(coffer);
    const setUp = (body: object) => asNobody(coffer).post("/api/v1/setup", body);
    for (const bad of [
      { ...person },
      { link, ...person, role: "viewer" },
      { link, ...person, email: "no e-mail" },
      { link, ...person, email: undefined },
      { link, ...person, name: "  " },
      { link, ...person, name: "x".repeat(101) },
      { link, ...person, password: 123456789012 },
      { link, ...person, password: "x".repeat(1_025) },
      { link: "x".repeat(201), ...person },
    ]) {
      expectProblem(await setUp(bad), 400, "invalid_request");
    }
    for (const password of ["", "short", "11character", "first@EXAMPLE.com"]) {
      const answer = await setUp({ link, ...person, password });
      expect(expectProblem(answer, 422, "weak_password").errors).toMatchObject([
        { pointer: "/password" },
      ]);
    }
    expect((await setUp({ link, ...person })).status).toBe(201);
    expect(await recordText(coffer)).not.toContain(person.password);
  });

  test("is not for another site's page", async () => {
    const coffer = await startCoffer({ admin: false });
    const link = await mustPrepare(coffer);
    const evil = new Client(coffer.url, { origin: "https://evil.example" });
    expectProblem(await evil.post("/api/v1/setup", { link, ...person }), 403, "bad_origin");
    const own = new Client(coffer.url, { origin: coffer.url });
    expect((await own.post("/api/v1/setup", { link, ...person })).status).toBe(201);
  });

  test("is over for good once anybody has existed, also when nobody is left", async () => {
    const bySetup = await startCoffer({ admin: false });
    const link = await mustPrepare(bySetup);
    await asNobody(bySetup).post("/api/v1/setup", { link, ...person });
    const byConfiguration = await startCoffer({ admin: false });
    expect(await byConfiguration.vault.people.makeFirstAdmin(OPERATOR, TEST_ADMIN)).toBe(true);
    for (const coffer of [bySetup, byConfiguration]) {
      await tamper(coffer, (tx) => tx.user.deleteMany({}));
      expect(await coffer.vault.people.needsSetup()).toBe(false);
      expect(await coffer.vault.people.makeSetupLink(OPERATOR)).toBeNull();
      expect(await coffer.vault.people.makeFirstAdmin(OPERATOR, TEST_ADMIN)).toBe(false);
    }
  });

  async function mustPrepare(coffer: Coffer): Promise<string> {
    const link = await coffer.vault.people.makeSetupLink(OPERATOR);
    if (link === null) throw new Error("No setup link was made.");
    return link;
  }
});
