import { expect } from "playwright/test";
import { setUp, test } from "../support/page";

test("the sign-in page says in plain words how long to wait after too many wrong passwords", async ({
  page,
  coffer,
  context,
}) => {
  await setUp(page, coffer);
  await context.clearCookies();
  await page.goto(`${coffer.url}/sign-in`);
  const message = page.getByRole("alert").filter({ hasText: /\S/ });
  await page.getByLabel("E-mail").fill("somebody@example.com");
  // Eight in a row take longer than the first waits: the last is met at the latest by then.
  for (let i = 0; i < 12 && !(await message.getByText("too many wrong").isVisible()); i++) {
    await page.getByLabel("Password").fill("a wrong guess");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
    await expect(message).toBeVisible();
  }
  await expect(message).toHaveText(
    /^There were too many wrong attempts, so this one was not looked at\. Wait (a second|\d+ seconds), then try again\.$/,
  );
});
