import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { CofferProcess } from "../tests/support/process";
import { TEST_ADMIN } from "../tests/support/keys";
import { signIn } from "../tests/support/sign-in";
import type { Bench } from "./bench";
import { report, sideBySide } from "./side-by-side";

const ROUNDS = 1_000;
const SIGN_IN_ROUNDS = 40;
/** As many failures of one account cost no waiting. */
const FREE_FAILURES = 4;

/**
 * Whether the time of a refusal tells what exists: names that a service may not read, and people who can't sign in. The
 * first two cases are the same thing twice, so their ratio is what noise there is.
 */
export async function benchRefusals(bench: Bench): Promise<void> {
  const home = mkdtempSync(join(bench.folder, "refusals-"));
  const proxies = "127.0.0.1,::1"; // so that attempts can come from many addresses
  const { coffer } = await bench.startCoffer(
    "refusals",
    { home, tokens: [] },
    { COFFER_TRUSTED_PROXIES: proxies },
  );
  const { email, password } = TEST_ADMIN;
  const cookie = await signIn(coffer.url, email, password);
  const admin = { cookie, origin: coffer.url };
  for (const name of ["HERE", "THERE", "GONE", "OWN"]) {
    await post(coffer, "/secrets", { name, value: "a value" }, admin);
  }
  await call(coffer, "DELETE", "/secrets/GONE", undefined, admin);
  const service = await post(
    coffer,
    "/services",
    { name: "bench", rules: [{ actions: ["resolve", "list"], names: ["OWN"] }] },
    admin,
  );
  const { token } = await post(coffer, `/services/${String(service["id"])}/tokens`, {}, admin);
  const asService = { authorization: `Bearer ${String(token)}` };

  const resolve = (name: string) => () =>
    call(coffer, "POST", "/resolve", { config: `$SECRET/${name}` }, asService);
  const read = (name: string) => () =>
    call(coffer, "GET", `/secrets/${name}`, undefined, asService);
  for (const [title, ask] of [
    ["Resolving what a service's rules do not cover", resolve],
    ["Asking for the metadata of what its rules do not cover", read],
  ] as const) {
    const cases = [
      { name: "a secret", run: ask("HERE") },
      { name: "the same, again", run: ask("HERE") },
      { name: "another secret", run: ask("THERE") },
      { name: "one in the trash", run: ask("GONE") },
      { name: "none", run: ask("NONE") },
    ];
    report(title, await sideBySide(cases, ROUNDS));
  }

  await benchSignIns(coffer, admin);
}

/** Signing in with what does not count. No account and no address fails often enough to have to wait. */
async function benchSignIns(coffer: CofferProcess, admin: Record<string, string>): Promise<void> {
  const people = SIGN_IN_ROUNDS / FREE_FAILURES;
  for (let i = 0; i < people; i++) {
    await makePerson(coffer, admin, `active-${String(i)}@example.com`);
    const disabled = await makePerson(coffer, admin, `disabled-${String(i)}@example.com`);
    await call(coffer, "PATCH", `/users/${disabled}`, { disabled: true }, admin);
  }
  const asked = await fetch(`${coffer.url}/api/auth/csrf`);
  const cookie = asked.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  let addresses = 0;
  const attempt = (kind: string, password: string) => {
    let tries = 0;
    return async () => {
      const at = ++addresses;
      const answer = await fetch(`${coffer.url}/api/auth/callback/credentials`, {
        method: "POST",
        headers: {
          cookie: cookie.join("; "),
          "x-forwarded-for": `10.0.${String(at >> 8)}.${String(at & 255)}`,
        },
        body: new URLSearchParams({
          ...{ csrfToken, password, json: "true" },
          email: `${kind}-${String(tries++ % people)}@example.com`,
        }),
        redirect: "manual",
      });
      const { url } = (await answer.json()) as { url: string };
      if (!url.includes("CredentialsSignin")) throw new Error(`The sign-in was answered ${url}`);
    };
  };
  const cases = [
    { name: "an unknown person", run: attempt("unknown", "a wrong password") },
    { name: "the same, again", run: attempt("stranger", "a wrong password") },
    { name: "a wrong password", run: attempt("active", "a wrong password") },
    { name: "somebody disabled", run: attempt("disabled", TEST_ADMIN.password) },
  ];
  report("Signing in with what does not count", await sideBySide(cases, SIGN_IN_ROUNDS - people));
}

/** Somebody who has joined. Returns their id. */
async function makePerson(
  coffer: CofferProcess,
  admin: Record<string, string>,
  email: string,
): Promise<string> {
  const { user, link } = await post(
    coffer,
    "/users",
    { email, name: "Bench", role: "viewer" },
    admin,
  );
  const { url } = link as { url: string };
  const accepted = { link: new URL(url).hash.slice(1), password: TEST_ADMIN.password };
  await post(coffer, "/links/accept", accepted, admin);
  return (user as { id: string }).id;
}

async function post(
  coffer: CofferProcess,
  path: string,
  body: object,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  const answer = await call(coffer, "POST", path, body, headers);
  if (!answer.ok) throw new Error(`${path} answered ${String(answer.status)}.`);
  return (await answer.json()) as Record<string, unknown>;
}

async function call(
  coffer: CofferProcess,
  method: string,
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  const answer = await fetch(`${coffer.url}/api/v1${path}`, {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return new Response(
    await answer.arrayBuffer().then((bytes) => (bytes.byteLength ? bytes : null)),
    {
      status: answer.status,
    },
  );
}
