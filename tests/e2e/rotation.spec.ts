import { expect, type Page } from "playwright/test";
import { localTime } from "../../components/secrets/lifetime";
import {
  anotherPage,
  call,
  changeDatabase,
  createSecret,
  expectWellMade,
  settled,
  setUp,
  test,
} from "../support/page";

const DAY_MS = 24 * 60 * 60 * 1000;
const fromNow = (ms: number) => new Date(Date.now() + ms);

function make(page: Page, name: string, more: object = {}): Promise<unknown> {
  return call(page, "POST", "/secrets", { name, value: "v", ...more });
}

/** One secret for each way to ask for attention, and one that asks for none. */
async function makeOneOfEach(page: Page, home: string): Promise<void> {
  await make(page, "PLAIN_KEY", { description: "as it should be", rotateEveryDays: 90 });
  await make(page, "DUE_KEY", { rotateEveryDays: 90, tags: ["payments"] });
  await make(page, "OVERDUE_KEY", { rotateEveryDays: 90 });
  await make(page, "EXPIRING_KEY", { expiresAt: fromNow(3 * DAY_MS).toISOString() });
  await make(page, "EXPIRED_KEY", { expiresAt: fromNow(1_500).toISOString(), rotateEveryDays: 90 });
  await make(page, "UNREAD_KEY");
  await changeDatabase(home, async (tx) => {
    const set = (name: string, data: { rotateDueAt?: Date; createdAt?: Date }) =>
      tx.secret.updateMany({ where: { name }, data });
    await set("DUE_KEY", { rotateDueAt: fromNow(3 * DAY_MS) });
    await set("OVERDUE_KEY", { rotateDueAt: fromNow(-2 * DAY_MS) });
    await set("EXPIRED_KEY", { rotateDueAt: fromNow(-2 * DAY_MS) });
    await set("UNREAD_KEY", { createdAt: fromNow(-100 * DAY_MS) });
  });
  const expired = async () => (await call<{ expired: number }>(page, "GET", "/attention")).expired;
  await expect.poll(expired).toBe(1);
}

const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });
const summary = (page: Page) => page.getByRole("navigation", { name: "What needs attention" });

async function expectOnly(page: Page, ...names: string[]): Promise<void> {
  const links = page.getByRole("grid", { name: "Secrets" }).locator("[data-row-link]");
  await expect(links).toHaveText(names);
}

test("what asks for attention says so in its row, above the list, and can be filtered", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await make(page, "PLAIN_KEY_2");
  await page.reload();
  await expect(row(page, "PLAIN_KEY_2")).toContainText("active");
  await expect(summary(page)).toBeHidden();

  await makeOneOfEach(page, coffer.home);
  await page.reload();
  await expect(summary(page).getByRole("link")).toHaveText([
    ...["1 expired", "2 overdue for rotation", "1 expiring soon", "1 due for rotation soon"],
  ]);
  await expect(row(page, "PLAIN_KEY ")).toContainText("active");
  await expect(row(page, "EXPIRED_KEY")).toContainText("expired");
  await expect(row(page, "EXPIRED_KEY")).toContainText("overdue");
  await expect(row(page, "EXPIRED_KEY")).not.toContainText("active");
  await expect(row(page, "EXPIRED_KEY")).toContainText(/does not resolve since .*\d\d:\d\d:\d\d/);
  for (const [name, word] of [
    ["OVERDUE_KEY", "overdue"],
    ["EXPIRING_KEY", "expiring"],
  ] as const) {
    await expect(row(page, name)).toContainText(word);
    await expect(row(page, name)).not.toContainText("active");
  }
  await expect(row(page, "\\bDUE_KEY")).toContainText(/due.*rotation is due/);
  await expectWellMade(page);

  await summary(page).getByRole("link", { name: "overdue" }).click();
  await expect(page).toHaveURL(/secrets\?attention=overdue$/);
  await expectOnly(page, "EXPIRED_KEY", "OVERDUE_KEY");
  await page.getByRole("searchbox").fill("expired_");
  await expectOnly(page, "EXPIRED_KEY");
  await page.goBack();
  await page.goto(`${coffer.url}/e/default/secrets?attention=due`);
  await expectOnly(page, "DUE_KEY");
  await expectWellMade(page);
  await page.getByRole("button", { name: /Show all, not only/ }).click();
  await expect(page).toHaveURL(/secrets$/);

  await page.getByRole("button", { name: "Filter" }).press("Enter");
  await page.getByRole("menuitemradio", { name: "Not read in 90 days" }).press("Enter");
  await expect(page).toHaveURL(/attention=unread/);
  await expectOnly(page, "UNREAD_KEY");
  await call(page, "DELETE", "/secrets/UNREAD_KEY");
  await page.reload();
  await expect(page.getByText(/went unread for so long/)).toBeVisible();
  await expectWellMade(page);
  await page.goto(`${coffer.url}/e/default/secrets?attention=nonsense`);
  await expect(row(page, "OVERDUE_KEY")).toBeVisible();
});

test("an expired secret says on its page that it does not resolve, and a later expiry heals it", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await makeOneOfEach(page, coffer.home);
  await page.goto(`${coffer.url}/e/default/secrets/EXPIRED_KEY`);
  await expect(page.getByText("It has expired, and does not resolve")).toBeVisible();
  await expect(page.getByText("Its rotation is overdue")).toBeVisible();
  await expect(page.getByText("The value still resolves")).toBeHidden();
  await expect(page.locator("header").getByText("active", { exact: true })).toBeHidden();
  await expectWellMade(page);

  await page.getByRole("button", { name: "Change the expiry" }).click();
  const sheet = page.getByRole("dialog");
  const expires = sheet.getByLabel("Expires");
  await expires.fill(localTime(fromNow(-DAY_MS).toISOString()));
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet.getByText(/That time is past/)).toBeVisible();
  await expect(expires).toBeFocused();
  await expectWellMade(page);
  await expires.fill(localTime(fromNow(30 * DAY_MS).toISOString()));
  await expect(sheet.getByText(/That time is past/)).toBeHidden();
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByText("It has expired, and does not resolve")).toBeHidden();
  await expect(page.getByText("Its rotation is overdue")).toBeVisible();

  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await sheet.getByLabel("New value").fill("w");
  await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByText("Its rotation is overdue")).toBeHidden();
  await expect(page.locator("header").getByText("active", { exact: true })).toBeVisible();
});

test("a secret is made, changed and cleared of its dates with the keyboard alone", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.keyboard.press("n");
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name").fill("DATED_KEY");
  await sheet.getByLabel("Value", { exact: true }).fill("v");
  const every = sheet.getByLabel("Rotate every … days");
  const expires = sheet.getByLabel("Expires");
  await every.fill("ninety");
  await expires.fill("2001-01-01T10:00");
  await expires.press("Enter");
  await expect(sheet.getByText(/Give whole days from 1 to 3,650/)).toBeVisible();
  await expect(sheet.getByText(/That time is past/)).toBeVisible();
  await expect(every).toBeFocused();
  await expect(every).toHaveAttribute("aria-invalid", "true");
  await expectWellMade(page);
  await expect(sheet.getByLabel("Value", { exact: true })).toHaveValue("v");
  await every.fill("90");
  const at = fromNow(400 * DAY_MS);
  await expires.fill(localTime(at.toISOString()));
  await expires.press("Enter");
  await expect(sheet.getByText("Saved as v1")).toBeVisible();
  await sheet.getByRole("link", { name: "Open its page" }).click();
  await expect(page.getByText("90 days", { exact: true })).toBeVisible();
  const { expiresAt, rotateDueAt } = await call<{ expiresAt: string; rotateDueAt: string }>(
    page,
    "GET",
    "/secrets/DATED_KEY",
  );
  expect(localTime(expiresAt)).toBe(localTime(at.toISOString()));
  await expect(page.locator(`time[datetime="${expiresAt}"]`)).toBeVisible();
  await expect(page.locator(`time[datetime="${rotateDueAt}"]`)).toBeVisible();
  await settled(page);

  await page.getByRole("button", { name: "Edit" }).press("Enter");
  await expect(every).toHaveValue("90");
  await every.fill("");
  await page.getByRole("button", { name: "Clear the expiry" }).press("Enter");
  await expect(expires).toBeFocused();
  await sheet.getByRole("button", { name: "Save" }).press("Enter");
  await expect(sheet).toBeHidden();
  await expect(page.getByText("90 days", { exact: true })).toBeHidden();
  expect(await call(page, "GET", "/secrets/DATED_KEY")).toMatchObject({
    ...{ expiresAt: null, rotateEveryDays: null, rotateDueAt: null },
  });
});

async function typeNew(page: Page, name: string, value: string): Promise<void> {
  await page.keyboard.press("n");
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name").fill(name);
  await sheet.getByLabel("Value", { exact: true }).fill(value);
  await sheet.getByLabel("Description").fill("the new one");
  await sheet.getByRole("button", { name: "Save secret" }).click();
}

test("the trash says when each secret is purged, and gives it back or up", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  for (const name of ["GONE_KEY", "BACK_KEY"]) {
    await createSecret(page, name, "v");
    await row(page, name).hover();
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Move to trash" }).click();
    await page.getByRole("button", { name: "Move to trash" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("button", { name: "Undo" }).last()).toBeVisible();
    await expect(row(page, name)).toBeHidden();
  }
  await page.getByRole("link", { name: "Trash" }).click();
  await expect(page.getByRole("heading", { name: "Trash" })).toBeVisible();
  await expect(row(page, "GONE_KEY")).toContainText(/in 30 d, kept until .*:\d\d:\d\d/);
  await expectWellMade(page);
  await row(page, "BACK_KEY").getByRole("button", { name: "Restore BACK_KEY" }).click();
  await expect(row(page, "BACK_KEY")).toBeHidden();
  await page.getByRole("link", { name: "GONE_KEY" }).click();
  await expect(page.getByText(/It is purged for good in 30 d/)).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("button", { name: "Purge" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("GONE_KEY");
  await page.getByRole("button", { name: "Purge for good" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await page.getByRole("link", { name: "In use" }).click();
  await expect(row(page, "BACK_KEY")).toContainText("active");
});

test("a name in the trash asks: restore the old one, and what was typed can be its next version", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await make(page, "STRIPE_KEY", { description: "the old one" });
  await call(page, "DELETE", "/secrets/STRIPE_KEY");
  await page.reload();
  await typeNew(page, "stripe_key", "typed once");
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByText("STRIPE_KEY is in the trash, so the name is taken")).toBeVisible();
  await expect(sheet).not.toContainText("purgeTrashed");
  await expectWellMade(page);
  await sheet.getByRole("button", { name: "Restore the old one" }).click();
  await expect(sheet.getByText("STRIPE_KEY is back, with the value that it had")).toBeVisible();
  await expect(sheet.getByLabel("Value", { exact: true })).toHaveValue("typed once");
  await expectWellMade(page);
  await page.setViewportSize({ width: 320, height: 700 });
  await expect(sheet.getByRole("button", { name: "Leave it as it is" })).toBeInViewport({
    ratio: 1,
  });
  await page.setViewportSize({ width: 1280, height: 800 });
  await call(page, "POST", "/secrets/STRIPE_KEY/versions", { value: "of somebody faster" });
  const save = sheet.getByRole("button", { name: "Save as a new version" });
  await save.click();
  await expect(sheet.getByText("STRIPE_KEY is at version 2 now, rotated by")).toBeVisible();
  await expect(
    sheet.getByText("STRIPE_KEY is back, and was given another value meanwhile"),
  ).toBeVisible();
  await expect(sheet.getByText("v2 is current. The value that you typed is not")).toBeVisible();
  await expect(sheet).not.toContainText("with the value that it had");
  await expect(sheet.getByLabel("Value", { exact: true })).toHaveValue("typed once");
  await expectWellMade(page);
  await save.click();
  await expect(sheet.getByText("Saved as v3")).toBeVisible();
  await sheet.getByRole("button", { name: "Done" }).click();
  await expect(row(page, "STRIPE_KEY")).toContainText("the old one");

  await call(page, "DELETE", "/secrets/STRIPE_KEY");
  await page.reload();
  await typeNew(page, "STRIPE_KEY", "typed again");
  await sheet.getByRole("button", { name: "Restore the old one" }).click();
  await sheet.getByRole("button", { name: "Leave it as it is" }).click();
  await expect(sheet).toBeHidden();
  await expect(row(page, "STRIPE_KEY")).toContainText("v3");
});

test("an editor is offered to restore what has the name, and not to purge it; a viewer sees what has expired", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await make(page, "STRIPE_KEY");
  await call(page, "DELETE", "/secrets/STRIPE_KEY");
  await makeOneOfEach(page, coffer.home);
  const join = async (role: string) => {
    const person = { email: `${role}@example.com`, name: role, role };
    const { link } = await call<{ link: { url: string } }>(page, "POST", "/users", person);
    const theirs = await anotherPage(browser);
    await theirs.goto(link.url);
    await theirs.getByLabel("Password").fill("seven plain wooden chairs");
    await theirs.getByRole("button", { name: "Save and sign in" }).click();
    await expect(theirs.getByRole("heading", { name: "Secrets" })).toBeVisible();
    await settled(theirs);
    return theirs;
  };
  const editor = await join("editor");
  await typeNew(editor, "STRIPE_KEY", "typed once");
  const sheet = editor.getByRole("dialog");
  await expect(sheet.getByText(/before that, only an admin can purge it/)).toBeVisible();
  await expect(sheet.getByRole("button", { name: /Purge/ })).toBeHidden();
  await expect(sheet.getByRole("button", { name: "Restore the old one" })).toBeVisible();

  const viewer = await join("viewer");
  await expect(summary(viewer).getByRole("link", { name: "1 expired" })).toBeVisible();
  await viewer.getByRole("link", { name: "EXPIRED_KEY" }).click();
  await expect(viewer.getByText("It has expired, and does not resolve")).toBeVisible();
  await expect(viewer.getByRole("button", { name: "Change the expiry" })).toBeHidden();
});

test("a name in the trash asks: purge the old one, once its name is typed, and create the new", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await make(page, "STRIPE_KEY", { description: "the old one" });
  await call(page, "DELETE", "/secrets/STRIPE_KEY");
  await typeNew(page, "stripe_key", "typed once");
  const sheet = page.getByRole("dialog", { name: "New secret" });
  await sheet.getByRole("button", { name: "Purge it, create this one" }).click();
  const question = page.getByRole("dialog", { name: /Purge the old STRIPE_KEY/ });
  const confirm = question.getByRole("button", { name: "Purge and create" });
  await expect(confirm).toBeDisabled();
  await expectWellMade(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(sheet.getByLabel("Value", { exact: true })).toHaveValue("typed once");
  expect(await call(page, "GET", "/secrets/STRIPE_KEY")).toMatchObject({ state: "trashed" });

  await sheet.getByRole("button", { name: "Purge it, create this one" }).click();
  await question.getByRole("textbox").fill("STRIPE_KEY");
  await confirm.click();
  await expect(page.getByText("Saved as v2")).toBeVisible();
  expect(await call(page, "GET", "/secrets/STRIPE_KEY")).toMatchObject({
    ...{ name: "stripe_key", description: "the new one", state: "active", version: 2 },
  });
});

test("among 10,000 secrets the line above counts all of them, a filter finds them page by page, and every tag can be chosen", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  const names = Array.from({ length: 10_000 }, (_, i) => `MANY_${String(i).padStart(5, "0")}`);
  const text = names.map((name) => `${name}=v`).join("\n");
  await call(page, "POST", "/import", { source: { text } });
  await changeDatabase(coffer.home, async (tx) => {
    const past = fromNow(-DAY_MS);
    const where = { name: { endsWith: "7" } };
    await tx.secret.updateMany({ where, data: { rotateDueAt: past, rotateEveryDays: 30 } });
  });
  await call(page, "PATCH", "/secrets/MANY_05005", { tags: ["far-away"] });
  await page.reload();
  await expect(summary(page).getByRole("link")).toHaveText(["1,000 overdue for rotation"]);
  await summary(page).getByRole("link").click();
  await expect(row(page, "MANY_00007")).toContainText("overdue");
  await expect(row(page, "MANY_00008")).toBeHidden();
  const shown = page.getByText(/secrets shown/);
  await expect(shown).toHaveText("100 or more secrets shown");
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(shown).toHaveText("200 or more secrets shown");
  await page.getByRole("button", { name: "Load more" }).scrollIntoViewIfNeeded();
  await expect(row(page, "MANY_01997")).toContainText("overdue"); // the 200th, and not the next of all
  await page.getByRole("searchbox").fill("_0999");
  await expectOnly(page, "MANY_09997");

  await page.goto(`${coffer.url}/e/default/secrets`);
  await page.getByRole("button", { name: "Tag" }).press("Enter");
  await page.getByRole("menuitemradio", { name: "far-away" }).press("Enter");
  await expect(page).toHaveURL(/secrets\?tag=far-away$/);
  await expectOnly(page, "MANY_05005");
});
