import { describe, expect, test, vi } from "vitest";
import { totpCode, totpStepOf } from "../../lib/crypto/second-factor";
import type { UserInfo } from "../../lib/shapes";
import {
  asNobody,
  asPerson,
  asRole,
  changeUser,
  cookieFor,
  eventsOf,
  must,
  mustCreateEnvironment,
  mustCreateService,
  mustCreateUser,
  recordText,
  shareCoffer,
  startCoffer,
  tamper,
  asAdmin,
  Client,
  type Coffer,
} from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { unBase32 } from "../support/base32";

const ACCOUNT = "/api/v1/account";
const TWO_STEP = `${ACCOUNT}/two-step`;
const SESSIONS = `${ACCOUNT}/sessions`;
const CONFIRM = `${ACCOUNT}/confirm`;
const USERS = "/api/v1/users";
const POLICY = "/api/v1/policy";
const PASSWORD: string = TEST_ADMIN.password;
const SIX_MINUTES_MS = 6 * 60 * 1000;
const STEP_MS = 30_000;

const shared = shareCoffer();

/** Somebody's authenticator app. */
class App {
  readonly #coffer: Coffer;
  readonly #secret: Buffer;

  constructor(coffer: Coffer, secret: unknown) {
    this.#coffer = coffer;
    this.#secret = unBase32(String(secret));
  }

  /** The code that it shows `steps` of 30 seconds from now. */
  code(steps = 0): string {
    return totpCode(this.#secret, totpStepOf(this.#coffer.clock.now()) + steps);
  }
}

/** Sets up a second factor for who asks, and lets its first code go by. */
async function mustEnable(
  coffer: Coffer,
  client: Client,
): Promise<{ app: App; recoveryCodes: string[] }> {
  const setup = must(201, await client.post(TWO_STEP)) as { secret: string };
  const app = new App(coffer, setup.secret);
  const enabled = must(200, await client.post(`${TWO_STEP}/enable`, { code: app.code() }));
  coffer.clock.advance(2 * STEP_MS);
  return { app, recoveryCodes: (enabled as { recoveryCodes: string[] }).recoveryCodes };
}

async function withTwoStep(role: "admin" | "viewer" = "viewer") {
  const { coffer } = shared;
  const { id, email } = await mustCreateUser(coffer, role);
  const client = await asPerson(coffer, email);
  return { id, email, client, ...(await mustEnable(coffer, client)) };
}

function signIn(email: string, code?: string, password = PASSWORD) {
  const origin = { address: "127.0.0.1", userAgent: "test", requestId: "two-step" };
  return shared.coffer.vault.people.signIn(origin, email, password, code);
}

const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe("a second factor", () => {
  test("is set up with a secret that is told once and a first code, and is asked for from then on", async () => {
    const { coffer } = shared;
    const { email } = await mustCreateUser(coffer, "viewer");
    const client = await asPerson(coffer, email);
    const other = await asPerson(coffer, email);
    const begun = await client.post(TWO_STEP);
    const { secret, uri } = must(201, begun) as { secret: string; uri: string };
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toBe(
      `otpauth://totp/Coffer:${encodeURIComponent(email)}?secret=${secret}&issuer=Coffer`,
    );
    await signIn(email); // not in force before its first code
    const app = new App(coffer, secret);
    const wrong = await client.post(`${TWO_STEP}/enable`, { code: app.code(5) });
    expect([wrong.status, wrong.json?.["code"]]).toEqual([403, "wrong_code"]);
    const enabled = await client.post(`${TWO_STEP}/enable`, { code: app.code() });
    const { recoveryCodes } = must(200, enabled) as { recoveryCodes: string[] };
    expect(recoveryCodes).toHaveLength(10);
    expect((await client.get(ACCOUNT)).json).toMatchObject({
      twoStep: true,
      recoveryCodesLeft: 10,
    });
    expect((await other.get(ACCOUNT)).status, "other sessions end").toBe(401);
    await expect(signIn(email)).rejects.toEqual(refusal("second_factor_required"));
    coffer.clock.advance(STEP_MS);
    await signIn(email, app.code());
    // Nowhere else: not in the account, the record, the log, or the database as it is.
    const rows = await (
      await coffer.database()
    ).db.user.findMany({ include: { recoveryCodes: true } });
    const told = [JSON.stringify(rows), await recordText(coffer), coffer.log.join("\n")].join("\n");
    for (const text of [
      secret,
      ...recoveryCodes,
      ...recoveryCodes.map((c) => c.replaceAll("-", "")),
    ])
      expect(told).not.toContain(text);
  });

  test("is asked for only once the password is right: before, every failure is the same", async () => {
    const { email, app } = await withTwoStep();
    for (const code of [undefined, app.code(), "000000", ""]) {
      await expect(signIn(email, code, "not the password")).rejects.toEqual(
        refusal("sign_in_failed"),
      );
    }
  });

  test("takes a code once, in its own step or one beside it, and none before a used one", async () => {
    const { coffer } = shared;
    const { email, app } = await withTwoStep();
    coffer.clock.advance(10 * STEP_MS);
    const before = app.code(-1);
    await signIn(email, app.code());
    await expect(signIn(email, app.code())).rejects.toEqual(refusal("wrong_code"));
    await expect(signIn(email, before)).rejects.toEqual(refusal("wrong_code"));
    await signIn(email, ` ${app.code(1).slice(0, 3)} ${app.code(1).slice(3)} `);
    coffer.clock.advance(10 * STEP_MS);
    for (const steps of [-2, 2]) {
      await expect(signIn(email, app.code(steps))).rejects.toEqual(refusal("wrong_code"));
    }
  });

  test("takes a code once when many try it at the same time", async () => {
    const { email, app, recoveryCodes } = await withTwoStep();
    for (const code of [app.code(), recoveryCodes[0]]) {
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => signIn(email, code)));
      expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });

  test("that is put into force while somebody signs in with the password alone keeps them out", async () => {
    const { coffer } = shared;
    const { id, email } = await mustCreateUser(coffer, "viewer");
    const client = await asPerson(coffer, email);
    const { secret } = must(201, await client.post(TWO_STEP)) as { secret: string };
    const code = new App(coffer, secret).code();
    // Whose password takes as long to verify as one that Coffer has hashed, and longer.
    const argon2 = await vi.importActual<typeof import("@node-rs/argon2")>("@node-rs/argon2");
    const cost = { memoryCost: 64 * 1024, timeCost: 12, parallelism: 1 };
    await changeUser(coffer, id, { passwordHash: await argon2.hash(TEST_ADMIN.password, cost) });
    const late = signIn(email).then(
      () => "signed in",
      (error: unknown) => (error as { code: string }).code,
    );
    must(200, await client.post(`${TWO_STEP}/enable`, { code }));
    expect(await late).toBe("sign_in_failed");
    expect(must(200, await client.get(SESSIONS))).toMatchObject({ items: [{ current: true }] });
  });

  test("can be replaced by a recovery code, once each, however it is typed, and for nobody else", async () => {
    const { coffer } = shared;
    const { email, client, recoveryCodes } = await withTwoStep();
    const stranger = await withTwoStep();
    const [first = "", second = ""] = recoveryCodes;
    await expect(signIn(stranger.email, first)).rejects.toEqual(refusal("wrong_code"));
    await signIn(email, first);
    await expect(signIn(email, first)).rejects.toEqual(refusal("wrong_code"));
    await signIn(email, ` ${second.toUpperCase().replaceAll("-", " ")}`);
    expect((await client.get(ACCOUNT)).json).toMatchObject({ recoveryCodesLeft: 8 });
    const { db } = await coffer.database();
    const used = await db.auditEvent.findMany({
      where: { action: "sign_in", actorName: email, code: "recovery_code" },
    });
    expect(used, "on record as what it was").toHaveLength(2);
  });

  test("gets new recovery codes, and the old ones stop working", async () => {
    const { email, client, recoveryCodes } = await withTwoStep();
    const answer = must(201, await client.post(`${TWO_STEP}/recovery-codes`));
    const fresh = (answer as { recoveryCodes: string[] }).recoveryCodes;
    await expect(signIn(email, recoveryCodes[0])).rejects.toEqual(refusal("wrong_code"));
    await signIn(email, fresh[0]);
  });

  test("can be taken away by oneself, and set up anew with another secret", async () => {
    const { coffer } = shared;
    const { email, client, app, recoveryCodes } = await withTwoStep();
    expect((await client.post(TWO_STEP)).json).toMatchObject({ code: "already_exists" });
    expect((await client.delete(TWO_STEP)).status).toBe(204);
    await signIn(email);
    expect((await client.post(`${TWO_STEP}/enable`, { code: app.code() })).status).toBe(404);
    const { app: next } = await mustEnable(coffer, client);
    await expect(signIn(email, app.code())).rejects.toEqual(refusal("wrong_code"));
    await expect(signIn(email, recoveryCodes[0])).rejects.toEqual(refusal("wrong_code"));
    await signIn(email, next.code());
  });

  test("is taken from somebody by an admin only, which ends their sessions", async () => {
    const { coffer } = shared;
    const { id, email, client } = await withTwoStep();
    const editor = await asRole(coffer, "editor");
    expect((await editor.delete(`${USERS}/${id}/two-step`)).status).toBe(403);
    await expect(signIn(email)).rejects.toEqual(refusal("second_factor_required"));
    const admin = await asAdmin(coffer);
    const listed = must(200, await admin.get(USERS)) as {
      items: (UserInfo & { twoStep: boolean })[];
    };
    expect(listed.items.find((person) => person.id === id)).toMatchObject({ twoStep: true });
    const answer = await admin.delete(`${USERS}/${id}/two-step`);
    expect(answer.status).toBe(204);
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "users.two_step", target: email, outcome: "ok" },
    ]);
    expect((await client.get(ACCOUNT)).status).toBe(401);
    await signIn(email);
  });

  test("that was changed, swapped or taken away in the database lets nobody in", async () => {
    const { coffer } = shared;
    const victim = await withTwoStep();
    const thief = await withTwoStep();
    const { db } = await coffer.database();
    const row = await db.user.findUniqueOrThrow({ where: { id: victim.id } });
    const own = await db.user.findUniqueOrThrow({ where: { id: thief.id } });
    for (const totp of [null, own.totp]) {
      await tamper(coffer, (tx) => tx.user.update({ where: { id: victim.id }, data: { totp } }));
      for (const code of [undefined, victim.app.code(), thief.app.code()]) {
        await expect(signIn(victim.email, code)).rejects.toEqual(refusal("sign_in_failed"));
      }
      expect((await victim.client.get(ACCOUNT)).status).toBe(401);
    }
    await tamper(coffer, (tx) =>
      tx.user.update({ where: { id: victim.id }, data: { totp: row.totp } }),
    );
    await signIn(victim.email, victim.app.code());
    // A recovery code that the thief knows, given to the victim's account.
    const [known = ""] = thief.recoveryCodes;
    await tamper(coffer, (tx) =>
      tx.recoveryCode.updateMany({ where: { userId: thief.id }, data: { userId: victim.id } }),
    );
    await expect(signIn(victim.email, known)).rejects.toEqual(refusal("wrong_code"));
  });
});

describe("asking again", () => {
  test("is before what gives rights, five minutes after the last time, and a password or a code will do", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const service = await mustCreateService(admin, "asked", ["A_*"]);
    await mustCreateEnvironment(coffer, "guarded", { protected: true });
    const { id } = await mustCreateUser(coffer, "viewer");
    const rules = [{ actions: ["resolve"], names: ["*"] }];
    const calls: [string, string, unknown][] = [
      ["POST", `/api/v1/services/${service.id}/tokens`, {}],
      ["PATCH", `/api/v1/services/${service.id}`, { rules }],
      ["PATCH", `/api/v1/services/${service.id}`, { allowedCidrs: ["10.0.0.0/8"] }],
      ["POST", USERS, { email: "asked@example.com", name: "Asked", role: "admin" }],
      ["PATCH", `${USERS}/${id}`, { role: "admin" }],
      ["POST", `${USERS}/${id}/link`, undefined],
      ["DELETE", `${USERS}/${id}/two-step`, undefined],
      ["DELETE", `${USERS}/${id}`, undefined],
      ["PATCH", POLICY, { requireTwoStep: true }],
      ["PATCH", "/api/v1/environments/guarded", { name: "Open", protected: false }],
      ["POST", TWO_STEP, undefined],
      ["DELETE", TWO_STEP, undefined],
      ["POST", `${TWO_STEP}/recovery-codes`, undefined],
    ];
    const { db } = await coffer.database();
    coffer.clock.advance(SIX_MINUTES_MS);
    const { counter } = await db.revision.findUniqueOrThrow({ where: { id: 1 } });
    for (const [method, path, body] of calls) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await admin.send(method, path, text);
      const name = `${method} ${path}`;
      expect([answer.status, answer.json?.["code"]], name).toEqual([403, "confirmation_required"]);
      expect(await eventsOf(coffer, answer), name).toMatchObject([
        { outcome: "denied", code: "confirmation_required" },
      ]);
    }
    const after = await db.revision.findUniqueOrThrow({ where: { id: 1 } });
    expect(after.counter, "nothing was changed").toBe(counter);
    // What gives nobody anything does not ask.
    expect((await admin.patch(`/api/v1/services/${service.id}`, { description: "d" })).status).toBe(
      200,
    );
    expect((await admin.patch(`/api/v1/services/${service.id}`, { disabled: true })).status).toBe(
      200,
    );
    expect((await admin.patch(`/api/v1/services/${service.id}`, { disabled: false })).status).toBe(
      403,
    );
    expect((await admin.get(USERS)).status).toBe(200);
    const guarded = "/api/v1/environments/guarded";
    expect((await admin.patch(guarded, { name: "Guarded", protected: true })).status).toBe(200);
    expect((await admin.patch("/api/v1/environments/default", { protected: true })).status).toBe(
      200,
    );
    // Nor does another session's confirmation count for this one.
    const elsewhere = await asAdmin(coffer);
    expect((await elsewhere.post(`/api/v1/services/${service.id}/tokens`, {})).status).toBe(201);
    expect((await admin.post(`/api/v1/services/${service.id}/tokens`, {})).status).toBe(403);

    const wrong = await admin.post(CONFIRM, { password: "not the password" });
    expect([wrong.status, wrong.json?.["code"]]).toEqual([403, "wrong_password"]);
    expect((await admin.post(`/api/v1/services/${service.id}/tokens`, {})).status).toBe(403);
    expect((await admin.post(CONFIRM, { password: PASSWORD })).status).toBe(204);
    expect((await admin.post(`/api/v1/services/${service.id}/tokens`, {})).status).toBe(201);

    const { app, recoveryCodes } = await mustEnable(coffer, admin);
    const mint = () => admin.post(`/api/v1/services/${service.id}/tokens`, {});
    for (const make of [() => app.code(), () => recoveryCodes[0]]) {
      coffer.clock.advance(SIX_MINUTES_MS);
      const code = make();
      expect((await mint()).status).toBe(403);
      const confirmed = await admin.post(CONFIRM, { code });
      expect(confirmed.status).toBe(204);
      expect(await eventsOf(coffer, confirmed)).toMatchObject([
        { outcome: "ok", code: code === recoveryCodes[0] ? "recovery_code" : "" },
      ]);
      expect((await mint()).status).toBe(201);
      expect((await admin.post(CONFIRM, { code })).status, "a second time").toBe(403);
    }
  });

  test("takes one proof, of who is signed in, and nothing else", async () => {
    const { coffer } = shared;
    const { client } = await withTwoStep();
    for (const bad of [
      ...[{}, { password: PASSWORD, code: "000000" }, { password: [PASSWORD] }, { code: 123456 }],
      ...[{ password: PASSWORD, userId: "x" }, [], null, "x"],
    ]) {
      const answer = await client.post(CONFIRM, bad);
      expect(answer.status, JSON.stringify(bad)).toBe(400);
    }
    const plain = await asRole(coffer, "viewer");
    for (const code of ["000000", "", "abcd-efgh-jkmn"]) {
      expect((await plain.post(CONFIRM, { code })).status, code).toBe(403);
    }
    expect((await asNobody(coffer).post(CONFIRM, { password: PASSWORD })).status).toBe(401);
  });
});

describe("a second step for all", () => {
  test("binds the next request of who signs in by password and has none: they may set it up, and nothing else", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    expect((await admin.get(POLICY)).json).toEqual({ requireTwoStep: false });
    const editor = await asRole(coffer, "editor");
    expect((await editor.patch(POLICY, { requireTwoStep: true })).status).toBe(403);
    expect((await editor.get(POLICY)).status).toBe(403);
    const { app } = await mustEnable(coffer, admin);
    const changed = await admin.patch(POLICY, { requireTwoStep: true });
    expect([changed.status, changed.json]).toEqual([200, { requireTwoStep: true }]);
    expect((await admin.get(POLICY)).json).toEqual({ requireTwoStep: true });

    for (const path of ["/api/v1/secrets", "/api/v1/environments"]) {
      const answer = await editor.get(path);
      expect([answer.status, answer.json?.["code"]], path).toEqual([403, "two_step_required"]);
    }
    const write = await editor.post("/api/v1/secrets", { name: "A", value: "v" });
    expect(write.json).toMatchObject({ code: "two_step_required" });
    expect((await editor.get("/api/v1/whoami")).status).toBe(200);
    expect((await editor.get(ACCOUNT)).status).toBe(200);
    await mustEnable(coffer, editor);
    expect((await editor.get("/api/v1/secrets")).status).toBe(200);
    await editor.delete(TWO_STEP);
    expect((await editor.get("/api/v1/secrets")).status, "and again without").toBe(403);

    coffer.clock.advance(STEP_MS);
    expect((await admin.post(CONFIRM, { code: app.code() })).status).toBe(204);
    expect((await admin.patch(POLICY, { requireTwoStep: false })).status).toBe(200);
    expect((await editor.get("/api/v1/secrets")).status).toBe(200);
  });

  test("does not ask those who came by a provider: that one has its own", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    await admin.patch(POLICY, { requireTwoStep: true });
    const { email } = await mustCreateUser(coffer, "viewer");
    const origin = { address: "127.0.0.1", userAgent: "test", requestId: "test" };
    const claims = await coffer.vault.people.signIn(origin, email, PASSWORD);
    const client = new Client(coffer.url, { cookie: await cookieFor(coffer.vault, claims) });
    expect((await client.get("/api/v1/secrets")).status).toBe(403);
    await tamper(coffer, (tx) => tx.session.updateMany({ data: { method: "oidc:corp" } }));
    expect((await client.get("/api/v1/secrets")).status).toBe(200);
  });

  test("that was switched off in the database is still asked for", async () => {
    const coffer = await startCoffer();
    const admin = await asAdmin(coffer);
    const required = await admin.patch(POLICY, { requireTwoStep: true });
    expect(await eventsOf(coffer, required)).toMatchObject([{ code: "two_step_required" }]);
    const viewer = await asRole(coffer, "viewer");
    await tamper(coffer, (tx) => tx.policy.updateMany({ data: { requireTwoStep: false } }));
    expect((await viewer.get("/api/v1/secrets?environment=none")).json, "alike").toMatchObject({
      code: "two_step_required",
    });
    expect((await viewer.get("/api/v1/secrets")).json).toMatchObject({ code: "two_step_required" });
    await mustEnable(coffer, admin);
    expect((await admin.get("/api/v1/integrity")).json).toMatchObject({
      items: [{ kind: "policy", name: "policy" }],
    });
    const optional = await admin.patch(POLICY, { requireTwoStep: false });
    expect(optional.status, "decided anew").toBe(200);
    expect(await eventsOf(coffer, optional)).toMatchObject([{ code: "two_step_optional" }]);
    expect((await viewer.get("/api/v1/secrets")).status).toBe(200);
  });
});
