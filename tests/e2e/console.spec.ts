import { expect } from "playwright/test";
import { TEST_ADMIN } from "../support/keys";
import { createSecret, expectWellMade, setUp, test } from "../support/page";

const LONG = `A_${"VERY_".repeat(24)}LONG`;

test("every page and sheet is accessible in light, dark and at 320 px", async ({
  page,
  coffer,
}) => {
  await page.goto(coffer.setupLink() ?? "");
  await expect(page.getByLabel("Password")).toBeVisible();
  await expectWellMade(page);

  await setUp(page, coffer);
  await expect(page.getByText("No secrets in default yet")).toBeVisible();
  await expectWellMade(page);

  await page.keyboard.press("n");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectWellMade(page);
  await page.keyboard.press("Escape");

  await createSecret(page, LONG, "a value");
  await expectWellMade(page);
  await page.goto(`${coffer.url}/e/default/secrets/${LONG}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(LONG);
  await expectWellMade(page);

  await page.goto(`${coffer.url}/e/default/services`);
  await expectWellMade(page);
  await page.goto(`${coffer.url}/e/default/nothing-here`);
  await expect(page.getByText("There is nothing at this address")).toBeVisible();
  await expectWellMade(page);
});

test("for who wants no motion nothing is in motion, not even for a moment after the layout changed", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const now = await page.getByRole("main").evaluate((main) => {
    const before = getComputedStyle(main).paddingLeft; // a transition begins at what was asked for once
    main.style.paddingLeft = "77px";
    const after = getComputedStyle(main).paddingLeft;
    return { before, after, moving: document.getAnimations().length };
  });
  expect(now).toEqual({ before: "32px", after: "77px", moving: 0 });
});

test("an admin lists, searches, rotates and copies with the keyboard alone", async ({
  page,
  coffer,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await setUp(page, coffer);
  for (const name of ["ALPHA_KEY", "BETA_KEY", "GAMMA_TOKEN"]) await createSecret(page, name, "v");

  await page.keyboard.press("/");
  await page.keyboard.type("_key");
  await expect(page.getByRole("row", { name: /GAMMA_TOKEN/ })).toBeHidden();
  await expect(page).toHaveURL(/search=_key/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("c");
  await expect(page.getByText(/copied/i).first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("BETA_KEY");

  await page.keyboard.press("r");
  await expect(page.getByRole("dialog")).toContainText("BETA_KEY");
  await page.getByLabel("New value").fill("second");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Rotate", exact: true }).press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("row", { name: /BETA_KEY/ })).toContainText("v2");

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("a save that fails says why beside the field and keeps what was typed", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "STRIPE_KEY", "first");
  await page.keyboard.press("n");
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name").fill("stripe_key");
  await sheet.getByLabel("Value", { exact: true }).fill("the value that must not be lost");
  await sheet.getByRole("button", { name: "Save secret" }).click();
  await expect(sheet.getByText(/STRIPE_KEY exists already/)).toBeVisible();
  await expect(sheet.getByLabel("Value", { exact: true })).toHaveValue(
    "the value that must not be lost",
  );
  await sheet.getByLabel("Name").fill("9_LIVES");
  await expect(sheet.getByText("A name can't start with a digit.")).toBeVisible();
  await sheet.getByLabel("Name").fill("STRIPE_TEST_KEY");
  await sheet.getByRole("button", { name: "Save secret" }).click();
  await expect(sheet.getByText("Saved as v1")).toBeVisible();
  await expect(page.locator("textarea")).toHaveCount(0);
});

test("a rotation that somebody else was faster with is refused, and can be decided again", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED_KEY", "first");
  await page.getByRole("row", { name: /SHARED_KEY/ }).hover();
  await page.getByRole("button", { name: "Rotate SHARED_KEY" }).click();
  await page.getByLabel("New value").fill("mine");
  const theirs = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/secrets/SHARED_KEY/versions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ value: "theirs" }),
    });
    return answer.status;
  });
  expect(theirs).toBe(201);
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("meanwhile");
  await expect(page.getByLabel("New value")).toHaveValue("mine");
  await page.getByRole("button", { name: "Rotate anyway" }).click();
  await expect(page.getByRole("row", { name: /SHARED_KEY/ })).toContainText("v3");
});

test("a secret in the trash comes back with undo, or is purged once its name is typed", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OLD_KEY", "value");
  const trash = async () => {
    await page.getByRole("row", { name: /OLD_KEY/ }).hover();
    await page.getByRole("button", { name: "More for OLD_KEY" }).click();
    await page.getByRole("menuitem", { name: "Move to trash" }).click();
    await page.getByRole("button", { name: "Move to trash" }).click();
  };
  await trash();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /OLD_KEY/ })).toBeVisible();
  await trash();
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByRole("row", { name: /OLD_KEY/ }).hover();
  await page.getByRole("button", { name: "Purge OLD_KEY" }).click();
  const purge = page.getByRole("button", { name: "Purge for good" });
  await page
    .getByRole("dialog")
    .or(page.getByRole("alertdialog"))
    .getByRole("textbox")
    .fill("OLD_KEY");
  await purge.click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
});

test("signing out ends the session on the server, and a wrong password says nothing more", async ({
  page,
  coffer,
  context,
}) => {
  await setUp(page, coffer);
  const before = await context.cookies();
  await page.getByRole("button", { name: /Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/sign-in/);
  await context.addCookies(before); // a copy of the cookie opens nothing
  await page.goto(`${coffer.url}/e/default/secrets`);
  await expect(page).toHaveURL(/sign-in\?next=/);

  await expectWellMade(page);
  await page.getByLabel("E-mail").fill("admin@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toContainText("do not go together");
  await page.getByLabel("Password").fill(TEST_ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/e\/default\/secrets$/);
});

test("the setup link works once, and nothing else makes an admin", async ({ page, coffer }) => {
  const link = coffer.setupLink() ?? "";
  await page.goto(`${coffer.url}/e/default/secrets`);
  await expect(page.getByText("needs the link from the terminal")).toBeVisible();
  await page.goto(`${coffer.url}/setup#${"x".repeat(43)}`);
  await page.getByLabel("E-mail").fill("mallory@example.com");
  await page.getByLabel("Name").fill("Mallory");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: /create|set up|make/i }).click();
  await expect(page.getByText("This link does not work")).toBeVisible();
  await setUp(page, coffer);
  await page.context().clearCookies();
  await page.goto(link);
  await expect(page.getByRole("link", { name: /sign-in|sign in/i })).toBeVisible();
});
