import { expect, type Page } from "playwright/test";
import { createSecret, expectWellMade, setUp, test } from "../support/page";

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Whether a text stands anywhere in the page that is not the content of a field. */
const isDrawn = (page: Page, text: string) =>
  page.evaluate((value) => document.documentElement.outerHTML.includes(value), text);

test("a value is generated in the browser, hidden, copied once, and is what a service gets", async ({
  page,
  context,
  coffer,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await setUp(page, coffer);
  await page.keyboard.press("n");
  const sheet = page.getByRole("dialog");
  const value = sheet.getByLabel("Value", { exact: true });
  await sheet.getByLabel("Name").fill("MADE_HERE");
  await expect(sheet.getByRole("button", { name: /copy/i })).toHaveCount(0);
  await expect(sheet.getByText("190 bits of entropy")).toBeVisible();
  await sheet.getByRole("button", { name: "Generate" }).press("Enter");
  await expect(value).toHaveValue(/^[A-Za-z0-9]{32}$/);
  await expect(value).toHaveClass(/masked/);
  const made = await value.inputValue();
  expect(await isDrawn(page, made)).toBe(false);
  await expectWellMade(page);

  await sheet.getByRole("button", { name: "Copy it once" }).press("Enter");
  await expect(sheet.getByRole("button", { name: "Copied" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );
  expect(await clipboard(page)).toBe(made);
  expect(await isDrawn(page, made)).toBe(false);
  await page.evaluate(() => navigator.clipboard.writeText("something else"));
  await sheet.getByRole("button", { name: "Copied" }).press("Enter");
  expect(await clipboard(page)).toBe("something else");

  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.method() === "POST"),
    sheet.getByRole("button", { name: "Save secret" }).click(),
  ]);
  expect(request.postDataJSON()).toMatchObject({ name: "MADE_HERE", value: made });
  await expect(sheet.getByText("Saved as v1")).toBeVisible();
});

test("each kind is made by keyboard, says how strong it is, and typing takes the copy away", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "ROTATED", "first");
  await page.getByRole("row", { name: /ROTATED/ }).hover();
  await page.getByRole("button", { name: "Rotate ROTATED" }).click();
  const sheet = page.getByRole("dialog");
  const value = sheet.getByLabel("New value");
  const kind = sheet.getByLabel("What to generate");

  await value.fill("typed by hand");
  await expect(sheet.getByRole("button", { name: "Generate, and replace it" })).toBeVisible();
  await kind.selectOption({ label: "Passphrase" });
  await expect(sheet.getByText("87 bits of entropy")).toBeVisible();
  await sheet.getByLabel("How many words").fill("6");
  await sheet.getByLabel("How many words").press("Enter");
  await expect(value).toHaveValue(/^[a-z]+(-[a-z]+){5}$/);
  await expect(sheet).toContainText("v1 is current"); // Enter has saved nothing

  for (const [label, unit, shape] of [
    ["Hex", "bytes", /^[0-9a-f]{64}$/],
    ["Base64", "bytes", /^[A-Za-z0-9+/]{43}=$/],
    ["Base64 for URLs", "bytes", /^[A-Za-z0-9_-]{43}$/],
    ["UUID", null, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["Digits only", "characters", /^\d{32}$/],
  ] as const) {
    await kind.selectOption({ label });
    await expect(sheet.getByLabel(/How many/)).toHaveCount(unit === null ? 0 : 1);
    await sheet.getByRole("button", { name: "Generate" }).press("Space");
    await expect(value).toHaveValue(shape);
  }
  await sheet.getByLabel("How many characters").fill("6");
  await expect(sheet.getByText(/19 bits of entropy: few enough/)).toBeVisible();
  await sheet.getByLabel("How many characters").fill("0");
  await expect(sheet.getByText("Choose from 4 to 4,096 characters.")).toBeVisible();
  await expect(sheet.getByRole("button", { name: "Generate" })).toBeDisabled();

  await kind.selectOption({ label: "Your own characters" });
  await sheet.getByLabel("How many characters").fill("12");
  await sheet.getByLabel("Characters to take from").fill("ab");
  await sheet.getByLabel("Characters to take from").press("Enter");
  await expect(value).toHaveValue(/^[ab]{12}$/);
  await expectWellMade(page);
  await value.press("End");
  await value.press("x");
  await expect(sheet.getByRole("button", { name: /copy/i })).toHaveCount(0);

  await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole("row", { name: /ROTATED/ })).toContainText("v2");
});
