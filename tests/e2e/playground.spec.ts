import { expect, type Page } from "playwright/test";
import { call, expectAccessible, expectAlive, expectWellMade, setUp, test } from "../support/page";

const LONG = `A_${"VERY_".repeat(24)}LONG`;

const CONFIG = `{
  "id": 12345678901234567890,
  "url": "https://example.com",
  "api_key": "$SECRET/OPENAI_KEY",
  "jira": "Basic {{ secrets.JIRA_TOKEN }}",
  "deploy": "$SECRET/DEPLOY_KEY",
  "typo": "$SECRTE/OPENAI_KEY",
  "broken": "{{Secrets.my-key}}"
}`;

/** Secrets of which one is in the trash, and a service that resolves some of them. */
async function furnish(page: Page, more: object = {}): Promise<void> {
  for (const name of ["OPENAI_KEY", "JIRA_OLD", "DEPLOY_KEY"]) {
    await call(page, "POST", "/secrets", { name, value: `value of ${name}` });
  }
  await call(page, "DELETE", "/secrets/JIRA_OLD");
  const rules = [{ actions: ["resolve"], names: ["OPENAI_*", "JIRA_*"] }];
  await call(page, "POST", "/services", { name: "llm-proxy", rules, ...more });
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/e/default/playground`);
  await expect(page.getByRole("heading", { name: "Playground" })).toBeVisible();
  await expectAlive(page.getByLabel("Config", { exact: true }));
}

const config = (page: Page) => page.getByLabel("Config", { exact: true });
const text = (page: Page) => page.getByRole("region", { name: "The text, marked" });
const grid = (page: Page) => page.getByRole("grid", { name: "References" });
const check = (page: Page) => page.getByRole("button", { name: "Check", exact: true }).click();

/** Puts a long text into the field at once: typing it takes a browser minutes. */
async function paste(page: Page, text: string): Promise<void> {
  await config(page).evaluate((node: HTMLTextAreaElement, text) => {
    node.value = text;
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
}

test("playground: the keyboard alone checks a config, and leads from the list to the text and back", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page);
  await open(page, coffer.url);
  await config(page).focus();
  await page.keyboard.insertText(CONFIG);
  await expect(page.getByLabel("Format")).toContainText("Guess: JSON");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "1 of 4 references resolve" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "1 of 4" })).toHaveText(
    "1 of 4 references resolve, 1 missing · 1 denied · 1 malformed · 1 warning",
  );
  await expect(config(page)).toBeFocused();
  await expect(config(page)).toHaveValue(CONFIG);

  const row = grid(page).getByRole("button", { name: /JIRA_TOKEN/ });
  await row.focus();
  await expect(row).toBeFocused();
  await page.keyboard.press("Enter");
  const mark = text(page).getByRole("button", { name: /JIRA_TOKEN/ });
  await expect(mark).toBeFocused();
  await expect(mark).toHaveAccessibleName(
    /^{{ secrets\.JIRA_TOKEN }}: missing: No secret of that name exists.*Create JIRA_TOKEN\.$/,
  );
  await page.keyboard.press("ArrowRight");
  await expect(text(page).getByRole("button", { name: /DEPLOY_KEY: denied/ })).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(text(page).getByRole("button", { name: /SECRTE.*: warning/ })).toBeFocused();
  await page.keyboard.press("End");
  await expect(text(page).getByRole("button", { name: /my.*malformed/ })).toBeFocused();
  await page.keyboard.press("Home");
  await expect(text(page).getByRole("button", { name: "$SECRET/OPENAI_KEY: ok" })).toBeFocused();
  await page.keyboard.press("Enter");
  const ok = grid(page).getByRole("button", { name: /\$SECRET\/OPENAI_KEY/ });
  await expect(ok).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(grid(page).getByRole("button", { name: /SECRTE/ })).toBeFocused();
  await page.keyboard.press("Home");
  await expect(row).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(grid(page).getByRole("link", { name: /Create JIRA_TOKEN/ })).toBeFocused();
});

test("playground: what is missing, denied or trashed leads to where it is mended", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page);
  await open(page, coffer.url);
  await config(page).fill('["$SECRET/JIRA_NEW", "$SECRET/DEPLOY_KEY", "$SECRET/JIRA_OLD"]');
  await check(page);
  await expect(page.getByRole("heading", { name: "0 of 3 references resolve" })).toBeVisible();
  await expect(grid(page)).toContainText("trashed");
  await expect(grid(page)).toContainText("Give llm-proxy a rule with Resolve and DEPLOY_KEY.");
  await expect(grid(page).getByRole("link", { name: /Open llm-proxy/ })).toHaveAttribute(
    "href",
    /^\/e\/default\/services\/[\w-]+$/,
  );
  await expect(grid(page).getByRole("link", { name: /Open JIRA_OLD/ })).toHaveAttribute(
    "href",
    "/e/default/secrets/JIRA_OLD",
  );

  const opened = page.context().waitForEvent("page");
  await grid(page)
    .getByRole("link", { name: /Create JIRA_NEW/ })
    .click();
  const other = await opened;
  const sheet = other.getByRole("dialog");
  await expect(sheet.getByLabel("Name")).toHaveValue("JIRA_NEW");
  await sheet.getByLabel("Value", { exact: true }).fill("new");
  await sheet.getByRole("button", { name: "Save secret" }).click();
  await expect(sheet.getByText("Saved as v1")).toBeVisible();
  await sheet.getByRole("button", { name: "Done" }).click();
  await expect(sheet).toBeHidden();
  await expect(other).toHaveURL(/\/e\/default\/secrets$/);
  await other.close();

  await check(page); // what was pasted is still there
  await expect(page.getByRole("heading", { name: "1 of 3 references resolve" })).toBeVisible();
  const only = page.getByLabel("Only these names");
  await only.fill("OTHER_*");
  await only.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "0 of 3 references resolve" })).toBeVisible();
  await expect(grid(page)).toContainText("add JIRA_NEW to “Only these names”");
});

test("playground: an error stands beside its field, and nothing that was typed is lost", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page, { demands: ["only", "paths"] });
  await open(page, coffer.url);
  await check(page);
  await expect(page.getByText("Paste a config first.")).toBeVisible();
  await config(page).fill('{\n  "a": "$SECRET/OPENAI_KEY",\n}');
  await check(page);
  await expect(page.getByText("This is not valid JSON: at 3:1")).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("button", { name: "Go to the fault" }).click();
  await expect(config(page)).toBeFocused();
  expect(
    await config(page).evaluate((node: HTMLTextAreaElement) => node.value[node.selectionStart]),
  ).toBe("}");

  const good = '{"a": "$SECRET/OPENAI_KEY", "b": "$SECRET/DEPLOY_KEY"}';
  await config(page).fill(good);
  await check(page);
  await expect(page.getByText("This service has to limit what it reads")).toHaveCount(2);
  await expectAccessible(page);
  await page.getByLabel("Only these names").fill("OPENAI_*,");
  await page.getByLabel("Only these places").fill("no-pointer,");
  await check(page);
  await expect(page.getByLabel("Only these places")).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("button", { name: "Remove place no-pointer" }).click();
  await page.getByLabel("Only these places").fill("/a,");
  await check(page);
  await expect(page.getByRole("heading", { name: "The reference resolves" })).toBeVisible();
  await expect(config(page)).toHaveValue(good);

  await paste(page, `"${"x".repeat(1_048_576)}"`);
  await check(page);
  await expect(page.getByText("Too long by 2 bytes")).toBeVisible();
  await expect(page.getByRole("heading", { name: "The reference resolves" })).toBeVisible();
  await expect(page.getByText("The text was changed since")).toBeVisible();
});

test("playground: YAML is guessed, checked as it stands, and marked by line and column", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page);
  await open(page, coffer.url);
  const yaml =
    '# $SECRET/IN_A_COMMENT\nkey: $SECRET/OPENAI_KEY # $SECRET/OPENAI_KEY\nlist:\n  - "x <<Secrets.JIRA_TOKEN>>"\n';
  await config(page).fill(yaml);
  await expect(page.getByLabel("Format")).toContainText("Guess: YAML");
  await check(page);
  await expect(page.getByRole("heading", { name: "1 of 2 references resolve" })).toBeVisible();
  await expect(text(page).getByRole("button")).toHaveCount(2);
  await grid(page)
    .getByRole("button", { name: /JIRA_TOKEN/ })
    .click();
  await expect(
    text(page).getByRole("button", { name: /^<<Secrets\.JIRA_TOKEN>>: missing/ }),
  ).toBeFocused();
  await config(page).fill("a: [1, 2\nb: $SECRET/OPENAI_KEY\n");
  await check(page);
  await expect(page.getByText(/This is not valid YAML: at \d+:\d+/)).toBeVisible();
  await page.getByLabel("Format").selectOption("Plain text");
  await check(page);
  await expect(page.getByRole("heading", { name: "The reference resolves" })).toBeVisible();
});

test("playground: nothing of a config is kept, and no value is in what comes back", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page);
  const answers: string[] = [];
  page.on("response", async (response) => {
    if (!response.url().includes("/api/v1/")) return;
    answers.push(`${new URL(response.url()).pathname} ${await response.text()}`);
  });
  await open(page, coffer.url);
  await config(page).fill(CONFIG);
  await check(page);
  await expect(page.getByRole("heading", { name: "1 of 4 references resolve" })).toBeVisible();
  // The page has an answer before the test has read it, too.
  await expect.poll(() => answers.map((answer) => answer.split(" ")[0])).toEqual(["/api/v1/check"]);
  expect(answers.join()).not.toContain("value of");
  expect(page.url()).toBe(`${coffer.url}/e/default/playground`);
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  expect(kept).not.toContain("OPENAI_KEY");
  await page.reload();
  await expect(config(page)).toHaveValue("");
});

test("playground: a text of nearly a mebibyte with thousands of references stays usable", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await furnish(page);
  await open(page, coffer.url);
  const thousands = Array.from(
    { length: 9_000 },
    (_, n) => `$SECRET/OPENAI_${String(n)} ${"x".repeat(80)}`,
  );
  await paste(page, JSON.stringify(thousands, null, 1));
  await check(page);
  await expect(page.getByRole("heading", { name: "0 of 9,000 references resolve" })).toBeVisible();
  await expect(page.getByText(/^Shown are the first [\d,]+ of [\d,]+ characters/)).toBeVisible();
  await page.getByRole("button", { name: /^Show more: 8,700 left/ }).click();
  await expect(grid(page).getByRole("button", { name: /OPENAI_400\b/ })).toBeAttached();
});

test("playground: empty, full and with long names it is accessible in light, dark and at 320 px", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.goto(`${coffer.url}/e/default/playground`);
  await expect(page.getByText("No services in default yet")).toBeVisible();
  await expectWellMade(page);
  await furnish(page);
  await call(page, "POST", "/services", { name: "n".repeat(64), rules: [] });
  await open(page, coffer.url);
  await expectWellMade(page);
  await page.getByRole("button", { name: "Insert an example" }).click();
  await expect(config(page)).toBeFocused();
  await check(page);
  await expect(page.getByRole("heading", { name: "0 of 4 references resolve" })).toBeVisible();
  await expectWellMade(page);
  await config(page).fill(
    JSON.stringify({ [LONG]: `$SECRET/${LONG}`, b: `{{Secrets.${LONG}@3}}` }),
  );
  await check(page);
  await expect(page.getByRole("heading", { name: "0 of 2 references resolve" })).toBeVisible();
  await expectWellMade(page);
  await config(page).fill("{}");
  await check(page);
  await expect(page.getByRole("heading", { name: "No references in this text" })).toBeVisible();
  await expectWellMade(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${coffer.url}/e/default/secrets`);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Playground" }).click();
  await expect(page).toHaveURL(/\/e\/default\/playground$/);
});
