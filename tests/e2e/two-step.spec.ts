import { expect, type Page } from "playwright/test";
import { totpCode, totpStepOf } from "../../lib/crypto/second-factor";
import { TEST_ADMIN } from "../support/keys";
import {
  anotherPage,
  expectAccessible,
  expectWellMade,
  setUp,
  showedIdentityLongAgo,
  test,
} from "../support/page";

const PASSWORD = "seven plain wooden chairs";

/** The code that an authenticator app shows, `steps` of 30 seconds from now. */
function codeOf(key: string, steps = 0): string {
  const bits = Array.from(key.replaceAll(/\s/g, ""), (letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  ).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  return totpCode(secret, totpStepOf(new Date()) + steps);
}

/** Types the app's first code into the open form, and answers with it and the key. */
async function scan(page: Page): Promise<{ key: string; code: string }> {
  await page.getByRole("button", { name: "No camera? Show the key to type" }).press("Enter");
  const key = (await page.getByLabel("Key", { exact: true }).textContent()) ?? "";
  const code = codeOf(key);
  await page.getByLabel("Code", { exact: true }).fill(code);
  return { key, code };
}

async function signIn(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("two-step: somebody invited sets up the second factor that all need, and signs in with it", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "Require it" }).click();
  await expect(page.getByRole("dialog")).toContainText("You are one of them.");
  await expectWellMade(page);
  await page.getByRole("button", { name: "Cancel" }).click();

  // The admin first.
  await page.goto(`${coffer.url}/account`);
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.getByLabel("Code", { exact: true })).toBeFocused();
  await expectWellMade(page);
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("This code is not right")).toBeVisible();
  const { key: adminKey } = await scan(page);
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("Keep these recovery codes")).toBeVisible();
  const recoveryCodes = await page.getByRole("list", { name: "Recovery codes" }).allInnerTexts();
  expect(recoveryCodes.join("\n").split(/\s+/)).toHaveLength(10);
  await expectWellMade(page);
  await page.keyboard.press("Escape");
  await expect(page.getByText("They are not shown again")).toBeVisible();
  await page.getByRole("button", { name: "Go back" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(page.getByText("10 of 10 recovery codes left")).toBeVisible();
  await expectWellMade(page);

  // Then for all.
  await page.goto(`${coffer.url}/people`);
  await page.getByRole("button", { name: "Require it" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Require it" }).click();
  await expect(page.getByRole("button", { name: "Make it optional" })).toBeVisible();

  // Invite, accept, set up, sign in.
  await page.getByRole("button", { name: "Invite" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("E-mail").fill("vera@example.com");
  await sheet.getByLabel("Name").fill("Vera");
  await sheet.getByRole("radio", { name: "viewer" }).check();
  await page.keyboard.press("Enter");
  const link = (await sheet.getByLabel("Link").textContent()) ?? "";
  const vera = await anotherPage(browser);
  await vera.goto(link);
  await vera.getByLabel("Password").fill(PASSWORD);
  await vera.getByRole("button", { name: "Save and sign in" }).click();
  await expect(vera.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
  await expectWellMade(vera);
  for (const path of ["/", "/account", "/e/default/secrets"]) {
    await vera.goto(`${coffer.url}${path}`);
    await expect(vera).toHaveURL(`${coffer.url}/two-step`);
  }
  await vera.getByRole("button", { name: "Set up" }).click();
  const { key, code: used } = await scan(vera);
  await expectWellMade(vera);
  await vera.getByRole("button", { name: "Turn on" }).click();
  await expect(vera.getByText("Keep these recovery codes")).toBeVisible();
  await vera.getByRole("button", { name: "I have kept them: go on" }).click();
  await expect(vera.getByRole("heading", { name: "Secrets" })).toBeVisible();

  const again = await anotherPage(browser);
  await signIn(again, coffer.url, "vera@example.com", PASSWORD);
  await expect(again.getByLabel("Code")).toBeFocused();
  await expectWellMade(again);
  await again.getByLabel("Code").fill(used);
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByText("This code is not right")).toBeVisible();
  await expectAccessible(again);
  await again.getByLabel("Code").fill(codeOf(key, 1));
  await again.getByRole("button", { name: "Sign in" }).click();
  await expect(again.getByRole("heading", { name: "Secrets" })).toBeVisible();

  // Who lost the app: a recovery code, or an admin.
  const lost = await anotherPage(browser);
  await signIn(lost, coffer.url, "admin@example.com", TEST_ADMIN.password);
  await lost.getByLabel("Code").fill(recoveryCodes.join("\n").split(/\s+/)[0] ?? "");
  await lost.getByRole("button", { name: "Sign in" }).click();
  await expect(lost.getByRole("heading", { name: "Secrets" })).toBeVisible();
  await lost.goto(`${coffer.url}/account`);
  await expect(lost.getByText("9 of 10 recovery codes left")).toBeVisible();
  await page.goto(`${coffer.url}/people`);
  await page.getByRole("button", { name: "More for Vera" }).press("Enter");
  await page.getByRole("menuitem", { name: "Take second factor away" }).press("Enter");
  await page.getByRole("button", { name: "Take away" }).click();
  await expect(page.getByRole("row", { name: /vera@/ })).toContainText("off");
  await vera.reload();
  await expect(vera.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(adminKey).not.toBe(key);
});

test("two-step: what gives rights asks again who it is, and then goes on", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await showedIdentityLongAgo(coffer.home);
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("button", { name: "Invite" }).click();
  const sheet = page.getByRole("dialog", { name: "Invite" });
  await sheet.getByLabel("E-mail").fill("ed@example.com");
  await sheet.getByLabel("Name").fill("Ed");
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(question.getByLabel("Password")).toBeFocused();
  await expectWellMade(page);
  await page.keyboard.press("Escape");
  await expect(page.getByText("Nothing was changed: it was not confirmed")).toBeVisible();
  await expect(sheet.getByLabel("E-mail")).toHaveValue("ed@example.com");
  await sheet.getByLabel("Name").press("Enter");
  await question.getByLabel("Password").fill("not the password");
  await page.keyboard.press("Enter");
  await expect(question.getByText("This is not your password")).toBeVisible();
  await question.getByLabel("Password").fill(TEST_ADMIN.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Copy it now")).toBeVisible();
});
