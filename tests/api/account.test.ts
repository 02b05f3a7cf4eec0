import { describe, expect, test } from "vitest";
import { OPERATOR } from "../../lib/access/caller";
import { hashJti } from "../../lib/vault/sessions";
import type { SessionInfo } from "../../lib/shapes";
import {
  asPerson,
  Client,
  cookieFor,
  eventsOf,
  must,
  mustCreateUser,
  mustHaveService,
  recordText,
  secretOf,
  shareCoffer,
  startCoffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { expectProblem } from "../support/problem";

const ACCOUNT = "/api/v1/account";
const SESSIONS = `${ACCOUNT}/sessions`;
const WHOAMI = "/api/v1/whoami";
const NEW_PASSWORD = "seven plain wooden chairs";

const shared = shareCoffer();

/** A new person with as many sessions as are asked for. */
async function signedIn(count: number) {
  const { coffer } = shared;
  const { id, email } = await mustCreateUser(coffer, "viewer");
  const clients: Client[] = [];
  while (clients.length < count) clients.push(await asPerson(coffer, email));
  return { id, email, clients: clients as [Client, Client, Client] };
}

async function sessionsOf(client: Client): Promise<SessionInfo[]> {
  return (must(200, await client.get(SESSIONS)) as { items: SessionInfo[] }).items;
}

const change = (client: Client, current: unknown, password: unknown) =>
  client.post(`${ACCOUNT}/password`, { current, password });

describe("one's own account", () => {
  test("tells who one is, and takes a new name and nothing else", async () => {
    const { coffer } = shared;
    const { id, email, clients } = await signedIn(1);
    const [client] = clients;
    expect((await client.get(ACCOUNT)).json).toStrictEqual({
      ...{ id, email, name: "viewer", role: "viewer" },
      ...{ hasPassword: true, providers: [], twoStep: false, recoveryCodesLeft: 0 },
      createdAt: expect.any(String) as string,
      lastSignInAt: coffer.clock.now().toISOString(),
    });
    const answer = await client.patch(ACCOUNT, { name: " Vera " });
    expect(answer.json).toMatchObject({ id, name: "Vera", role: "viewer" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { actorId: id, action: "account.update", target: email, outcome: "ok" },
    ]);
    for (const bad of [
      ...[{ name: " " }, { name: ["Vera"] }, { name: "x".repeat(101) }, {}],
      ...[
        { name: "V", role: "admin" },
        { name: "V", email: "v@example.com" },
      ],
      ...[
        { name: "V", id: "1" },
        { name: "V", epoch: 9 },
      ],
    ]) {
      expectProblem(await client.patch(ACCOUNT, bad), 400, "invalid_request");
    }
    expect((await client.get(WHOAMI)).json).toMatchObject({
      user: { name: "Vera", role: "viewer" },
    });
  });

  test("is not for services, whatever their rules", async () => {
    const { coffer, admin } = shared;
    const actions = ["resolve", "check", "list", "write", "metrics"] as const;
    const service = await mustHaveService(coffer, admin, ["*"], { actions: [...actions] });
    for (const answer of [
      await service.get(ACCOUNT),
      await service.patch(ACCOUNT, { name: "S" }),
      await change(service, TEST_ADMIN.password, NEW_PASSWORD),
      await service.get(SESSIONS),
      await service.delete(SESSIONS),
      await service.delete(`${SESSIONS}/0123456789abcdef`),
    ]) {
      expectProblem(answer, 403, "forbidden");
    }
  });
});

describe("changing one's password", () => {
  test("ends every session, and the new one signs in from then on", async () => {
    const { coffer } = shared;
    const { id, email, clients } = await signedIn(2);
    const answer = await change(clients[0], TEST_ADMIN.password, NEW_PASSWORD);
    expect(answer.status).toBe(204);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { actorId: id, action: "account.password", target: email, outcome: "ok" },
    ]);
    for (const client of clients) expectProblem(await client.get(WHOAMI), 401, "unauthenticated");
    await expect(asPerson(coffer, email)).rejects.toMatchObject({ code: "sign_in_failed" });
    const again = await asPerson(coffer, email, NEW_PASSWORD);
    expect(await sessionsOf(again)).toMatchObject([{ current: true }]);
    expect(await recordText(coffer)).not.toContain(NEW_PASSWORD);
  });

  test("needs the current one, and ends nothing without it", async () => {
    const { coffer } = shared;
    const { clients } = await signedIn(2);
    for (const wrong of [
      "",
      "not it",
      `${TEST_ADMIN.password} `,
      TEST_ADMIN.password.toUpperCase(),
    ]) {
      const answer = await change(clients[0], wrong, NEW_PASSWORD);
      expect(expectProblem(answer, 403, "wrong_password").errors).toMatchObject([
        { pointer: "/current" },
      ]);
      expect(await eventsOf(coffer, answer)).toMatchObject([
        { action: "account.password", outcome: "denied", code: "wrong_password" },
      ]);
    }
    for (const client of clients) expect((await client.get(WHOAMI)).status).toBe(200);
  });

  test("refuses what is too easy to guess, and what is no text", async () => {
    const { email, clients } = await signedIn(1);
    for (const weak of ["elevenchars", email.toUpperCase(), "Qwertyuiopas", "dragon!2024!!!"]) {
      const answer = await change(clients[0], TEST_ADMIN.password, weak);
      expectProblem(answer, 422, "weak_password");
    }
    for (const bad of [null, 123456789012, [NEW_PASSWORD], "x".repeat(1_025)]) {
      const answer = await change(clients[0], TEST_ADMIN.password, bad);
      expectProblem(answer, 400, "invalid_request");
    }
    const body = { current: TEST_ADMIN.password, password: NEW_PASSWORD, userId: "1" };
    expectProblem(await clients[0].post(`${ACCOUNT}/password`, body), 400, "invalid_request");
    expect((await clients[0].get(WHOAMI)).status).toBe(200);
  });

  test("is done once when two try at the same time", async () => {
    const { clients } = await signedIn(2);
    const answers = await Promise.all([
      change(clients[0], TEST_ADMIN.password, "the first of two passwords"),
      change(clients[1], TEST_ADMIN.password, "the second of two passwords"),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  test("withdraws a reset link that nobody has used", async () => {
    const { admin } = shared;
    const { id, clients } = await signedIn(1);
    const { url } = must(201, await admin.post(`/api/v1/users/${id}/link`)) as { url: string };
    must(204, await change(clients[0], TEST_ADMIN.password, NEW_PASSWORD));
    const body = { link: secretOf(url), password: "another long password" };
    expectProblem(await clients[0].post("/api/v1/links/accept", body), 401, "invalid_link");
  });
});

describe("one's sessions", () => {
  test("are listed with where and when, this one marked, under ids that open nothing", async () => {
    const { coffer } = shared;
    const { id, email } = await mustCreateUser(coffer, "viewer");
    const origin = { address: "10.1.2.3", userAgent: "Browser/1.0", requestId: "list" };
    const claims = await coffer.vault.people.signIn(origin, email, TEST_ADMIN.password);
    const cookie = await cookieFor(coffer.vault, claims);
    const client = new Client(coffer.url, { cookie, origin: coffer.url });
    const at = coffer.clock.now().toISOString();
    const [session, ...others] = await sessionsOf(client);
    expect(others).toEqual([]);
    expect(session).toStrictEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      ...{ current: true, createdAt: at, lastSeenAt: at },
      ...{ address: "10.1.2.3", userAgent: "Browser/1.0" },
    });
    const text = (await client.get(SESSIONS)).text;
    expect(text).not.toContain(claims.jti);
    expect(text).not.toContain(hashJti(claims.jti));
    for (const jti of [session?.id ?? "", hashJti(claims.jti)]) {
      const forged = await cookieFor(coffer.vault, { ...claims, userId: id, jti });
      const thief = new Client(coffer.url, { cookie: forged, origin: coffer.url });
      expectProblem(await thief.get(WHOAMI), 401, "unauthenticated");
    }
  });

  test("end one by one, with the next request", async () => {
    const { coffer } = shared;
    const { email, clients } = await signedIn(3);
    const [mine, first, second] = clients;
    const firstId = (await sessionsOf(first)).find(({ current }) => current)?.id ?? "";
    const answer = await mine.delete(`${SESSIONS}/${firstId}`);
    expect(answer.status).toBe(204);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "sessions.end", target: email, outcome: "ok" },
    ]);
    expectProblem(await first.get(WHOAMI), 401, "unauthenticated");
    expect((await second.get(WHOAMI)).status).toBe(200);
    expect(await sessionsOf(mine)).toHaveLength(2);
    expectProblem(await mine.delete(`${SESSIONS}/${firstId}`), 404, "not_found");
  });

  test("end all but this one", async () => {
    const { clients } = await signedIn(3);
    const [mine, ...others] = clients;
    const bystander = (await signedIn(1)).clients[0];
    expect((await mine.delete(SESSIONS)).status).toBe(204);
    for (const other of others) expectProblem(await other.get(WHOAMI), 401, "unauthenticated");
    expect(await sessionsOf(mine)).toMatchObject([{ current: true }]);
    expect((await bystander.get(WHOAMI)).status).toBe(200);
  });

  test("of somebody else are not found, also for an admin, and stay", async () => {
    const { admin } = shared;
    const theirs = (await signedIn(1)).clients[0];
    const id = (await sessionsOf(theirs))[0]?.id ?? "";
    const mine = (await signedIn(1)).clients[0];
    for (const client of [mine, admin]) {
      for (const each of [
        id,
        "",
        "%25",
        "_".repeat(16),
        id.slice(0, 8),
        `${id}0`,
        id.toUpperCase(),
      ]) {
        const answer = await client.delete(`${SESSIONS}/${each}`);
        if (each === "") expect(answer.status).toBeGreaterThanOrEqual(400);
        else expectProblem(answer, 404, "not_found");
      }
    }
    expect((await theirs.get(WHOAMI)).status).toBe(200);
  });
});

describe("what is kept of a session", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;

  test("goes 30 days after its end and not before, on record, whoever is signed in stays so", async () => {
    const coffer = await startCoffer();
    const { db } = await coffer.database();
    const prune = () => coffer.vault.account.pruneSessions(OPERATOR);
    const email = TEST_ADMIN.email;
    await asPerson(coffer, email);
    coffer.clock.advance(0.9 * DAY_MS);
    await asPerson(coffer, email); // ended by idleness on day 1.4
    coffer.clock.advance(0.6 * DAY_MS + 60_000);
    await asPerson(coffer, email); // on day 2.0
    const all = await db.session.count();
    coffer.clock.advance(29.5 * DAY_MS);
    expect(await prune()).toBe(0);
    coffer.clock.advance(0.5 * DAY_MS);
    const client = await asPerson(coffer, email);
    expect(await prune()).toBe(2);
    expect(await db.session.count()).toBe(all - 2 + 1);
    expect(await prune()).toBe(0);
    expect((await client.get(WHOAMI)).status).toBe(200);
    expect(await db.auditEvent.findMany({ where: { action: "sessions.prune" } })).toMatchObject([
      { actorKind: "operator", outcome: "ok", code: "2 deleted" },
    ]);
  });

  test("is deleted by Coffer itself: nobody else may ask for it", async () => {
    const { coffer } = shared;
    const nobody = { kind: "nobody", origin: OPERATOR.origin } as const;
    await expect(coffer.vault.account.pruneSessions(nobody)).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});
