import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test as base, type Browser, type Locator, type Page } from "playwright/test";
import { openStore, type Db } from "../../lib/store/store";
import { databaseUrlOf, removeDatabaseOf } from "./database";
import { TEST_ADMIN } from "./keys";
import { startProcess, type CofferProcess } from "./process";

interface Fixtures {
  /** A Coffer of this test's own, with an empty database. */
  coffer: CofferProcess & { home: string };
}

/** Playwright's test, with a Coffer of its own and a page whose console must stay silent. */
export const test = base.extend<Fixtures>({
  coffer: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), "coffer-e2e-"));
    const coffer = await startProcess({ home });
    await use({ ...coffer, home });
    await coffer.end("SIGTERM");
    await removeHome(home);
  },
  // It asks for Coffer so that it ends before it: a page that loses its server has reason to complain.
  page: async ({ page, coffer }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      // A refused request is what some tests are about; the browser reports it as an error of its own.
      if (message.type() !== "error" || message.text().startsWith("Failed to load resource"))
        return;
      complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await use(await patient(page));
    expect(complaints, `errors in the browser's console, of ${coffer.url}`).toEqual([]);
  },
});

/** Removes a folder of a test's, and the database that stands for it. */
export async function removeHome(home: string): Promise<void> {
  await removeDatabaseOf(home);
  rmSync(home, { recursive: true, force: true });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Fails if axe finds anything against WCAG 2.2 AA or its own best practices on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/\S/); // a page that is read anew has none for a moment
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run()).violations;
  });
  const report = found.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
  expect(report).toEqual([]);
}

/** Checks one state of a page in both themes, and that it fits a narrow screen. */
export async function expectWellMade(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "pixels that a 320 px screen can't show").toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Waits until React has taken over what the server drew: a key pressed before that does nothing. */
export async function expectAlive(drawn: Locator): Promise<void> {
  await expect
    .poll(() =>
      drawn.evaluate((node) => Object.keys(node).some((key) => key.startsWith("__reactProps"))),
    )
    .toBe(true);
}

/**
 * Waits until React has taken over every button and link that is there. On a busy machine that is a while
 * after the page is drawn, and what is clicked or pressed before is lost.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("main button, main a, header button, nav a")].every((node) =>
      Object.keys(node).some((key) => key.startsWith("__reactProps")),
    ),
  );
}

/**
 * Milliseconds by which everything is answered later that a page asks for by itself. A test that goes on
 * before it saw the answer fails then, and not once in a hundred runs.
 */
const DELAY_MS = Number(process.env["COFFER_TEST_DELAY_MS"] ?? 0);

async function delayAnswers(page: Page): Promise<void> {
  await page.route("**/*", async (route) => {
    if (route.request().resourceType() === "fetch") await sleep(DELAY_MS);
    await route.fallback().catch(() => null); // the page may be gone by now
  });
}

/** The same page, on which going somewhere lasts until it can be used. */
export async function patient(page: Page): Promise<Page> {
  if (DELAY_MS > 0) await delayAnswers(page);
  const goto = page.goto.bind(page);
  page.goto = async (...where) => {
    const response = await goto(...where);
    await settled(page);
    return response;
  };
  const reload = page.reload.bind(page);
  page.reload = async (...how) => {
    const response = await reload(...how);
    await settled(page);
    return response;
  };
  return page;
}

/** A page of another browser, which knows nothing of the first one's cookies. */
export async function anotherPage(browser: Browser): Promise<Page> {
  return patient(await (await browser.newContext()).newPage());
}

/** The first admin, made through the setup link; the page is signed in after it. */
export async function setUp(page: Page, coffer: CofferProcess): Promise<void> {
  const link = coffer.setupLink();
  if (link === null) throw new Error("Coffer printed no setup link.");
  await page.goto(link);
  await page.getByLabel("E-mail").fill(TEST_ADMIN.email);
  await page.getByLabel("Name").fill("Ada Admin");
  await page.getByLabel("Password").fill(TEST_ADMIN.password);
  await page.getByRole("button", { name: /create|set up|make/i }).click();
  await expect(page.getByRole("heading", { name: "Secrets" })).toBeVisible();
  await settled(page);
}

/** Makes a secret in the browser, from the list of secrets. */
export async function createSecret(page: Page, name: string, value: string): Promise<void> {
  await page.getByRole("button", { name: "New secret" }).first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name").fill(name);
  await sheet.getByLabel("Value", { exact: true }).fill(value);
  await sheet.getByRole("button", { name: "Save secret" }).click();
  await expect(sheet.getByText("Saved as v1")).toBeVisible();
  await sheet.getByRole("button", { name: "Done" }).click();
  await expect(
    page.getByRole("grid", { name: "Secrets" }).getByText(name, { exact: true }),
  ).toBeVisible();
  await expect(sheet).toBeHidden(); // no single key does anything as long as it is there
}

/** Asks the API as the person who is signed in on the page. */
export async function call<T = unknown>(
  page: Page,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const answer = await page.evaluate(
    async ([method, path, body]) => {
      const headers = { "content-type": "application/json" };
      const init = body === undefined ? { method } : { method, headers, body };
      const answer = await fetch(`/api/v1${path}`, init);
      return { status: answer.status, text: await answer.text() };
    },
    [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
  );
  expect(answer.status, answer.text).toBeLessThan(300);
  return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
}

/** Changes the database of a running Coffer behind its back. */
export async function changeDatabase(
  home: string,
  work: (tx: Db) => Promise<unknown>,
): Promise<void> {
  const databaseUrl = await databaseUrlOf(home);
  const store = await openStore({ databaseUrl, prismaDirectory: join(process.cwd(), "prisma") });
  await store.write(work);
  await store.close();
}

/** As if it were some minutes since anybody last showed who they are. */
export async function showedIdentityLongAgo(home: string): Promise<void> {
  const confirmedAt = new Date(Date.now() - 6 * 60 * 1000);
  await changeDatabase(home, (tx) => tx.session.updateMany({ data: { confirmedAt } }));
}
