import { expect, type Browser, type Page } from "playwright/test";
import { TEST_ADMIN } from "../support/keys";
import {
  anotherPage,
  createSecret,
  expectAccessible,
  expectWellMade,
  settled,
  setUp,
  test,
} from "../support/page";

const PASSWORD = "seven plain wooden chairs";

/** Invites somebody with the keyboard alone and returns their link. */
async function invite(page: Page, email: string, name: string, role: string): Promise<string> {
  await page.keyboard.press("n");
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await sheet.getByRole("radio", { name: role }).press("Space");
  await page.keyboard.press("Enter");
  await expect(sheet.getByText("Copy it now")).toBeVisible();
  return (await sheet.getByLabel("Link").textContent()) ?? "";
}

/** A page of another browser, on which the link was opened and a password chosen. */
async function join(browser: Browser, link: string): Promise<Page> {
  const page = await anotherPage(browser);
  await page.goto(link);
  await page.getByLabel("Password").fill(PASSWORD);
  expect(page.url()).not.toContain("#");
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await expect(page.getByRole("heading", { name: "Secrets" })).toBeVisible();
  await settled(page);
  return page;
}

test("people: an invited editor joins, does what an editor may, and is bound by a demotion at the next page", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await page.getByRole("link", { name: "People" }).click();
  await expect(page.getByRole("heading", { name: "People" })).toBeVisible();
  const link = await invite(page, " Ed@Example.com", "Ed", "editor");
  expect(link).toMatch(new RegExp(`^${coffer.url}/join#[\\w-]{43}$`));
  await expectWellMade(page);
  await page.keyboard.press("Escape");
  await expect(page.getByText("It is not shown again")).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).last().click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("row", { name: /ed@example\.com/ })).toContainText("invited");
  await expectWellMade(page);

  const ed = await join(browser, link);
  await createSecret(ed, "BY_ED", "value");
  await expect(ed.getByRole("link", { name: "People" })).toBeHidden();
  await ed.goto(`${coffer.url}/people`);
  await expect(ed.getByText("This page is not yours to open")).toBeVisible();
  await ed.goto(`${coffer.url}/e/default/secrets`);

  await page.reload();
  await expect(page.getByRole("row", { name: /ed@example\.com/ })).toContainText("active");
  await page.getByRole("button", { name: "More for Ed" }).press("Enter");
  await page.getByRole("menuitem", { name: "Change role" }).press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Their sessions end with the next request");
  await expectWellMade(page);
  await page.getByRole("radio", { name: "viewer" }).check();
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.getByRole("row", { name: /ed@example\.com/ })).toContainText("viewer");

  await ed.reload();
  await expect(ed).toHaveURL(/sign-in\?next=/);
  await ed.getByLabel("E-mail").fill("ED@example.com");
  await ed.getByLabel("Password").fill(PASSWORD);
  await ed.getByRole("button", { name: "Sign in" }).click();
  await expect(ed.getByText("BY_ED").first()).toBeVisible();
  await expect(ed.getByRole("button", { name: "New secret" })).toBeHidden();
});

test("people: a link works once, and one that does not says what to do", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/people`);
  const link = await invite(page, "once@example.com", "Once", "viewer");
  const joined = await join(browser, link);
  await joined.context().clearCookies();
  await joined.goto(`${coffer.url}/join`);
  await expect(joined.getByText("needs the link that an admin made")).toBeVisible();
  await joined.goto(link); // only the fragment changes
  await expect(joined.getByLabel("Password")).toBeVisible();
  await expectWellMade(joined);
  await joined.getByLabel("Password").fill("short");
  await joined.getByRole("button", { name: "Save and sign in" }).click();
  await expect(joined.getByText("7 more to go.")).toBeVisible();
  await joined.getByLabel("Password").fill(PASSWORD);
  await joined.getByRole("button", { name: "Save and sign in" }).click();
  await expect(joined.getByText("This link does not work")).toBeVisible();
  await expectWellMade(joined);
});

test("people: disabling, undo, removing and the last admin say what happens", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/people`);
  const joined = await join(browser, await invite(page, "vi@example.com", "Vi", "viewer"));
  await page.reload();
  const act = async (name: string, item: string) => {
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await act("Vi", "Disable");
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  const row = page.getByRole("row", { name: /vi@example\.com/ });
  await expect(row).toContainText("disabled");
  await joined.reload();
  await expect(joined).toHaveURL(/sign-in/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("active");

  await act("Vi", "Reset password");
  await page.getByRole("button", { name: "Make link" }).press("Enter");
  await expect(page.getByLabel("Link")).toContainText("/join#");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).last().click();

  await act("Vi", "Remove");
  const remove = page.getByRole("button", { name: "Remove for good" });
  await expect(remove).toBeDisabled();
  await page.getByRole("dialog").getByRole("textbox").fill("vi@example.com");
  await expectWellMade(page);
  await remove.click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(row).toBeHidden();

  await act("Ada Admin", "Disable");
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("last admin");
});

test("people: somebody's page shows what they did lately, and leads to all of it", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "BY_ADA", "value");
  await page.goto(`${coffer.url}/people`);
  const ed = await join(browser, await invite(page, "ed@example.com", "Ed", "editor"));
  await createSecret(ed, "BY_ED", "value");
  await page.reload();
  await page.getByRole("link", { name: "Ed", exact: true }).press("Enter");
  await expect(page.getByRole("heading", { name: "Ed", exact: true })).toBeVisible();
  await expect(page.getByText("Creates, rotates and describes secrets")).toBeVisible();
  const latest = page.getByRole("list", { name: "Latest events" });
  await expect(latest).toContainText("ed@example.com created BY_ED v1");
  await expect(latest).not.toContainText("admin@example.com");
  await settled(page);
  await expectWellMade(page);

  await page.getByRole("link", { name: "All in the audit record" }).press("Enter");
  await expect(page).toHaveURL(/\/audit\?actor=[\w-]+&range=all$/);
  const events = page.getByRole("list", { name: "Events" });
  await expect(events).toContainText("ed@example.com created BY_ED v1");
  await expect(events).not.toContainText("BY_ADA");
  await page.goBack();
  await settled(page);

  await page.getByRole("button", { name: "More for Ed" }).press("Enter");
  await page.getByRole("menuitem", { name: "Disable" }).press("Enter");
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("main").getByText("disabled", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "More for Ed" }).press("Enter");
  await page.getByRole("menuitem", { name: "Remove" }).press("Enter");
  await page.getByRole("dialog").getByRole("textbox").fill("ed@example.com");
  await page.getByRole("button", { name: "Remove for good" }).click();
  await expect(page).toHaveURL(`${coffer.url}/people`);
  await expect(page.getByRole("row", { name: /Ada Admin/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /ed@example/ })).toBeHidden();
});

test("people: one's own account: name, password and sessions", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  const elsewhere = await anotherPage(browser);
  const signIn = async (password: string) => {
    await elsewhere.goto(`${coffer.url}/sign-in`);
    await elsewhere.getByLabel("E-mail").fill("admin@example.com");
    await elsewhere.getByLabel("Password").fill(password);
    await elsewhere.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn(TEST_ADMIN.password);
  await expect(elsewhere.getByRole("heading", { name: "Secrets" })).toBeVisible();

  await page.getByRole("button", { name: /Account/ }).press("Enter");
  await page.getByRole("menuitem", { name: "Your account" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(2);
  await expectWellMade(page);
  await page.getByLabel("Name", { exact: true }).fill("Ada Lovelace");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("button", { name: /Ada Lovelace/ })).toBeVisible();

  await page.getByRole("button", { name: /End the session in/ }).click();
  await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/sign-in/);

  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await page.getByLabel("Current password").fill(TEST_ADMIN.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Changed your password")).toBeVisible();
  await expect(page.getByLabel("New password")).toHaveValue("");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
  await signIn(PASSWORD);
  await expect(elsewhere.getByRole("heading", { name: "Secrets" })).toBeVisible();
});

test("people: each role sees what it may do, and is offered nothing else", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SEEN_BY_ALL", "value");
  for (const [role, links, writes] of [
    [
      "admin",
      ["Secrets", "Services", "Playground", "Audit", "People", "Environments", "Settings"],
      true,
    ],
    ["editor", ["Secrets", "Playground"], true],
    ["viewer", ["Secrets"], false],
    ["auditor", ["Secrets", "Audit"], false],
  ] as const) {
    await page.goto(`${coffer.url}/people`);
    const link = await invite(page, `new-${role}@example.com`, `A new ${role}`, role);
    const person = await join(browser, link);
    await person.setViewportSize({ width: 1280, height: 800 });
    await expect(person.getByRole("navigation", { name: "Pages" }).getByRole("link")).toHaveText([
      ...links,
    ]);
    await expect(person.getByText("SEEN_BY_ALL", { exact: true })).toBeVisible();
    await expect(person.getByRole("button", { name: "New secret" })).toHaveCount(writes ? 1 : 0);
    await person.goto(`${coffer.url}/e/default/secrets/SEEN_BY_ALL`);
    await expect(person.getByRole("heading", { name: "SEEN_BY_ALL" })).toBeVisible();
    await expect(person.getByRole("button", { name: "Rotate" })).toHaveCount(writes ? 1 : 0);
    await expectAccessible(person);
    await person.context().close();
  }
});
