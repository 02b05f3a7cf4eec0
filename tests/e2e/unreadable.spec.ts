import { expect, type Browser, type Page } from "playwright/test";
import { runCoffer } from "../support/command";
import { ON_POSTGRES } from "../support/database";
import { anotherPage, createSecret, expectWellMade, settled, setUp, test } from "../support/page";
import { startProcess, type CofferProcess } from "../support/process";

const ENV = { TYK_AI_SECRET_KEY: "the-key-after-the-one-that-is-lost" };
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const ADMIN = "admin@example.com";

async function rotate(page: Page, coffer: CofferProcess, name: string): Promise<void> {
  const answer = await page.request.post(`${coffer.url}/api/v1/secrets/${name}/versions`, {
    ...{ data: { value: "next" }, headers: { origin: coffer.url } },
  });
  expect(answer.status()).toBe(201);
}

/** Loses the key of the vault, resets it, and comes in by the link. The caller ends the process. */
async function afterReset(
  browser: Browser,
  page: Page,
  coffer: CofferProcess & { home: string },
): Promise<{ page: Page; again: CofferProcess }> {
  const { home } = coffer;
  const keys = await page.request.get(`${coffer.url}/api/v1/keys`);
  const { fingerprint } = (await keys.json()) as { fingerprint: string };
  await coffer.end("SIGTERM");
  const phrase = `lose every value under ${fingerprint}`;
  const args = ["keys", "reset", "--admin", ADMIN, "--yes", "--phrase", phrase, "--json"];
  const copy = ON_POSTGRES ? ["--copy", "before.db"] : []; // beside a file it is put without being asked for
  const ran = await runCoffer([...args, ...copy], { home, env: ENV });
  expect(ran.code, ran.stderr).toBe(0);
  const { link } = JSON.parse(ran.stdout) as { link: { url: string } };
  const again = await startProcess({ home, env: ENV });
  const admin = await anotherPage(browser);
  const { pathname, hash } = new URL(link.url);
  await admin.goto(`${again.url}${pathname}${hash}`);
  await admin.getByLabel("Password").fill("a password chosen by the link");
  await admin.getByRole("button", { name: /password|sign in|continue|join/i }).click();
  await expect(admin.getByRole("heading", { name: "Secrets" })).toBeVisible();
  await settled(admin);
  return { page: admin, again };
}

test("after a lost key: the list says and counts what was lost, and a rotation heals each", async ({
  browser,
  page: before,
  coffer,
}) => {
  await setUp(before, coffer);
  await createSecret(before, "STRIPE_KEY", "one");
  await rotate(before, coffer, "STRIPE_KEY");
  await createSecret(before, "MAIL_KEY", "one");
  const expiresAt = new Date(Date.now() + YEAR_MS).toISOString();
  const dated = await before.request.patch(`${coffer.url}/api/v1/secrets/MAIL_KEY`, {
    data: { expiresAt, rotateEveryDays: 30 },
    headers: { origin: coffer.url },
  });
  expect(dated.status()).toBe(200);
  const { page, again } = await afterReset(browser, before, coffer);
  try {
    const summary = page.getByRole("navigation", { name: "What needs attention" });
    const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
    await createSecret(page, "NEW_KEY", "of after");
    await page.goto(`${again.url}/e/default/secrets`);
    await expect(summary.getByRole("link")).toHaveText([
      "2 lost with the key: rotate for a new value",
    ]);
    for (const name of ["STRIPE_KEY", "MAIL_KEY"]) {
      await expect(row(name)).toContainText("unreadable: Its value was lost with the key");
    }
    await expect(row("NEW_KEY")).toContainText("active");
    await expectWellMade(page);

    await summary.getByRole("link").click();
    await expect(page).toHaveURL(/secrets\?attention=lost$/);
    await expect(row("NEW_KEY")).toBeHidden();
    await expect(row("MAIL_KEY")).toBeVisible();
    await expectWellMade(page);

    // What was lost may have expired besides, and a new value alone does not make it resolve then.
    const later = await page.context().newPage();
    await later.clock.setFixedTime(Date.now() + 2 * YEAR_MS);
    await later.goto(`${again.url}/e/default/secrets/MAIL_KEY`);
    await expect(later.getByText("Its value was lost with the key", { exact: true })).toBeVisible();
    await expect(later.getByText("It has expired, and does not resolve")).toBeVisible();
    await expect(later.getByText("Its rotation is overdue")).toBeHidden(); // it is asked for above
    await expectWellMade(later);
    await later.close();

    await page.goto(`${again.url}/e/default/secrets/STRIPE_KEY`);
    await expect(page.getByText("Its value was lost with the key", { exact: true })).toBeVisible();
    const versions = page.getByRole("list", { name: "Versions" });
    await expect(versions.getByText("lost with the key")).toHaveCount(2);
    await expect(page.getByText("gave up the lost values of MAIL_KEY v1 and 1 more")).toBeVisible();
    await expect(versions.getByRole("button", { name: "Make current" })).toHaveCount(0);
    await expectWellMade(page);
    await page.getByRole("button", { name: "Rotate to give it a new value" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("New value").fill("three");
    await expect(sheet).toContainText("v2 is current, and its value was lost with the key.");
    await expect(sheet).not.toContainText("can be made current again");
    await expectWellMade(page);
    await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
    await expect(sheet).toBeHidden();
    await expect(page.getByText("Its value was lost with the key", { exact: true })).toBeHidden();
    await expect(page.locator("header").getByText("active", { exact: true })).toBeVisible();
    await expectWellMade(page);
  } finally {
    await again.end("SIGTERM");
  }
});

test("an incident of a secret that was lost: it can be rotated, and no lost version is offered to be destroyed", async ({
  browser,
  page: before,
  coffer,
}) => {
  await setUp(before, coffer);
  await createSecret(before, "STRIPE_KEY", "one");
  await rotate(before, coffer, "STRIPE_KEY");
  const { page, again } = await afterReset(browser, before, coffer);
  try {
    await page.goto(`${again.url}/e/default/secrets/STRIPE_KEY`);
    await page.getByRole("link", { name: "Leaked?" }).click();
    await page.getByLabel("What happened").fill("Seen in a public log.");
    await page.getByRole("button", { name: "Open an incident" }).click();
    const steps = page.getByRole("list", { name: "Steps" });
    await expect(steps.getByText(/v2 is current, and its value was lost/)).toBeVisible();
    await expect(steps.getByText(/v1 was lost with the key/)).toBeVisible();
    await expect(steps.getByRole("button", { name: /^Destroy/ })).toHaveCount(0);
    await expectWellMade(page);
    await steps.getByRole("button", { name: "Rotate" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("New value").fill("three");
    await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
    await expect(steps.getByText("Rotated to v3.")).toBeVisible();
    await expect(steps.getByText(/v2, v1 were lost|v1, v2 were lost/)).toBeVisible();
    await expectWellMade(page);
  } finally {
    await again.end("SIGTERM");
  }
});
