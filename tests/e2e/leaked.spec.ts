import { expect, type Page } from "playwright/test";
import type { CofferProcess } from "../support/process";
import { TEST_ADMIN } from "../support/keys";
import {
  createSecret,
  expectAlive,
  expectWellMade,
  setUp,
  showedIdentityLongAgo,
  test,
} from "../support/page";

const NAME = "STRIPE_KEY";

/** A service that may read the secret, with a token that has read it. Made by the page's own session. */
async function readBy(page: Page, coffer: CofferProcess, name: string): Promise<string> {
  const post = async (path: string, body: object) => {
    const answer = await page.request.post(`${coffer.url}/api/v1${path}`, {
      data: body,
      headers: { origin: coffer.url },
    });
    expect(answer.status()).toBe(201);
    return (await answer.json()) as { id: string; token: string };
  };
  const rules = [{ actions: ["resolve"], names: ["STRIPE_*"], versions: "any" }];
  const { id } = await post("/services", { name, rules });
  const { token } = await post(`/services/${id}/tokens`, {});
  expect((await resolve(coffer, token)).status).toBe(200);
  return token;
}

function resolve(coffer: CofferProcess, token: string): Promise<Response> {
  return fetch(`${coffer.url}/api/v1/resolve`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ config: `$SECRET/${NAME}` }),
  });
}

/** Moves to what has the focus next, until it is the one of that name; then presses Enter. */
async function pressByKeyboard(page: Page, role: "button" | "link", name: string | RegExp) {
  const wanted = page.getByRole(role, { name });
  await expectAlive(wanted);
  for (let tabs = 0; tabs < 80; tabs++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press("Enter");
}

test("leaked: from the secret to a closed incident, by keyboard alone, in one story", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, NAME, "one");
  const token = await readBy(page, coffer, "shop");
  await readBy(page, coffer, "ci-runner");

  // The picture first.
  await page.goto(`${coffer.url}/e/default/secrets/${NAME}`);
  await pressByKeyboard(page, "link", "Leaked?");
  await expect(page.getByRole("heading", { name: `Leaked? ${NAME}` })).toBeVisible();
  const readers = page.getByRole("table", { name: "Services that read it" });
  await expect(readers.getByRole("row", { name: /shop/ })).toContainText(/127\.0\.0\.1|::1/);
  await expect(readers.getByRole("row", { name: /shop/ })).toContainText("cfr_");
  await expect(page.getByText("Revoke the old credential at the provider first")).toBeVisible();
  await expectWellMade(page);

  // A text with a token in it is refused, and what was typed is still there.
  const happened = page.getByLabel("What happened");
  await happened.fill(`It was ${token}`);
  await pressByKeyboard(page, "button", "Open an incident");
  await expect(page.getByText("has a token in it")).toBeVisible();
  await expect(happened).toHaveValue(`It was ${token}`);
  await expectWellMade(page);
  await happened.fill("Seen in a public log.");
  await pressByKeyboard(page, "button", "Open an incident");
  await expect(page.getByRole("heading", { name: `Incident: ${NAME}` })).toBeVisible();
  await expect(page.getByRole("table", { name: "Services that read it" })).toBeVisible();
  await expectWellMade(page);

  // Rotate, with what was shown as current.
  const steps = page.getByRole("list", { name: "Steps" });
  await pressByKeyboard(page, "button", "Rotate");
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("New value").fill("two");
  await sheet.getByRole("button", { name: "Rotate", exact: true }).press("Enter");
  await expect(sheet).toBeHidden();
  await expect(steps.getByText("Rotated to v2.")).toBeVisible();

  // Destroy every old version, asked once.
  await pressByKeyboard(page, "button", "Destroy 1 version");
  const question = page.getByRole("dialog");
  await expect(question.getByRole("button", { name: "Destroy for good" })).toBeDisabled();
  await page.keyboard.type(NAME);
  await expectWellMade(page);
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(steps.getByText("Every old version is destroyed.")).toBeVisible();

  // End the tokens of one service; the other goes on.
  await steps.getByLabel("shop", { exact: true }).focus();
  await page.keyboard.press("Space");
  await pressByKeyboard(page, "button", "End tokens of 1 service");
  await expect(page.getByRole("list", { name: "What breaks" })).toContainText("shop");
  await expectWellMade(page);
  await page.getByRole("dialog").getByRole("button", { name: "End tokens" }).press("Enter");
  await expect(steps.getByText("Ended those of shop.")).toBeVisible();
  expect((await resolve(coffer, token)).status).toBe(401);
  await expect(steps.getByLabel("shop", { exact: true })).toBeDisabled();
  await steps.getByRole("button", { name: "Disable ci-runner" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();

  // Left and come back to: the secret's page leads to it.
  await page.goto(`${coffer.url}/e/default/secrets/${NAME}`);
  await expect(page.getByText("An incident is open")).toBeVisible();
  await expectWellMade(page);
  await page.goto(`${coffer.url}/settings`);
  await expect(page.getByRole("list", { name: "Incidents" })).toContainText(NAME);
  await expectWellMade(page);
  await page.goto(`${coffer.url}/e/default/secrets/${NAME}/leaked`);
  await expect(page.getByRole("heading", { name: `Incident: ${NAME}` })).toBeVisible();

  await page.getByLabel("Entry").fill("The provider has revoked the old key.");
  await pressByKeyboard(page, "button", "Write it down");
  const story = page.getByRole("list", { name: "What was done" });
  await expect(story).toContainText("The provider has revoked the old key.");
  await pressByKeyboard(page, "button", "Close the incident");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "Close", exact: true })
    .last()
    .press("Enter");
  await expect(page.getByText("closed", { exact: true })).toBeVisible();
  for (const line of [
    ...["opened an incident for STRIPE_KEY", "Seen in a public log.", "looked who read STRIPE_KEY"],
    ...["rotated STRIPE_KEY to v2", "destroyed v1 of STRIPE_KEY", "ended 1 token of shop"],
    ...["disabled ci-runner", "closed the incident"],
  ]) {
    await expect(story).toContainText(line);
  }
  await expectWellMade(page);

  // The story as a text, without any value.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy as Markdown" }).press("Enter");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(`# Incident: ${NAME} in default`);
  expect(text).toContain("rotated STRIPE_KEY to v2");
  expect(text).toContain("> Seen in a public log.");
  expect(text).not.toMatch(/\b(one|two)\b/);
  expect(text).not.toContain(token);

  await page.goto(`${coffer.url}/e/default/secrets/${NAME}`);
  await expect(page.getByText("An incident is open")).toBeHidden();
  await page.goto(`${coffer.url}/e/default/incidents`);
  await expect(page.getByRole("list", { name: "Incidents" })).toContainText(NAME);
  await expectWellMade(page);
});

test("leaked: who showed who they are some minutes ago is asked before they see who read it", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, NAME, "one");
  await readBy(page, coffer, "shop");
  await showedIdentityLongAgo(coffer.home);
  await page.goto(`${coffer.url}/e/default/secrets/${NAME}/leaked`);
  await pressByKeyboard(page, "button", "Show who read it");
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await question.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(page.getByText("it was not confirmed that it is you")).toBeVisible();
  await expect(page.getByRole("table")).toBeHidden();
  await pressByKeyboard(page, "button", "Show who read it");
  await question.getByLabel("Password").fill(TEST_ADMIN.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /shop/ })).toBeVisible();
});
