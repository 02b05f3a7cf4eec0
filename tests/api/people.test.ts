import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newLinkSecret } from "../../lib/crypto/token";
import type { PersonInfo, Role } from "../../lib/shapes";
import {
  asAdmin,
  asNobody,
  asPerson,
  asRole,
  Client,
  eventsOf,
  must,
  mustCreateUser,
  mustHaveService,
  mustInvite,
  recordText,
  secretOf,
  shareCoffer,
  startCoffer,
  tamper,
  type Answer,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const HOUR_MS = 60 * 60 * 1000;
const USERS = "/api/v1/users";
const WHOAMI = "/api/v1/whoami";
const PASSWORD = "seven plain wooden chairs";
const ORIGIN = { address: "127.0.0.1", userAgent: "test", requestId: "test" };

const shared = shareCoffer();

const accept = (coffer: Coffer, body: object) =>
  asNobody(coffer).post("/api/v1/links/accept", body);

async function mustAccept(coffer: Coffer, link: string, password = PASSWORD): Promise<void> {
  must(200, await accept(coffer, { link, password }));
}

/** A new person who has accepted an invitation, signed in. */
async function mustJoin(email: string, role: Role = "viewer") {
  const { coffer, admin } = shared;
  const { id, link } = await mustInvite(admin, email, role);
  await mustAccept(coffer, link);
  return { id, client: await asPerson(coffer, email, PASSWORD) };
}

async function mustMakeLink(id: string): Promise<string> {
  const answer = await shared.admin.post(`${USERS}/${id}/link`);
  return secretOf((must(201, answer) as { url: string }).url);
}

async function personOf(admin: Client, id: string): Promise<PersonInfo | undefined> {
  const { items } = must(200, await admin.get(USERS)) as { items: PersonInfo[] };
  return items.find((person) => person.id === id);
}

function canSignIn({ vault }: Coffer, email: string, password: string): Promise<boolean> {
  return vault.people.signIn(ORIGIN, email, password).then(
    () => true,
    () => false,
  );
}

describe("an invitation", () => {
  test("is a link at COFFER_URL for 72 hours, with its secret in the fragment, told once", async () => {
    const coffer = await startCoffer({ env: { COFFER_URL: "https://coffer.example.com" } });
    const admin = new Client(coffer.url, {
      cookie: (await asAdmin(coffer)).headers["cookie"] ?? "",
      origin: "https://coffer.example.com",
    });
    const body = { email: "  Ed@Example.COM ", name: " Ed ", role: "editor" };
    const answer = await admin.send("POST", USERS, JSON.stringify(body), {
      "x-forwarded-host": "evil.example",
    });
    expect(answer.status).toBe(201);
    const expiresAt = new Date(coffer.clock.now().getTime() + 72 * HOUR_MS).toISOString();
    expect(answer.json).toStrictEqual({
      user: {
        id: expect.any(String) as string,
        ...{ email: "ed@example.com", name: "Ed", role: "editor", state: "invited" },
        twoStep: false,
        ...{ createdAt: coffer.clock.now().toISOString(), lastSignInAt: null },
        linkExpiresAt: expiresAt,
      },
      link: {
        url: expect.stringMatching(/^https:\/\/coffer\.example\.com\/join#[\w-]{43}$/) as string,
        expiresAt,
      },
    });
    const secret = secretOf((answer.json?.["link"] as { url: string }).url);
    const later = await admin.get(USERS);
    expect(later.text).not.toContain(secret);
    expect(later.json?.["items"]).toContainEqual(answer.json?.["user"]);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "users.create", target: "ed@example.com", outcome: "ok", code: "editor" },
    ]);
  });

  test("lets its person choose a password and a name, sign in, and do what their role may", async () => {
    const { coffer, admin } = shared;
    const { id, link } = await mustInvite(admin, "joins@example.com", "editor");
    expect(await canSignIn(coffer, "joins@example.com", "")).toBe(false);
    const answer = await accept(coffer, { link, name: " Jo ", password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.json).toStrictEqual({
      id,
      email: "joins@example.com",
      name: "Jo",
      role: "editor",
    });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { actorKind: "nobody", action: "links.accept", target: "joins@example.com", outcome: "ok" },
    ]);
    const person = await asPerson(coffer, "Joins@Example.com", PASSWORD);
    expect((await person.post("/api/v1/secrets", { name: "BY_JO", value: "v" })).status).toBe(201);
    expectProblem(await person.get(USERS), 403, "forbidden");
    expect(await personOf(admin, id)).toMatchObject({
      ...{ state: "active", name: "Jo", linkExpiresAt: null },
      lastSignInAt: coffer.clock.now().toISOString(),
    });
  });

  test("keeps the name that the admin gave where no other is given", async () => {
    const { coffer, admin } = shared;
    const { link, name } = await mustInvite(admin, "keeps@example.com");
    expect((await accept(coffer, { link, password: PASSWORD })).json).toMatchObject({ name });
  });

  test("is replaced by a newer one, and a person who joined gets a reset link instead", async () => {
    const { coffer, admin } = shared;
    const { id, link } = await mustInvite(admin, "again@example.com");
    const newer = await admin.post(`${USERS}/${id}/link`);
    expect(newer.json).toStrictEqual({
      url: expect.any(String) as string,
      expiresAt: new Date(coffer.clock.now().getTime() + 72 * HOUR_MS).toISOString(),
    });
    expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
    await mustAccept(coffer, secretOf(newer.json?.["url"]));
    const reset = await admin.post(`${USERS}/${id}/link`);
    expect(reset.json?.["expiresAt"]).toBe(
      new Date(coffer.clock.now().getTime() + 24 * HOUR_MS).toISOString(),
    );
  });

  test("is refused for an e-mail that somebody has, in any case and with blanks around it", async () => {
    const { admin } = shared;
    await mustInvite(admin, "taken@example.com");
    for (const email of ["taken@example.com", "Taken@Example.COM", "\t taken@example.com \n"]) {
      const answer = await admin.post(USERS, { email, name: "T", role: "viewer" });
      expect(expectProblem(answer, 409, "already_exists").errors).toMatchObject([
        { pointer: "/email" },
      ]);
    }
  });

  test.for<[string, object]>([
    ["a list as e-mail", { email: ["a@example.com"] }],
    ["an object as e-mail", { email: { contains: "@" } }],
    ["two addresses", { email: "a@example.com,b@example.com" }],
    ["an e-mail with a line break in it", { email: "a@example.com\r\nBcc: b@example.com" }],
    ["letters outside ASCII, which look like others", { email: "\u212Aate@example.com" }],
    ["a full-width e-mail", { email: "ａ@example.com" }],
    ["no e-mail", { email: "nobody" }],
    ["null as e-mail", { email: null }],
    ["a very long e-mail", { email: `${"a".repeat(320)}@example.com` }],
    ["an unknown role", { role: "owner" }],
    ["a list as role", { role: ["admin"] }],
    ["no role", { role: undefined }],
    ["a blank name", { name: " \t " }],
    ["a very long name", { name: "x".repeat(101) }],
    ["a password", { password: PASSWORD }],
    ["an id", { id: "1" }],
    ["a state", { state: "active" }],
  ])("refuses %s", async ([, change]) => {
    const good = { email: "schema@example.com", name: "S", role: "viewer" };
    const answer = await shared.admin.post(USERS, { ...good, ...change });
    expectProblem(answer, 400, "invalid_request");
  });
});

describe("a one-time link", () => {
  test("that is forged, used, replaced, expired, of a removed or a disabled person, or for setup is refused alike", async () => {
    const coffer = await startCoffer({ admin: false });
    const setup =
      (await coffer.vault.people.makeSetupLink({ kind: "operator", origin: ORIGIN })) ?? "";
    const first = {
      link: setup,
      email: TEST_ADMIN.email,
      name: "A",
      password: TEST_ADMIN.password,
    };
    const details = new Set<string>();
    const refuse = async (link: string) => {
      const answer = await accept(coffer, { link, password: PASSWORD });
      details.add(expectProblem(answer, 401, "invalid_link").detail);
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "links.accept", outcome: "denied", code: "invalid_link" },
      ]);
    };
    await refuse(setup);
    must(201, await asNobody(coffer).post("/api/v1/setup", first));
    const admin = await asAdmin(coffer);
    const [used, replaced, removed, disabled, expired] = await Promise.all(
      ["used", "replaced", "removed", "disabled", "expired"].map((name) =>
        mustInvite(admin, `${name}@example.com`),
      ),
    );
    if (!used || !replaced || !removed || !disabled || !expired) throw new Error("not invited");
    await mustAccept(coffer, used.link);
    must(201, await admin.post(`${USERS}/${replaced.id}/link`));
    must(204, await admin.delete(`${USERS}/${removed.id}`));
    must(200, await admin.patch(`${USERS}/${disabled.id}`, { disabled: true }));
    for (const { link } of [used, replaced, removed, disabled]) await refuse(link);
    for (const forged of ["", "x", `${expired.link} `, expired.link.toUpperCase(), setup]) {
      await refuse(forged);
    }
    await refuse(expired.link.slice(1));
    coffer.clock.advance(72 * HOUR_MS - 1);
    const weak = await accept(coffer, { link: expired.link, password: "short" });
    expectProblem(weak, 422, "weak_password"); // it still works a moment before
    coffer.clock.advance(1);
    await refuse(expired.link);
    expect(details.size).toBe(1);
  });

  test.for<[string, (admin: Client, id: string) => Promise<Answer>]>([
    ["demoted", (admin, id) => admin.patch(`${USERS}/${id}`, { role: "editor" })],
    ["disabled", (admin, id) => admin.patch(`${USERS}/${id}`, { disabled: true })],
    ["removed", (admin, id) => admin.delete(`${USERS}/${id}`)],
  ])("does not outlive the admin who made it: they were %s", async ([, lose]) => {
    const { coffer, admin } = shared;
    const rogue = await mustCreateUser(coffer, "admin");
    const left = `left-behind-${rogue.id}@example.com`;
    const { link, id } = await mustInvite(await asPerson(coffer, rogue.email), left, "admin");
    expect((await lose(admin, rogue.id)).status).toBeLessThan(300);
    expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
    const listed = must(200, await admin.get(USERS)) as { items: PersonInfo[] };
    expect(listed.items.find((person) => person.id === id)).toMatchObject({
      ...{ state: "invited", linkExpiresAt: null },
    });
    const renewed = must(201, await admin.post(`${USERS}/${id}/link`)) as { url: string };
    await mustAccept(coffer, secretOf(renewed.url));
  });

  test("works once when it is used twice at the same time", async () => {
    const { coffer, admin } = shared;
    const { link } = await mustInvite(admin, "twice@example.com");
    const passwords = ["the first of two passwords", "the second of two passwords"];
    const answers = await Promise.all(
      passwords.map((password) => accept(coffer, { link, password })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    for (const [index, password] of passwords.entries()) {
      const won = answers[index]?.status === 200;
      expect(await canSignIn(coffer, "twice@example.com", password)).toBe(won);
    }
  });

  test("is not consumed by what is no good password or no good request", async () => {
    const { coffer, admin } = shared;
    const { link } = await mustInvite(admin, "picky@example.com");
    for (const bad of [
      { link },
      { link: [link], password: PASSWORD },
      { link, password: [PASSWORD] },
      { link, password: "x".repeat(1_025) },
      { link, password: PASSWORD, role: "admin" },
      { link, password: PASSWORD, email: "other@example.com" },
      { link, password: PASSWORD, userId: "1" },
      { link, password: PASSWORD, name: " " },
    ]) {
      expectProblem(await accept(coffer, bad), 400, "invalid_request");
    }
    for (const password of [
      ...[
        "",
        "elevenchars",
        "Picky@Example.com",
        "PasswordPassword",
        "Welcome2024!!!!",
        "aaaaaaaaaaaa",
      ],
      ...[
        "123456789012",
        "qwertyuiopas",
        "Password1234!",
        "lkjhgfdsapoiuytrewq",
        "admin1admin1admin1",
      ],
      ...["😀😀😀😀😀😀", "Ｐａｓｓｗｏｒｄ１２３４"],
    ]) {
      const answer = await accept(coffer, { link, password });
      const problem = expectProblem(answer, 422, "weak_password");
      expect(problem.detail, password).toMatch(/random words/);
      expect(problem.errors).toMatchObject([{ pointer: "/password" }]);
    }
    await mustAccept(coffer, link);
  });

  test("is not for another site's page", async () => {
    const { coffer, admin } = shared;
    const { link } = await mustInvite(admin, "site@example.com");
    const evil = new Client(coffer.url, { origin: "https://evil.example" });
    const body = { link, password: PASSWORD };
    expectProblem(await evil.post("/api/v1/links/accept", body), 403, "bad_origin");
    await mustAccept(coffer, link);
  });

  test("is stored as a hash, and neither it nor a password is in the database or on record", async () => {
    const { coffer, admin } = shared;
    const { id, link } = await mustInvite(admin, "traces@example.com");
    await accept(coffer, { link: `${link}x`, password: "a refused password 1" });
    await accept(coffer, { link, password: "passwordpassword" });
    await mustAccept(coffer, link, "a password that leaves no trace");
    const reset = await mustMakeLink(id);
    const { db } = await coffer.database();
    const stored = JSON.stringify([
      ...(await Promise.all([
        db.user.findMany(),
        db.oneTimeLink.findMany(),
        db.session.findMany(),
      ])),
      await recordText(coffer),
      coffer.log,
    ]);
    for (const secret of [link, reset, "leaves no trace", "refused password", "passwordpassword"]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe("a reset link", () => {
  test("ends nothing when it is made, and sets the password and ends every session when it is used", async () => {
    const { coffer } = shared;
    const { id, client } = await mustJoin("forgets@example.com");
    const other = await asPerson(coffer, "forgets@example.com", PASSWORD);
    const link = await mustMakeLink(id);
    expect((await client.get(WHOAMI)).status).toBe(200);
    await mustAccept(coffer, link, "nine green paper boats");
    for (const ended of [client, other]) {
      expectProblem(await ended.get(WHOAMI), 401, "unauthenticated");
    }
    expect(await canSignIn(coffer, "forgets@example.com", PASSWORD)).toBe(false);
    expect(await canSignIn(coffer, "forgets@example.com", "nine green paper boats")).toBe(true);
    expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
  });

  test("works for 24 hours and not an instant more", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const { id } = await mustCreateUser(coffer, "viewer");
    const { json } = await admin.post(`${USERS}/${id}/link`);
    coffer.clock.advance(24 * HOUR_MS);
    const link = secretOf(json?.["url"]);
    expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
  });

  test("is not made for a person who is disabled, and ends when they are", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustJoin("leaving@example.com");
    const link = await mustMakeLink(id);
    must(200, await admin.patch(`${USERS}/${id}`, { disabled: true }));
    expectProblem(await admin.post(`${USERS}/${id}/link`), 409, "user_disabled");
    must(200, await admin.patch(`${USERS}/${id}`, { disabled: false }));
    expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
  });
});

describe("binds the very next request:", () => {
  test("a changed role, which ends the sessions", async () => {
    const { coffer, admin } = shared;
    const { id, client } = await mustJoin("demoted@example.com", "editor");
    expect((await client.post("/api/v1/secrets", { name: "WAS_ED", value: "v" })).status).toBe(201);
    const answer = await admin.patch(`${USERS}/${id}`, { role: "viewer" });
    expect(answer.json).toMatchObject({ id, role: "viewer", state: "active" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "users.update", target: "demoted@example.com", outcome: "ok", code: "viewer" },
    ]);
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    const again = await asPerson(coffer, "demoted@example.com", PASSWORD);
    expectProblem(
      await again.post("/api/v1/secrets", { name: "NO_MORE", value: "v" }),
      403,
      "forbidden",
    );
  });

  test("disabling; enabling lets sign in again and revives no session", async () => {
    const { coffer, admin } = shared;
    const { id, client } = await mustJoin("disabled@example.com");
    const answer = await admin.patch(`${USERS}/${id}`, { disabled: true });
    expect(answer.json).toMatchObject({ state: "disabled" });
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    expect(await canSignIn(coffer, "disabled@example.com", PASSWORD)).toBe(false);
    const enabled = await admin.patch(`${USERS}/${id}`, { disabled: false });
    expect(enabled.json).toMatchObject({ state: "active" });
    expect(await eventsOf(coffer, answer)).toMatchObject([{ outcome: "ok", code: "disabled" }]);
    expect(await eventsOf(coffer, enabled)).toMatchObject([{ outcome: "ok", code: "enabled" }]);
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    expect(await canSignIn(coffer, "disabled@example.com", PASSWORD)).toBe(true);
  });

  test("removing, after which the e-mail is free and the old person stays on record", async () => {
    const { coffer, admin } = shared;
    const { id, client } = await mustJoin("removed@example.com");
    expect((await admin.delete(`${USERS}/${id}`)).status).toBe(204);
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    expect(await canSignIn(coffer, "removed@example.com", PASSWORD)).toBe(false);
    expectProblem(await admin.delete(`${USERS}/${id}`), 404, "not_found");
    const { id: newId } = await mustInvite(admin, "removed@example.com");
    expect(newId).not.toBe(id);
    expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
  });

  test("the same role, or nothing at all, ends no session", async () => {
    const { admin } = shared;
    const { id, client } = await mustJoin("same@example.com");
    for (const change of [{}, { role: "viewer" }, { disabled: false }]) {
      expect((await admin.patch(`${USERS}/${id}`, change)).status).toBe(200);
    }
    expect((await client.get(WHOAMI)).status).toBe(200);
  });

  test("a sign-in whose password was right a moment ago opens nothing that lasts", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustJoin("racing@example.com");
    const [signedIn] = await Promise.all([
      asPerson(coffer, "racing@example.com", PASSWORD).catch(() => null),
      admin.patch(`${USERS}/${id}`, { role: "auditor" }),
    ]);
    if (signedIn) expectProblem(await signedIn.get(WHOAMI), 401, "unauthenticated");
    expect((await personOf(admin, id))?.role).toBe("auditor");
  });
});

describe("the last active admin", () => {
  const LOSSES: [string, (admin: Client, id: string) => Promise<Answer>][] = [
    ["demoted", (admin, id) => admin.patch(`${USERS}/${id}`, { role: "editor" })],
    ["disabled", (admin, id) => admin.patch(`${USERS}/${id}`, { disabled: true })],
    ["removed", (admin, id) => admin.delete(`${USERS}/${id}`)],
  ];

  async function twoAdmins(coffer: Coffer) {
    const first = await asAdmin(coffer);
    const { id, email } = await mustCreateUser(coffer, "admin");
    const second = await asPerson(coffer, email);
    const me = (await first.get(WHOAMI)).json?.["user"] as { id: string };
    return { first, second, firstId: me.id, secondId: id };
  }

  test.for(LOSSES)(
    "can't be %s, while others are invited, disabled or no admins",
    async ([, lose]) => {
      const coffer = await startCoffer();
      const { first, firstId, secondId } = await twoAdmins(coffer);
      await mustInvite(first, "invited-admin@example.com", "admin");
      await mustCreateUser(coffer, "editor");
      must(200, await first.patch(`${USERS}/${secondId}`, { disabled: true }));
      const answer = await lose(first, firstId);
      expectProblem(answer, 409, "last_admin");
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { outcome: "failed", code: "last_admin", target: firstId },
      ]);
      expect((await first.get(USERS)).status).toBe(200); // nothing of it was done
      must(200, await first.patch(`${USERS}/${secondId}`, { disabled: false }));
      expect((await lose(first, firstId)).status).toBeLessThan(300);
      expectProblem(await first.get(USERS), 401, "unauthenticated");
    },
  );

  test.for(LOSSES)("is left when two have each other %s at once", async ([, lose]) => {
    const coffer = await startCoffer();
    const { first, second, firstId, secondId } = await twoAdmins(coffer);
    const answers = await Promise.all([lose(first, secondId), lose(second, firstId)]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    const { db } = await coffer.database();
    expect(await db.user.count({ where: { role: "admin", disabledAt: null } })).toBe(1);
  });
});

describe("people are for admins only:", () => {
  const calls = (id: string): [string, string, object?][] => [
    ["GET", USERS],
    ["POST", USERS, { email: "smuggled@example.com", name: "S", role: "admin" }],
    ["PATCH", `${USERS}/${id}`, { role: "admin" }],
    ["PATCH", `${USERS}/${id}`, { disabled: true }],
    ["DELETE", `${USERS}/${id}`],
    ["POST", `${USERS}/${id}/link`],
  ];

  async function expectRefused(client: Client, id: string): Promise<void> {
    for (const [method, path, body] of calls(id)) {
      const answer = await client.send(method, path, body && JSON.stringify(body));
      expectProblem(answer, 403, "forbidden");
      expect(answer.text).not.toContain("@");
    }
  }

  test.for<Role>(["editor", "viewer", "auditor"])(
    "%s is refused on every route, for others, for unknown people and for themselves",
    async (role) => {
      const { coffer, admin } = shared;
      const person = await asRole(coffer, role);
      const me = (await person.get(WHOAMI)).json?.["user"] as { id: string };
      const target = await mustInvite(admin, `target-of-${role}@example.com`);
      for (const id of [target.id, me.id, "nobody"]) await expectRefused(person, id);
      expect((await person.get(WHOAMI)).json).toMatchObject({ user: { role } });
    },
  );

  test("a service is refused on every route, whatever its rules", async () => {
    const { coffer, admin } = shared;
    const service = await mustHaveService(coffer, admin, ["*"], {
      actions: ["resolve", "check", "list", "write", "metrics"],
      versions: "any",
    });
    const target = await mustInvite(admin, "target-of-service@example.com");
    await expectRefused(service, target.id);
  });

  test("an id that is none, or a secret pasted as one, is not found and not on record", async () => {
    const { coffer, admin } = shared;
    const pasted = "cfr_pasted-by-mistake";
    for (const answer of [
      await admin.patch(`${USERS}/${pasted}`, { role: "admin" }),
      await admin.delete(`${USERS}/${pasted}`),
      await admin.post(`${USERS}/${pasted}/link`),
    ]) {
      expectProblem(answer, 404, "not_found");
    }
    expect(await recordText(coffer)).not.toContain(pasted);
  });

  test.for<[string, object]>([
    ["an unknown role", { role: "root" }],
    ["null as role", { role: null }],
    ["a text for disabled", { disabled: "true" }],
    ["an e-mail", { email: "new@example.com" }],
    ["an epoch", { epoch: 1 }],
    ["a password", { password: PASSWORD }],
  ])("an update refuses %s", async ([, body]) => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateUser(coffer, "viewer");
    expectProblem(await admin.patch(`${USERS}/${id}`, body), 400, "invalid_request");
  });
});

describe("who can write to the database", () => {
  test("can't make a link, turn one to somebody else, or bring one back to life", async () => {
    const { coffer, admin } = shared;
    const { id: ownerId } = await mustCreateUser(coffer, "admin");
    const made = newLinkSecret();
    const now = coffer.clock.now();
    const expiresAt = new Date(now.getTime() + HOUR_MS);
    const { id: viewerId, link: own } = await mustInvite(admin, "writer@example.com");
    const used = await mustInvite(admin, "used-up@example.com");
    await mustAccept(coffer, used.link);
    const old = await mustInvite(admin, "old@example.com");
    await tamper(coffer, async (tx) => {
      const intact = await tx.oneTimeLink.findFirstOrThrow({ where: { userId: viewerId } });
      const row = { id: randomUUID(), kind: "reset", hash: made.hash, userId: ownerId };
      const times = { createdAt: now, expiresAt, mac: intact.mac };
      await tx.oneTimeLink.create({ data: { ...row, ...times } });
      await tx.oneTimeLink.update({ where: { id: intact.id }, data: { userId: ownerId } });
      const change = (userId: string, data: object) =>
        tx.oneTimeLink.updateMany({ where: { userId }, data });
      await change(used.id, { consumedAt: null });
      await change(old.id, { expiresAt: new Date(expiresAt.getTime() + 1) });
    });
    for (const link of [made.secret, own, used.link, old.link]) {
      expectProblem(await accept(coffer, { link, password: PASSWORD }), 401, "invalid_link");
    }
  });

  test("can't make an admin of somebody, who is told of as tampered with and can be removed", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const me = (await admin.get(WHOAMI)).json?.["user"] as { id: string };
    const { id, email } = await mustCreateUser(coffer, "viewer");
    const viewer = await asPerson(coffer, email);
    await tamper(coffer, (tx) => tx.user.update({ where: { id }, data: { role: "admin" } }));
    expectProblem(await viewer.get(USERS), 401, "unauthenticated");
    expect(await personOf(admin, id)).toMatchObject({ state: "tampered" });
    for (const answer of [
      await admin.patch(`${USERS}/${id}`, { role: "viewer" }),
      await admin.post(`${USERS}/${id}/link`),
    ]) {
      expect(answer.json?.["code"]).toBe("tampered");
    }
    expectProblem(await admin.delete(`${USERS}/${me.id}`), 409, "last_admin"); // it counts for none
    expect((await admin.delete(`${USERS}/${id}`)).status).toBe(204);
  });
});
