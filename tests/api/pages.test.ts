import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secretOf } from "../support/coffer";
import { TEST_ADMIN } from "../support/keys";
import { startProcess, type CofferProcess } from "../support/process";
import { signIn } from "../support/sign-in";

// The console's pages, as the built server answers them.

const PASSWORD = "seven plain wooden chairs";
const home = mkdtempSync(join(tmpdir(), "coffer-pages-"));
let coffer: CofferProcess;
let admin: string;
let editor: string;
/** What only an admin may read on a page. */
let hidden: { service: string; person: string; id: string };

beforeAll(async () => {
  const { email, password } = TEST_ADMIN;
  coffer = await startProcess({
    home,
    env: { COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password },
  });
  admin = await signIn(coffer.url, email, password);
  const { id } = await post("/services", { name: "hidden-service" });
  await post("/users", { email: "hidden@example.com", name: "Hidden", role: "viewer" });
  const { link } = await post("/users", { email: "ed@example.com", name: "Ed", role: "editor" });
  await post("/links/accept", {
    link: secretOf((link as { url: string }).url),
    password: PASSWORD,
  });
  editor = await signIn(coffer.url, "ed@example.com", PASSWORD);
  hidden = {
    service: "hidden-service",
    person: "hidden@example.com",
    id: String(id),
  };
}, 90_000);

afterAll(async () => {
  await coffer.end("SIGTERM");
  rmSync(home, { recursive: true, force: true });
});

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${coffer.url}/api/v1${path}`, {
    method: "POST",
    headers: { cookie: admin, origin: coffer.url, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>;
}

/** A page as a browser asks for it, or as Next's router does once a page is open. */
async function page(cookie: string, path: string, rsc = false) {
  const headers = { cookie, ...(rsc && { rsc: "1" }) };
  const answer = await fetch(coffer.url + path, { headers });
  const html = await answer.text();
  const title = /<title>([^<]*)/.exec(html)?.[1];
  return { status: answer.status, title, html };
}

const ADMIN_PAGES = [
  ["/people", () => hidden.person],
  ["/environments", () => "trashed"],
  ["/settings", () => "Integrity"],
  ["/e/default/services", () => hidden.service],
  ["/e/default/services/:id", () => hidden.service],
] as const;

describe("a page that a role may not open", () => {
  test.each(ADMIN_PAGES)(
    "%s answers an editor with 403 and nothing of what it shows",
    async (at, secret) => {
      const path = at.replace(":id", hidden.id);
      const forAdmin = await page(admin, path);
      expect(forAdmin.status).toBe(200);
      expect(forAdmin.html).toContain(secret()); // the search below sees what is there
      const refused = await page(editor, path);
      expect([refused.status, refused.title]).toEqual([403, "Not yours to open · Coffer"]);
      expect(refused.html).not.toContain(secret());
      expect(refused.html).toContain("This page is not yours to open");
    },
  );

  test.each(ADMIN_PAGES)(
    "%s holds nothing of what it shows when the router asks",
    async (at, secret) => {
      const path = at.replace(":id", hidden.id);
      expect((await page(admin, path, true)).html).toContain(secret());
      const refused = await page(editor, path, true);
      expect(refused.html).not.toContain(secret());
      expect(refused.html).toContain("NEXT_HTTP_ERROR_FALLBACK;403");
    },
  );

  test("that is of one service is refused alike whether there is one", async () => {
    const of = async (id: string) => {
      const { status, title } = await page(editor, `/e/default/services/${id}`);
      return { status, title };
    };
    expect(await of("00000000-0000-4000-8000-000000000000")).toEqual(await of(hidden.id));
  });
});

describe("what is not there answers 404 under a title that says so:", () => {
  test.each([
    ["an environment", "/e/nowhere/secrets", "Not found · Coffer"],
    ["an environment, of its services", "/e/nowhere/services", "Not found · Coffer"],
    ["a secret", "/e/default/secrets/NOTHING", "Not found · Coffer"],
    ["a service", "/e/default/services/nothing", "Not found · Coffer"],
    ["a person", "/people/nobody", "Not found · Coffer"],
    ["a page", "/nothing", "Not found · Coffer"],
  ])("%s", async (_, path, title) => {
    const answer = await page(admin, path);
    expect([answer.status, answer.title]).toEqual([404, title]);
  });
});

describe("the address of who signs in", () => {
  test.each([
    ["is the one that a trusted proxy names", "127.0.0.1", "203.0.113.9"],
    ["is the peer's, whatever anybody else says", "10.0.0.0/8", "127.0.0.1"],
  ])("%s", async (_, trusted, expected) => {
    const { email, password } = TEST_ADMIN;
    const folder = mkdtempSync(join(tmpdir(), "coffer-pages-"));
    const other = await startProcess({
      home: folder,
      env: {
        ...{ COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password },
        COFFER_TRUSTED_PROXIES: trusted,
      },
    });
    try {
      const cookie = await signIn(other.url, email, password, { "x-forwarded-for": "203.0.113.9" });
      const answer = await fetch(`${other.url}/api/v1/account/sessions`, { headers: { cookie } });
      expect(await answer.json()).toMatchObject({ items: [{ address: expected }] });
    } finally {
      await other.end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
