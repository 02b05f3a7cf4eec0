import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Db } from "../../lib/store/store";
import { Client, must } from "../support/coffer";
import { admit, databaseUrlOf, refuse, removeDatabaseOf } from "../support/database";
import { TEST_ADMIN } from "../support/keys";
import { startProcess, type CofferProcess } from "../support/process";
import { sendRaw } from "../support/raw-http";
import { signIn } from "../support/sign-in";

// What every request to the console passes before it is a page, and what its answer says when there can't be one.

const home = mkdtempSync(join(tmpdir(), "coffer-front-"));
const { email, password } = TEST_ADMIN;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
let coffer: CofferProcess;
let cookie: string;

beforeAll(async () => {
  const env = { COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password };
  coffer = await startProcess({ home, env });
  cookie = await signIn(coffer.url, email, password);
});

afterAll(async () => {
  await coffer.end("SIGTERM");
  await removeDatabaseOf(home);
});

async function changeDatabase(work: (tx: Db) => Promise<unknown>): Promise<void> {
  const databaseUrl = await databaseUrlOf(home);
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  await store.write(work);
  await store.close();
}

/** Sends the sign-in form, with the token that next-auth wants beside it. */
async function sendForm(fields: [name: string, value: string][]): Promise<Response> {
  const first = await fetch(`${coffer.url}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const jar = first.headers.getSetCookie().map((each) => each.split(";")[0]);
  return fetch(`${coffer.url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { ...FORM, cookie: jar.join("; ") },
    body: new URLSearchParams([["csrfToken", csrfToken], ["json", "true"], ...fields]),
    redirect: "manual",
  });
}

async function eventsOf(requestId: string | null): Promise<unknown> {
  const admin = new Client(coffer.url, { cookie, origin: coffer.url });
  const found = must(200, await admin.get(`/api/v1/audit?requestId=${String(requestId)}`));
  const { items } = found as { items: Record<string, unknown>[] };
  return items.map(({ action, outcome, code }) => ({ action, outcome, code }));
}

test.each<[what: string, fields: [string, string][]]>([
  ["no password", [["email", email]]],
  ["no e-mail", [["password", password]]],
  [
    "an e-mail as a list",
    [
      ["email[]", email],
      ["password", password],
    ],
  ],
  [
    "a password of 1,100 characters",
    [
      ["email", email],
      ["password", "x".repeat(1_100)],
    ],
  ],
  [
    "a code of 200 characters",
    [
      ["email", email],
      ["password", password],
      ["code", "1".repeat(200)],
    ],
  ],
])("signing in with %s is refused, and on record", async (_what, fields) => {
  const answer = await sendForm(fields);
  expect(answer.status).toBe(401);
  expect(await eventsOf(answer.headers.get("x-request-id"))).toEqual([
    { action: "sign_in", outcome: "failed", code: "invalid_request" },
  ]);
});

const AUTH = "/api/auth/callback/credentials";
test.each([
  [405, "method_not_allowed", "unknown_route", { method: "POST", path: "/sign-in", headers: {} }],
  [421, "misdirected_host", "unknown_route", { path: "/", headers: { host: "evil.example" } }],
  [400, "bad_request", "unknown_route", { path: "http://evil.example/", headers: {} }],
  [415, "unsupported_media_type", "sign_in", { method: "POST", path: AUTH, headers: {} }],
  [
    413,
    "body_too_large",
    "sign_in",
    { method: "POST", path: AUTH, headers: FORM, body: "x".repeat(20_000) },
  ],
])("%i %s: what never becomes a page is on record", async (status, code, action, request) => {
  const answer = await sendRaw(coffer.url, request);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await eventsOf(answer.headers.get("x-request-id"))).toEqual([
    { action, outcome: "failed", code },
  ]);
});

test("while nothing can be put on record pages and signing in answer 503 and when to try again, and then go on", async () => {
  const page = () => fetch(`${coffer.url}/e/default/secrets`, { headers: { cookie } });
  expect((await page()).status).toBe(200);
  const refusal = { name: "full_record", table: "AuditEvent", saying: "full" } as const;
  await changeDatabase((tx) => refuse(tx, refusal));
  const refused = await page();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.text()).toContain("<html");
  const signingIn = await sendForm([
    ["email", email],
    ["password", password],
  ]);
  expect(signingIn.status).toBe(503);
  expect(signingIn.headers.get("retry-after")).toBe("1");
  expect(signingIn.headers.getSetCookie().join()).not.toContain("session-token=ey");
  const post = await sendRaw(coffer.url, { method: "POST", path: "/sign-in" });
  expect(post.status).toBe(503);
  await changeDatabase((tx) => admit(tx, "full_record"));
  expect((await page()).status).toBe(200);
});
