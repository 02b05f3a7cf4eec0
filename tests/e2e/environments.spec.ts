import { expect, type Page } from "playwright/test";
import {
  createSecret,
  expectAccessible,
  expectAlive,
  expectWellMade,
  setUp,
  test,
} from "../support/page";

/** Makes an environment in the browser, from the page of environments. */
async function createEnvironment(page: Page, name: string, slug: string): Promise<void> {
  await page.getByRole("button", { name: "New environment" }).click();
  const sheet = page.getByRole("dialog", { name: "New environment" });
  await sheet.getByLabel("Name").fill(name);
  await expect(sheet.getByLabel("Slug")).toHaveValue(slug);
  await sheet.getByRole("button", { name: "Create environment" }).click();
  await expect(sheet).toBeHidden();
  await expect(rowOf(page, slug)).toBeVisible();
}

const rowOf = (page: Page, slug: string) =>
  page.getByRole("grid", { name: "Environments" }).getByRole("row", { name: new RegExp(slug) });

const switcher = (page: Page) => page.getByRole("button", { name: /^Environment / });

async function act(page: Page, slug: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${slug}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

test("environment: a secret of the same name in two environments is two secrets", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED_NAME", "of default");
  await page.getByRole("link", { name: "Environments" }).click();
  await expect(page).toHaveTitle(/^Environments/);
  await createEnvironment(page, "Staging", "staging");

  await switcher(page).click();
  await page.getByRole("menuitemradio", { name: "staging" }).click();
  await expect(page).toHaveURL(/\/e\/staging\/secrets$/);
  await expect(page).toHaveTitle(/staging/);
  await expect(page.getByText("No secrets in staging yet")).toBeVisible();
  await createSecret(page, "SHARED_NAME", "of staging");
  await page.getByRole("row", { name: /SHARED_NAME/ }).hover();
  await page.getByRole("button", { name: "Rotate SHARED_NAME" }).click();
  await page.getByLabel("New value").fill("of staging, again");
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("row", { name: /SHARED_NAME/ })).toContainText("v2");

  await page.getByRole("link", { name: "Services" }).click();
  await expect(page).toHaveURL(/\/e\/staging\/services$/);
  await switcher(page).click();
  await page.getByRole("menuitemradio", { name: "default" }).click();
  await expect(page).toHaveURL(/\/e\/default\/services$/); // the section is kept
  await page.getByRole("link", { name: "Secrets" }).click();
  await expect(page.getByRole("row", { name: /SHARED_NAME/ })).toContainText("v1");
});

test("environment: the keyboard alone makes, switches and protects one", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/environments`);
  await expect(switcher(page)).toContainText("default");
  await expectAlive(switcher(page));
  await page.keyboard.press("n");
  await expect(page.getByRole("dialog", { name: "New environment" })).toBeVisible();
  await page.keyboard.type("Production (EU)");
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "production-eu")).toBeVisible();

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("link", { name: "production-eu" })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("p");
  await expect(page.getByRole("menuitem", { name: "Protect" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("only admins change its secrets");
  await page.getByRole("button", { name: "Protect", exact: true }).press("Enter");
  await expect(rowOf(page, "production-eu")).toContainText("admins only");
  await expect(page.getByRole("button", { name: "More for production-eu" })).toBeFocused();

  await switcher(page).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: /default/ })).toBeChecked();
  await expect(page.getByRole("menuitemradio", { name: /default/ })).toBeFocused();
  await page.keyboard.press("p");
  await expect(page.getByRole("menuitemradio", { name: /production-eu/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/e\/production-eu\/secrets$/);
  await expect(switcher(page)).toHaveAccessibleName("Environment protected production-eu");
  await page.goto(`${coffer.url}/`); // Coffer goes on where one was
  await expect(page).toHaveURL(/\/e\/production-eu\/secrets$/);
});

test("environment: deleting waits until it is empty, and its address is then not found", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/environments`);
  await createEnvironment(page, "Short-lived", "short-lived");
  await act(page, "default", "Delete");
  await expect(page.getByRole("dialog")).toContainText("It stays, also when empty");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();

  await page.goto(`${coffer.url}/e/short-lived/secrets`);
  await createSecret(page, "HELD", "value");
  await page.goto(`${coffer.url}/environments`);
  await act(page, "short-lived", "Delete");
  await expect(page.getByRole("dialog")).toContainText("1 secret, to be trashed and purged");
  await expect(page.getByRole("dialog").getByRole("link", { name: "Secrets" })).toBeVisible();
  await page.evaluate(async () => {
    const held = "/api/v1/secrets/HELD?environment=short-lived";
    await fetch(held, { method: "DELETE" });
    await fetch(`${held}&purge=true`, { method: "DELETE" });
  });
  await page.reload();
  await act(page, "short-lived", "Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(rowOf(page, "short-lived")).toBeHidden();
  await expect(switcher(page)).toContainText("default");

  const gone = await page.goto(`${coffer.url}/e/short-lived/secrets`);
  expect(gone?.status()).toBe(404);
  await expect(page.getByText("There is no such environment")).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("link", { name: "Go to the secrets" }).click();
  await expect(page).toHaveURL(/\/e\/default\/secrets$/);
});

test("environment: a create that fails says why beside the field and keeps what was typed", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/environments`);
  await page.getByRole("button", { name: "New environment" }).click();
  const sheet = page.getByRole("dialog", { name: "New environment" });
  await sheet.getByLabel("Name").fill("Default");
  await sheet.getByRole("button", { name: "Create environment" }).click();
  await expect(sheet.getByText("An environment default exists already")).toBeVisible();
  await expect(sheet.getByLabel("Name")).toHaveValue("Default");
  await sheet.getByLabel("Slug").fill("Default_2");
  await expect(sheet.getByText("A slug has no capital letters.")).toBeVisible();
  await sheet.getByLabel("Slug").fill("default-2");
  await sheet.getByRole("button", { name: "Create environment" }).click();
  await expect(rowOf(page, "default-2")).toBeVisible();
});

test("environment: page, sheets, questions and switcher are accessible in light, dark and at 320 px", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/environments`);
  await createEnvironment(page, `Long ${"name ".repeat(11)}`.trim(), `long${"-name".repeat(7)}`);
  const slug = `long${"-name".repeat(7)}`;
  await act(page, slug, "Protect");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("button", { name: "Protect", exact: true }).click();
  await expect(rowOf(page, slug)).toContainText("admins only");
  await expectWellMade(page);
  for (const what of ["Edit name", "Unprotect", "Delete"]) {
    await act(page, slug, what);
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectWellMade(page);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await page.keyboard.press("n");
  await expect(page.getByRole("dialog", { name: "New environment" })).toBeVisible();
  await expectWellMade(page);
  await page.keyboard.press("Escape");
  await page.goto(`${coffer.url}/e/${slug}/secrets`);
  await expectWellMade(page);
  await switcher(page).click();
  await expect(page.getByRole("menuitem", { name: "Manage environments" })).toBeVisible();
  await expectAccessible(page);
});
