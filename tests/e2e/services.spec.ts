import { expect, type Locator, type Page } from "playwright/test";
import { TEST_ADMIN } from "../support/keys";
import {
  changeDatabase,
  createSecret,
  expectAccessible,
  expectWellMade,
  setUp,
  showedIdentityLongAgo,
  test,
} from "../support/page";

const LONG = `A_${"VERY_".repeat(24)}LONG`;

/** Opens the sheet that makes a service, and gives it a name and patterns. */
async function draft(page: Page, name: string, ...patterns: string[]): Promise<Locator> {
  await page.getByRole("button", { name: "New service" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name", { exact: true }).fill(name);
  for (const pattern of patterns) await type(sheet.getByLabel("Secret names").last(), pattern);
  return sheet;
}

async function type(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.press("Enter");
}

const rowOf = (page: Page, name: string) =>
  page.getByRole("grid", { name: "Services" }).getByRole("row", { name: new RegExp(name) });

async function create(page: Page, sheet: Locator, name: string): Promise<void> {
  await sheet.getByRole("button", { name: "Create service" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("service: a rule for every secret is asked about in words, and marked wherever it shows", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_KEY", "v");
  await page.goto(`${coffer.url}/e/default/services`);
  const sheet = await draft(page, "greedy", "OPENAI_*");
  await expect(sheet.getByRole("status")).toContainText("Matches 1 secret now");
  await expect(sheet.getByRole("status")).toContainText("any new name that starts with OPENAI_");
  await type(sheet.getByLabel("Secret names"), "*");
  const meant = sheet.getByLabel("Every secret in this environment, also future ones");
  await sheet.getByRole("button", { name: "Create service" }).click();
  await expect(sheet.getByText("Tick that you mean every secret")).toBeVisible();
  await expectWellMade(page);
  await meant.check();
  await sheet.getByRole("button", { name: "Remove pattern *" }).click();
  await type(sheet.getByLabel("Secret names"), "**");
  await expect(meant).not.toBeChecked(); // taken out and put in again: asked again
  await meant.check();

  await sheet.getByRole("button", { name: "Another rule" }).click();
  const second = sheet.getByRole("region", { name: "Rule 2" });
  await type(second.getByLabel("Secret names"), "*");
  await expect(second.getByLabel("Every secret in this environment")).not.toBeChecked();
  await sheet.getByRole("button", { name: "Remove rule 2" }).click();
  await create(page, sheet, "greedy");
  await expect(
    page.getByText("That is every secret in default, also those made later."),
  ).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("link", { name: "Services" }).first().click();
  await expect(
    rowOf(page, "greedy").getByText("every secret", { exact: true }).last(),
  ).toBeVisible();
  await expectWellMade(page);
});

test("service: every part of a rule and its addresses are set, kept and shown in words", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, LONG, "v");
  await page.goto(`${coffer.url}/e/default/services`);
  const sheet = await draft(page, "ci", "DEPLOY_*", LONG);
  await sheet.getByLabel("Write").check();
  await sheet.getByLabel("Also where protected").check();
  await sheet.getByLabel("Also by version").check();
  await type(sheet.getByLabel("Server variables"), "REGION_*");
  await expect(sheet.getByText("can't be the name of a variable")).toBeVisible();
  await type(sheet.getByLabel("Server variables"), "REGION");
  const addresses = sheet.getByLabel("Allowed addresses");
  await type(addresses, "10.0.0.0/40");
  await expect(sheet.getByText("after the / comes a number from 0 to 32")).toBeVisible();
  await sheet.getByRole("button", { name: "Create service" }).click();
  await expect(sheet).toBeVisible(); // what is wrong is not left out in silence
  await expectWellMade(page);
  await type(addresses, "10.0.0.0/8 2001:db8::/32");
  await create(page, sheet, "ci");
  const rules = page.getByRole("list", { name: "Rules" });
  await expect(rules).toContainText("resolves and writes DEPLOY_*");
  await expect(rules).toContainText("older versions too");
  await expect(rules).toContainText("writes also where protected");
  await expect(rules).toContainText("the server's REGION");
  await expect(page.getByText("10.0.0.0/8, 2001:db8::/32")).toBeVisible();

  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog");
  await expect(edit.getByLabel("Also where protected")).toBeChecked();
  await edit.getByLabel("Write").uncheck();
  await edit.getByRole("button", { name: "Remove address 10.0.0.0/8" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await expect(rules).not.toContainText("where protected");
  await expect(page.getByText("2001:db8::/32")).toBeVisible();
});

test("service: a token is shown once, with examples that the keyboard reaches and that hold no token", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_KEY", "v");
  await page.goto(`${coffer.url}/e/default/services`);
  await create(page, await draft(page, "llm-proxy", "OPENAI_*"), "llm-proxy");
  await page.getByRole("button", { name: "New token" }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByLabel("in 90 days")).toBeChecked();
  await sheet.getByLabel("never").check();
  await expect(sheet.getByText("A token that never ends works for whoever finds it")).toBeVisible();
  await sheet.getByLabel("on a date").check();
  await sheet.getByRole("button", { name: "Make token" }).click();
  await expect(sheet.getByText("Choose a day.")).toBeVisible();
  await expectWellMade(page);
  await sheet.getByLabel("in 30 days").check();
  await sheet.getByRole("button", { name: "Make token" }).click();
  const token = (await sheet.getByLabel("Token", { exact: true }).textContent()) ?? "";
  expect(token).toMatch(/^cfr_/);
  await expectWellMade(page);
  await sheet.getByRole("tab", { name: "curl" }).focus();
  for (const [key, label] of [
    ["ArrowRight", "Node"],
    ["ArrowRight", "Python"],
    ["ArrowRight", "Shell"],
    ["ArrowRight", "Render"],
    ["ArrowRight", "curl"],
    ["End", "Render"],
    ["Home", "curl"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(sheet.getByRole("tab", { name: label })).toBeFocused();
    const shown = sheet.getByLabel("Example", { exact: true });
    await expect(shown).toContainText("$SECRET/OPENAI_KEY"); // the name of one that it may read is asked for
    const example = (await shown.textContent()) ?? "";
    const path = label === "Render" ? "/api/v1/render" : "/api/v1/resolve";
    expect(example).toContain(coffer.url + path);
    expect(example).toContain("COFFER_TOKEN");
    expect(example).not.toContain(token);
  }
  await expectAccessible(page);
  await sheet.getByRole("button", { name: "Done" }).click();
  await expect(sheet.getByText("Close without copying?")).toBeVisible();
  await sheet.getByRole("button", { name: "Close", exact: true }).last().click();

  await fetch(`${coffer.url}/api/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
  await page.reload();
  const row = page.getByRole("table", { name: "Tokens" }).getByRole("row").last();
  await expect(row).toContainText(/from (127\.0\.0\.1|::1)/);
  await page.getByRole("button", { name: /^Revoke/ }).click();
  await expect(page.getByRole("dialog")).toContainText("llm-proxy last used it");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("revoked");
  await expectWellMade(page);
});

test("service: what it has to send is set, shown in words, and sent by its examples", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_KEY", "v");
  await page.goto(`${coffer.url}/e/default/services`);
  const sheet = await draft(page, "tenant", "OPENAI_*");
  await sheet.getByLabel("Check", { exact: true }).check();
  await type(sheet.getByLabel("Server variables"), "REGION");
  await expect(sheet.getByText("COFFER_ENV_ALLOW")).toBeVisible();
  await sheet.getByLabel("Has to send only").check();
  await sheet.getByLabel("Has to send paths").check();
  await expectWellMade(page);
  await create(page, sheet, "tenant");
  const rules = page.getByRole("list", { name: "Rules" });
  await expect(rules).toContainText("Resolves and checks OPENAI_*", { ignoreCase: true });
  await expect(rules).toContainText("resolves and checks the server's REGION");
  const demands = page.getByText("Has to say with each request which names it uses (only) and");
  await expect(demands).toContainText("where references are meant (paths).");
  await expectWellMade(page);

  await page.getByRole("button", { name: "New token" }).click();
  const minting = page.getByRole("dialog");
  await minting.getByRole("button", { name: "Make token" }).click();
  await expect(minting.getByRole("tab", { name: "Render" })).toBeHidden(); // it has no paths to send
  await minting.getByRole("tab", { name: "Check" }).click();
  const example = minting.getByLabel("Example", { exact: true });
  await expect(example).toContainText(`${coffer.url}/api/v1/check?fail=errors`);
  await expect(example).toContainText('"only": ["OPENAI_KEY"], "paths": ["/key"]');
  await expectWellMade(page);
  await minting.getByRole("button", { name: "Done" }).click();
  await minting.getByRole("button", { name: "Close", exact: true }).last().click();

  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog");
  await expect(edit.getByLabel("Has to send only")).toBeChecked();
  await edit.getByLabel("Has to send paths").uncheck();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await expect(page.getByText("which names it uses (only).")).toBeVisible();
});

test("service: taking a demand away asks again who it is, once that is some minutes ago", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_KEY", "v");
  await page.goto(`${coffer.url}/e/default/services`);
  const sheet = await draft(page, "tenant", "OPENAI_*");
  await sheet.getByLabel("Has to send only").check();
  await create(page, sheet, "tenant");
  await showedIdentityLongAgo(coffer.home);
  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit tenant" });
  await edit.getByLabel("Has to send only").uncheck();
  await edit.getByRole("button", { name: "Save" }).click();
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await question.getByLabel("Password").fill(TEST_ADMIN.password);
  await question.getByRole("button", { name: "Confirm" }).click();
  await expect(question).toBeHidden();
  await expect(edit).toBeHidden();
  await expect(page.getByText("Has to say with each request")).toBeHidden();
});

/** Writes to the database as Coffer does not. */
async function changeBehindItsBack(home: string): Promise<void> {
  await changeDatabase(home, (tx) => tx.secret.updateMany({ data: { highestVersion: 9 } }));
}

test("settings: an admin sees that every row is Coffer's, and which ones are not", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, LONG, "v");
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Integrity" })).toBeVisible();
  await expect(page.getByText("Every row is as Coffer wrote it.")).toBeVisible();
  await expectWellMade(page);

  await changeBehindItsBack(coffer.home);
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByText("1 row was changed by something other than Coffer")).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("link", { name: LONG }).click();
  await expect(page.getByText("It is not as Coffer wrote it")).toBeVisible();
  await page.getByRole("button", { name: "Purge" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(LONG);
  await page.getByRole("button", { name: "Purge for good" }).click();
  await expect(page.getByText(`Purged ${LONG}`)).toBeVisible();
  await page.goto(`${coffer.url}/settings`);
  await expect(page.getByText("Every row is as Coffer wrote it.")).toBeVisible();
});
