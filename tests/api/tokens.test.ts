import { describe, expect, test } from "vitest";
import { hashToken, isToken } from "../../lib/crypto/token";
import {
  asService,
  Client,
  eventsOf,
  mustCreateService,
  mustMintToken,
  shareCoffer,
  type Answer,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

const shared = shareCoffer();
const DAY_MS = 24 * 60 * 60 * 1000;
const TOKEN_KEYS = [
  ...["id", "hint", "createdAt", "createdBy", "expiresAt"],
  ...["revokedAt", "lastUsedAt", "lastAddress", "state"],
];

async function newService(name: string) {
  const { id } = await mustCreateService(shared.admin, name, ["*"]);
  return { id, path: `/api/v1/services/${id}`, tokens: `/api/v1/services/${id}/tokens` };
}

const tokensOf = (answer: Answer) => answer.json?.["tokens"] as Record<string, unknown>[];

describe("making a token", () => {
  test("answers 201 with the token, once, and it expires in 90 days", async () => {
    const { coffer, admin } = shared;
    const { path, tokens } = await newService("once");
    const answer = await admin.post(tokens, {});
    const now = coffer.clock.now();
    const token = String(answer.json?.["token"]);
    expect(answer.status).toBe(201);
    expect(answer.json).toStrictEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      hint: token.slice(0, 8),
      createdAt: now.toISOString(),
      createdBy: "admin@example.com",
      expiresAt: new Date(now.getTime() + 90 * DAY_MS).toISOString(),
      revokedAt: null,
      lastUsedAt: null,
      lastAddress: null,
      state: "live",
      token,
    });
    expect(isToken(token)).toBe(true);
    const shown = await admin.get(path);
    expect(tokensOf(shown).map((each) => Object.keys(each))).toEqual([TOKEN_KEYS]);
    expect(shown.text).not.toContain(token);
    expect(shown.text).not.toContain(hashToken(token));
    expect((await asService(coffer, token).get("/api/v1/whoami")).status).toBe(200);
  });

  test("is kept as a hash only", async () => {
    const { coffer, admin } = shared;
    const { id } = await newService("hashed");
    const { token, id: tokenId } = await mustMintToken(admin, id);
    const { db } = await coffer.database();
    const row = await db.serviceToken.findUniqueOrThrow({ where: { id: tokenId } });
    expect(row.hash).toBe(hashToken(token));
    expect(JSON.stringify(row)).not.toContain(token.slice(8));
  });

  test("works without a body, with an expiry, and with none for ever", async () => {
    const { coffer, admin } = shared;
    const { tokens } = await newService("expiries");
    expect((await admin.post(tokens)).json).toMatchObject({ state: "live" });
    const ever = await admin.post(tokens, { expiresAt: null });
    expect(ever.json).toMatchObject({ expiresAt: null });
    const at = new Date(coffer.clock.now().getTime() + 1).toISOString();
    const soon = await admin.post(tokens, { expiresAt: at });
    expect(soon.json).toMatchObject({ expiresAt: at });
    const zoned = await admin.post(tokens, { expiresAt: "2099-06-01T00:00:00+02:00" });
    expect(zoned.json).toMatchObject({ expiresAt: "2099-05-31T22:00:00.000Z" });
  });

  test("refuses an expiry that has passed, that is now, or that is no time", async () => {
    const { coffer, admin } = shared;
    const { path, tokens } = await newService("past");
    const now = coffer.clock.now();
    for (const expiresAt of [
      "2000-01-01T00:00:00Z",
      now.toISOString(),
      "tomorrow",
      "",
      0,
      1e12,
      true,
    ]) {
      const answer = await admin.post(tokens, { expiresAt });
      const { errors } = expectProblem(answer, 400, "invalid_request");
      expect(errors).toMatchObject([{ pointer: "/expiresAt" }]);
    }
    for (const body of [{ expires: null }, { expiresAt: null, token: "cfr_x" }, [], null, "x"]) {
      expectProblem(await admin.post(tokens, body), 400, "invalid_request");
    }
    expect(tokensOf(await admin.get(path))).toEqual([]);
  });

  test("gives each its own, and several live side by side", async () => {
    const { coffer, admin } = shared;
    const { id, path } = await newService("several");
    const minted = [];
    for (let i = 0; i < 3; i++) minted.push(await mustMintToken(admin, id));
    expect(new Set(minted.map(({ token }) => token)).size).toBe(3);
    for (const { token } of minted) {
      expect((await asService(coffer, token).get("/api/v1/whoami")).status).toBe(200);
    }
    expect(tokensOf(await admin.get(path))).toHaveLength(3);
  });

  test("is on record with the service's name and without the token", async () => {
    const { coffer, admin } = shared;
    const { tokens } = await newService("recorded");
    const answer = await admin.post(tokens, {});
    const events = await eventsOf(coffer, answer);
    expect(events).toMatchObject([{ action: "tokens.create", target: "recorded", outcome: "ok" }]);
    expect(JSON.stringify(events)).not.toContain(String(answer.json?.["token"]).slice(4));
  });
});

describe("a token is accepted", () => {
  test("in any spelling of the scheme, and nowhere but in that header", async () => {
    const { coffer, admin } = shared;
    const { id } = await newService("schemes");
    const { token } = await mustMintToken(admin, id);
    const whoami = (headers: Record<string, string>, query = "") =>
      new Client(coffer.url, headers).get(`/api/v1/whoami${query}`);
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`]) {
      expect((await whoami({ authorization })).status).toBe(200);
    }
    for (const authorization of [
      ...[token, `Token ${token}`, `Bearer${token}`, `Bearer "${token}"`, `Bearer ${token},`],
      ...[`Bearer ${token.toUpperCase()}`, `Bearer ${token.slice(0, -1)}`, `Bearer ${token}0`],
    ]) {
      expectProblem(await whoami({ authorization }), 401, "invalid_token");
    }
    expectProblem(await whoami({ "x-api-key": token }), 401, "unauthenticated");
    expectProblem(await whoami({ "x-vault-token": token }), 401, "unauthenticated");
    expectProblem(await whoami({ cookie: `token=${token}` }), 401, "unauthenticated");
    expectProblem(await whoami({}, `?token=${token}`), 401, "unauthenticated");
    expectProblem(await whoami({}, `?access_token=${token}`), 401, "unauthenticated");
  });
});

describe("revoking a token", () => {
  test("keeps it on the list as revoked, and once more is no error", async () => {
    const { coffer, admin } = shared;
    const { id, path, tokens } = await newService("revoking");
    const { id: tokenId } = await mustMintToken(admin, id);
    const revokedAt = coffer.clock.now().toISOString();
    const answer = await admin.delete(`${tokens}/${tokenId}`);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: "" });
    expect(await eventsOf(coffer, answer)).toMatchObject([
      { action: "tokens.revoke", target: "revoking", outcome: "ok" },
    ]);
    coffer.clock.advance(1000);
    expect((await admin.delete(`${tokens}/${tokenId}`)).status).toBe(204);
    expect(tokensOf(await admin.get(path))).toMatchObject([{ state: "revoked", revokedAt }]);
  });

  test("refuses a token of another service, and one that is not there", async () => {
    const { coffer, admin } = shared;
    const mine = await newService("mine");
    const theirs = await newService("theirs");
    const { id: tokenId, token } = await mustMintToken(admin, theirs.id);
    expectProblem(await admin.delete(`${mine.tokens}/${tokenId}`), 404, "not_found");
    expectProblem(await admin.delete(`${mine.tokens}/none`), 404, "not_found");
    expectProblem(await admin.delete(`${mine.tokens}/%00`), 404, "not_found");
    expectProblem(await admin.delete(`/api/v1/services/none/tokens/${tokenId}`), 404, "not_found");
    expect((await asService(coffer, token).get("/api/v1/whoami")).status).toBe(200);
  });

  test("an expired token is shown as expired", async () => {
    const { coffer, admin } = shared;
    const { path, tokens } = await newService("expired");
    const expiresAt = new Date(coffer.clock.now().getTime() + 1000).toISOString();
    await admin.post(tokens, { expiresAt });
    coffer.clock.advance(999);
    expect(tokensOf(await admin.get(path))).toMatchObject([{ state: "live" }]);
    coffer.clock.advance(1);
    expect(tokensOf(await admin.get(path))).toMatchObject([{ state: "expired" }]);
  });
});
