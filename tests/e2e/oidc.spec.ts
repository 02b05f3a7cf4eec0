import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "playwright/test";
import { startProvider, type OpenIdProvider } from "../support/oidc";
import { settingsOf } from "../support/oidc-settings";
import { TEST_ADMIN } from "../support/keys";
import { anotherPage, expectAccessible, removeHome, setUp, test as base } from "../support/page";
import { freePort, startProcess, type CofferProcess } from "../support/process";

interface Fixtures {
  idp: OpenIdProvider;
}

const UNREACHABLE = "https://127.0.0.1:9";

/** A Coffer that people may sign in to by a real provider, and by one that nobody answers for. */
const test = base.extend<Fixtures & { coffer: CofferProcess & { home: string } }>({
  idp: async ({ coffer }, use) => {
    await use((coffer as unknown as { idp: OpenIdProvider }).idp);
  },
  coffer: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), "coffer-e2e-"));
    const port = await freePort();
    const idp = await startProvider(`http://localhost:${String(port)}`);
    const env = {
      COFFER_OIDC_PROVIDERS: "idp,down",
      ...settingsOf("idp", idp.issuer, { NAME: "Example ID" }),
      ...settingsOf("down", UNREACHABLE, { NAME: "The Company With A Rather Long Name Ltd" }),
    };
    const coffer = await startProcess({ home, port, env });
    await use({ ...coffer, home, idp } as CofferProcess & { home: string });
    await coffer.end("SIGTERM");
    await idp.stop();
    await removeHome(home);
  },
});

/** Checks a page in both themes and on a narrow screen; keeps pictures where SCREENSHOTS names a folder. */
async function expectWellMade(page: Page, name: string): Promise<void> {
  const folder = process.env["COFFER_TEST_SCREENSHOTS"];
  const keep = async (how: string) => {
    if (folder) await page.screenshot({ path: join(folder, `${name}-${how}.png`), fullPage: true });
  };
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await keep(colorScheme);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "pixels that a 320 px screen can't show").toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await keep("narrow");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

test("single sign-on: somebody new signs in by the keyboard alone, comes to the page they wanted, and has no password to change", async ({
  page,
  coffer,
  idp,
  browser,
}) => {
  await setUp(page, coffer);
  const guest = await anotherPage(browser);
  idp.account = { sub: "nia", email: "nia@example.com", email_verified: true, name: "Nia New" };
  await guest.goto(`${coffer.url}/account`);
  await expect(guest).toHaveURL(/sign-in\?next=/);
  await expectWellMade(guest, "sign-in");
  await guest.getByLabel("Password").focus();
  await guest.keyboard.press("Tab");
  await guest.keyboard.press("Tab");
  await expect(guest.getByRole("button", { name: "Sign in with Example ID" })).toBeFocused();
  await guest.keyboard.press("Enter");

  await expect(guest.getByRole("heading", { name: "Your account" })).toBeVisible();
  await expect(guest.getByText("nia@example.com").first()).toBeVisible();
  await expect(guest.getByText("have no password here")).toBeVisible();
  await expect(guest.getByLabel("Current password")).toBeHidden();
  await expectWellMade(guest, "account");

  await guest.getByRole("button", { name: "Sign in again with Example ID" }).click();
  await expect
    .poll(() => Object.fromEntries(idp.asked.at(-1) ?? []))
    .toMatchObject({ prompt: "login", max_age: "0" });
  await expect(guest.getByRole("heading", { name: "Your account" })).toBeVisible();
  await expect(guest.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);

  await page.goto(`${coffer.url}/people`);
  await expect(page.getByRole("row", { name: /nia@example\.com/ })).toContainText("active");
});

test("single sign-on: what goes wrong is said in plain words, and the password stays a way in", async ({
  page,
  coffer,
  idp,
  browser,
}) => {
  await setUp(page, coffer);
  const guest = await anotherPage(browser);
  await guest.goto(`${coffer.url}/sign-in?next=/account`);
  await guest.getByRole("button", { name: "Sign in with The Company" }).click();
  await expect(guest.getByText("does not answer")).toBeVisible();
  await expectWellMade(guest, "unreachable");

  idp.account = null;
  await guest.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(guest.getByText("The sign-in at Example ID was cancelled")).toBeVisible();

  idp.account = { sub: "eve", email: "eve@evil.example", email_verified: true };
  await guest.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(guest.getByText("has no e-mail address that may sign in here")).toBeVisible();

  await guest.goto(`${coffer.url}/sign-in?error=%3Cb%3Eevil&by=evil`);
  await expect(guest.getByText("The sign-in did not work. Try again.")).toBeVisible();
  await expect(guest.getByText("evil")).toBeHidden();

  await guest.goto(`${coffer.url}/sign-in?next=/account`);
  await guest.getByLabel("E-mail").fill("admin@example.com");
  await guest.getByLabel("Password").fill(TEST_ADMIN.password);
  await guest.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(guest.getByRole("heading", { name: "Your account" })).toBeVisible();
});

test("single sign-on: an account with a password is not opened by an address, until its person connects the provider", async ({
  page,
  coffer,
  idp,
  browser,
}) => {
  await setUp(page, coffer);
  idp.account = { sub: "ada", email: "admin@example.com", email_verified: true };
  const guest = await anotherPage(browser);
  await guest.goto(`${coffer.url}/sign-in`);
  await guest.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(guest.getByText("that is not connected to Example ID")).toBeVisible();
  await expectWellMade(guest, "not-connected");

  await page.goto(`${coffer.url}/account`);
  idp.account = { sub: "eve", email: "eve@evil.example", email_verified: true };
  await page.getByRole("button", { name: "Connect Example ID" }).click();
  await expect(page.getByText("You are still signed in as before")).toBeVisible();
  await expectWellMade(page, "connect-failed");
  await page.getByRole("link", { name: "Go back" }).click();

  idp.account = { sub: "ada", email: "admin@example.com", email_verified: true };
  await page.context().clearCookies({ name: /^_/ });
  await page.getByRole("button", { name: "Connect Example ID" }).click();
  await expect(page.getByRole("button", { name: "Sign in again with Example ID" })).toBeVisible();
  await expectWellMade(page, "connected");

  await guest.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(guest.getByRole("heading", { name: "Secrets" })).toBeVisible();
});
