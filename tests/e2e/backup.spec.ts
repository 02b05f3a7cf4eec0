import { readFileSync } from "node:fs";
import { expect } from "playwright/test";
import { TEST_ADMIN } from "../support/keys";
import { createSecret, expectWellMade, setUp, showedIdentityLongAgo, test } from "../support/page";

const PASSPHRASE = "seven plain wooden chairs";

test("backup: the page says what it takes, and the file is downloaded once it is confirmed who asks", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "API_KEY", "never in a file");
  await page.goto(`${coffer.url}/settings`);
  await expect(page.getByText("This vault has never been backed up")).toBeVisible();
  await page.getByRole("link", { name: "Back up" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Backup", exact: true })).toBeVisible();
  await expect(page.getByText("Keep the key apart from the file.")).toBeVisible();
  await expectWellMade(page);

  const passphrase = page.getByLabel("Passphrase", { exact: true });
  const again = page.getByLabel("The same passphrase again");
  const button = page.getByRole("button", { name: "Back up and download" });
  await passphrase.fill("short");
  await again.fill("other");
  await button.press("Enter");
  await expect(page.getByText("7 more to go.")).toBeVisible();
  await expect(page.getByText("These are two different passphrases.")).toBeVisible();
  await expectWellMade(page);

  await passphrase.fill(PASSPHRASE);
  await again.fill(PASSPHRASE);
  expect(await page.content()).not.toContain(PASSPHRASE);
  await showedIdentityLongAgo(coffer.home);
  const downloading = page.waitForEvent("download");
  await button.press("Enter");
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await question.getByLabel("Password").fill(TEST_ADMIN.password);
  await question.getByRole("button", { name: "Confirm" }).press("Enter");
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^coffer-\d{4}-\d\d-\d\d-\d{4}\.backup$/);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 16).toString()).toBe("coffer-backup 1\n");
  expect(bytes.includes("API_KEY")).toBe(false);

  await expect(page.getByText(`Downloaded ${download.suggestedFilename()}`)).toBeVisible();
  await expect(page.getByText("by admin@example.com")).toBeVisible();
  await expect(passphrase).toHaveValue("");
  await expect(again).toHaveValue("");
  await expectWellMade(page);
});

test("backup: a file that breaks off is not kept, what was typed is, and it can be cancelled", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/settings/backup`);
  const passphrase = page.getByLabel("Passphrase", { exact: true });
  await passphrase.fill(PASSPHRASE);
  await page.getByLabel("The same passphrase again").fill(PASSPHRASE);
  await page.route("**/api/v1/backup", (route) =>
    route.request().method() === "POST" ? route.abort("connectionreset") : route.continue(),
  );
  await page.getByRole("button", { name: "Back up and download" }).click();
  await expect(page.getByText("Coffer did not answer.")).toBeVisible();
  await expect(passphrase).toHaveValue(PASSPHRASE);
  await page.unroute("**/api/v1/backup");

  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route("**/api/v1/backup", async (route) => {
    if (route.request().method() === "POST") await held;
    await route.continue().catch(() => undefined);
  });
  await page.getByRole("button", { name: "Back up and download" }).click();
  await expect(page.getByRole("progressbar", { name: "Backing up" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled. Nothing was saved.")).toBeVisible();
  go();

  // As when they leave: the browser may keep the page for the way back.
  await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await expect(passphrase).toHaveValue("");
  await expect(page.getByLabel("The same passphrase again")).toHaveValue("");
  await page.getByRole("button", { name: "Back up and download" }).click();
  await expect(page.getByText("12 more to go.")).toBeVisible();
});
