import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonInfo, Role } from "../../lib/shapes";
import {
  asService,
  Client,
  must,
  mustCreateSecret,
  mustCreateService,
  mustInvite,
  mustMintToken,
  type Answer,
} from "../support/coffer";
import { addressOf, everyPage } from "../support/every-page";
import { TEST_ADMIN } from "../support/keys";
import { startProcess, type CofferProcess } from "../support/process";
import { signIn } from "../support/sign-in";

/*
 * Every page of the console by every kind of reader, as the built server answers a browser and as it answers Next's
 * own router. A page that is not in the table fails the first test.
 */

type Readers = "anybody" | "signed in" | "editors" | "auditors" | "admins";

/** Who may read a page, and what only they get to read on it. A page that leads elsewhere shows nothing. */
const TABLE: Record<string, { readers: Readers; shows?: string; leadsTo?: string }> = {
  "/": { readers: "anybody", leadsTo: "/e/default/secrets" },
  "/account": { readers: "signed in", shows: "recoveryCodesLeft" },
  "/audit": { readers: "auditors", shows: "newerCursor" },
  "/e/[environment]/import": { readers: "admins", shows: "importFrom" },
  "/e/[environment]/playground": { readers: "editors", shows: "matrix-gateway" },
  "/e/[environment]/incidents": { readers: "admins", shows: "LEAKED_KEY" },
  "/e/[environment]/incidents/[incident]": { readers: "admins", shows: "LEAKED_KEY" },
  "/e/[environment]/secrets": { readers: "signed in", shows: "MATRIX_KEY" },
  "/e/[environment]/secrets/[name]": { readers: "signed in", shows: "what the key is for" },
  "/e/[environment]/secrets/[name]/leaked": { readers: "admins", shows: "isConfirmed" },
  "/e/[environment]/services": { readers: "admins", shows: "matrix-gateway" },
  "/e/[environment]/services/[id]": { readers: "admins", shows: "matrix-gateway" },
  "/environments": { readers: "admins", shows: "trashed" },
  "/join": { readers: "anybody" },
  "/people": { readers: "admins", shows: "hidden@example.com" },
  "/people/[person]": { readers: "admins", shows: "hidden@example.com" },
  "/settings/held-services": { readers: "admins", shows: "heldServices" },
  "/settings/backup": { readers: "admins", shows: "restore one" },
  "/settings": { readers: "admins", shows: "Integrity" },
  "/settings/keys": { readers: "admins", shows: "newestKeyId" },
  "/setup": { readers: "anybody" },
  "/sign-in": { readers: "anybody" },
  "/two-step": { readers: "signed in", leadsTo: "/" },
};

const ROLES: readonly Role[] = ["admin", "editor", "viewer", "auditor"];
const PASSWORD = "seven plain wooden chairs";
const home = mkdtempSync(join(tmpdir(), "coffer-pages-"));
let coffer: CofferProcess;
let admin: Client;
let parts: Record<string, string>;
let cells = 0;
let people = 0;

beforeAll(async () => {
  const { email, password } = TEST_ADMIN;
  coffer = await startProcess({
    home,
    env: { COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password },
  });
  admin = asBrowser(await signIn(coffer.url, email, password));
  await mustCreateSecret(admin, "MATRIX_KEY", "v", { description: "what the key is for" });
  const { id } = await mustCreateService(admin, "matrix-gateway", ["*"]);
  const { id: person } = await mustInvite(admin, "hidden@example.com");
  await mustCreateSecret(admin, "LEAKED_KEY", "v");
  const since = "2026-01-01T00:00:00Z";
  const opened = await admin.post("/api/v1/incidents", { secret: "LEAKED_KEY", since });
  const { id: incident } = must(201, opened) as { id: string };
  parts = { environment: "default", name: "MATRIX_KEY", id, incident, person };
}, 90_000);

afterAll(async () => {
  process.stdout.write(`The matrix of pages has ${String(cells)} cells.\n`);
  await coffer.end("SIGTERM");
  rmSync(home, { recursive: true, force: true });
});

function asBrowser(cookie: string): Client {
  return new Client(coffer.url, { cookie, origin: coffer.url });
}

/** Somebody new of that role, signed in. */
async function newPerson(role: Role): Promise<PersonInfo & { client: Client }> {
  const email = `${role}-${String(++people)}@example.com`;
  const person = await mustInvite(admin, email, role);
  must(200, await admin.post("/api/v1/links/accept", { link: person.link, password: PASSWORD }));
  return { ...person, client: asBrowser(await signIn(coffer.url, email, PASSWORD)) };
}

/** What a page must do: show what it shows, lead elsewhere, or refuse. */
type Expected = "shown" | "forbidden" | { leadsTo: string };

function expectedFor(page: string, role: Role | null): Expected {
  const { readers, leadsTo } = TABLE[page] ?? { readers: "admins" as const };
  if (role === null && readers !== "anybody") return { leadsTo: "/sign-in" };
  if (readers === "admins" && role !== "admin") return "forbidden";
  if (readers === "auditors" && role !== "admin" && role !== "auditor") return "forbidden";
  if (readers === "editors" && role !== "admin" && role !== "editor") return "forbidden";
  if (page === "/sign-in" && role !== null) return { leadsTo: "/e/default/secrets" };
  return leadsTo === undefined ? "shown" : { leadsTo };
}

/** Reads every page, by both ways, and compares what came. */
async function check(client: Client, expectedOf: (page: string) => Expected): Promise<void> {
  const wrong: string[] = [];
  for (const page of everyPage) {
    const path = addressOf(page, parts);
    const shows = TABLE[page]?.shows;
    const expected = expectedOf(page);
    for (const rsc of [false, true]) {
      const answer = rsc ? await asRouter(client, path) : await client.get(path);
      const trouble = troubleWith(answer, expected, shows, rsc);
      if (trouble) wrong.push(`${path}${rsc ? " (router)" : ""}: ${trouble}`);
      cells++;
    }
  }
  expect(wrong).toEqual([]);
}

/** Asks as Next's router does: it is first sent to an address that names its headers, which no cache mixes up. */
async function asRouter(client: Client, path: string): Promise<Answer> {
  const first = await client.send("GET", path, undefined, { rsc: "1" });
  const to = new URL(first.headers.get("location") ?? "/", coffer.url);
  if (to.pathname !== path || !to.searchParams.has("_rsc")) return first;
  return client.send("GET", to.pathname + to.search, undefined, { rsc: "1" });
}

function troubleWith(
  { status, headers, text }: Answer,
  expected: Expected,
  shows: string | undefined,
  rsc: boolean,
): string | null {
  const isShown = shows !== undefined && text.includes(shows);
  if (expected === "shown") {
    if (status !== 200) return `answered ${String(status)}`;
    return shows === undefined || isShown ? null : `does not show ${shows}`;
  }
  if (isShown) return `shows ${shows}`;
  if (expected === "forbidden") {
    if (rsc) return text.includes("NEXT_HTTP_ERROR_FALLBACK;403") ? null : "is not refused";
    return status === 403 ? null : `answered ${String(status)}`;
  }
  const to = headers.get("location") ?? /NEXT_REDIRECT;\w+;([^;]+);/.exec(text)?.[1] ?? "nowhere";
  const path = new URL(to, coffer.url).pathname;
  return path === expected.leadsTo ? null : `leads to ${path}, and not to ${expected.leadsTo}`;
}

test("has every page, and no other", () => {
  expect(Object.keys(TABLE).sort()).toEqual(everyPage);
});

describe("without a session that counts, every page leads to sign-in:", () => {
  const expectNothing = (client: Client) => check(client, (page) => expectedFor(page, null));

  test("nobody", () => expectNothing(new Client(coffer.url)));

  test("a cookie that another key made", async () => {
    const token = await encode({ token: { sub: "x", sid: "y", epoch: 1 }, secret: "z".repeat(43) });
    await expectNothing(asBrowser(`next-auth.session-token=${token}`));
  });

  test("a service's token", async () => {
    const { token } = await mustMintToken(admin, parts["id"] ?? "");
    await expectNothing(asService({ url: coffer.url } as never, token));
  });

  test("a request that says that middleware has let it in (CVE-2025-29927)", async () => {
    const name = "src/middleware:middleware:middleware:middleware:middleware:middleware";
    await expectNothing(
      new Client(coffer.url, { "x-middleware-subrequest": name, "x-middleware-next": "1" }),
    );
  });

  test.each(ROLES)("an %s who was disabled a moment ago", async (role) => {
    const { id, client } = await newPerson(role);
    expect((await client.get("/e/default/secrets")).status).toBe(200);
    must(200, await admin.patch(`/api/v1/users/${id}`, { disabled: true }));
    await expectNothing(client);
  });

  test.each(ROLES)("an %s whose role was changed a moment ago", async (role) => {
    const { id, client } = await newPerson(role);
    const other = role === "viewer" ? "editor" : "viewer";
    must(200, await admin.patch(`/api/v1/users/${id}`, { role: other }));
    await expectNothing(client);
  });

  test.each(ROLES)("an %s who signed out", async (role) => {
    const { email, client } = await newPerson(role);
    const elsewhere = asBrowser(await signIn(coffer.url, email, PASSWORD));
    must(204, await elsewhere.delete("/api/v1/account/sessions"));
    await expectNothing(client);
  });
});

test.each(ROLES)("every page is for an %s what the table says", async (role) => {
  const { client } = await newPerson(role);
  await check(client, (page) => expectedFor(page, role));
});

test("every page that is refused is on record, with what it is for and where", async () => {
  const { email, client } = await newPerson("viewer");
  for (const page of everyPage) {
    if (expectedFor(page, "viewer") === "forbidden") await client.get(addressOf(page, parts));
  }
  const found = await admin.get(`/api/v1/audit?actor=${email}&outcome=denied`);
  const { items } = must(200, found) as { items: { action: string; environment: string }[] };
  const refused = items.map(({ action, environment }) => `${action} ${environment}`.trim());
  expect(refused.sort()).toEqual([
    "audit.read",
    "backup.read",
    "environments.update",
    "incidents.handle",
    "incidents.read",
    "integrity.check",
    "keys.read",
    "secrets.check default",
    "secrets.import default",
    "services.list default",
    "services.release",
    "users.list",
  ]);
});

test("every page leads who owes a second factor to setting it up", async () => {
  const owing = await Promise.all(ROLES.map((role) => newPerson(role)));
  must(200, await admin.patch("/api/v1/policy", { requireTwoStep: true }));
  for (const { client } of owing) {
    await check(client, (page) => {
      if (["/two-step", "/join", "/setup"].includes(page)) return "shown";
      return { leadsTo: page === "/sign-in" ? "/e/default/secrets" : "/two-step" };
    });
  }
});
