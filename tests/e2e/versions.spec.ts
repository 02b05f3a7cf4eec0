import { expect, type Page } from "playwright/test";
import { call, createSecret, expectWellMade, setUp, test } from "../support/page";

const rotate = (page: Page, name: string, value: string) =>
  call(page, "POST", `/secrets/${name}/versions`, { value });

/** A service that has read the secret once. */
async function mustRead(page: Page, url: string, name: string, versions: "current" | "any") {
  const rules = [{ actions: ["resolve"], names: ["SHARED"], versions }];
  const { id } = await call<{ id: string }>(page, "POST", "/services", { name, rules });
  const { token } = await call<{ token: string }>(page, "POST", `/services/${id}/tokens`, {
    expiresAt: null,
  });
  const answer = await fetch(`${url}/api/v1/resolve`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ config: "$SECRET/SHARED" }),
  });
  expect(answer.status).toBe(200);
  return id;
}

test("rotating says who picks the new value up, and who may go on with the old one", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED", "first");
  await mustRead(page, coffer.url, "follows-current", "current");
  await mustRead(page, coffer.url, "may-pin", "any");
  const uses = () => call<{ items: unknown[] }>(page, "GET", "/secrets/SHARED/uses");
  await expect.poll(async () => (await uses()).items.length).toBe(2);

  await page.goto(`${coffer.url}/e/default/secrets/SHARED`);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByText("These pick up the new value at their next resolve:")).toBeVisible();
  const follow = sheet.getByRole("list", { name: "Services that use it" });
  await expect(follow).toContainText("follows-current");
  await expect(follow).toContainText("read just now");
  await expect(follow).not.toContainText("may-pin");
  await expect(
    sheet.getByText("These may ask for a version by number, and where they do would go on"),
  ).toBeVisible();
  await expect(
    sheet.getByRole("list", { name: "Services that may ask for a version" }),
  ).toContainText("may-pin");
  await expectWellMade(page);
});

test("what a deleted service read stays under where used, by its name and marked, and nothing says that it depends on it", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED", "first");
  await page.goto(`${coffer.url}/e/default/secrets/SHARED`);
  await expect(page.getByText("no reads in the last 90 days", { exact: true })).toBeVisible();
  const id = await mustRead(page, coffer.url, "retired-gateway", "current");
  await call(page, "DELETE", `/services/${id}`);

  await page.goto(`${coffer.url}/e/default/secrets/SHARED`);
  const row = page.getByRole("row", { name: "retired-gateway" });
  await expect(row).toContainText("deleted");
  await expect(row).toContainText("1 read on 1 day");
  await expect(row.getByRole("link")).toHaveCount(0);
  await expect(page.getByText(/no reads/i)).toHaveCount(0);
  await expectWellMade(page);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet).toContainText("Only services that are deleted by now have read it.");
});

test("activating an older version after somebody else changed it says what happened, and asks again", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED", "one");
  await rotate(page, "SHARED", "two");
  await page.goto(`${coffer.url}/e/default/secrets/SHARED`);
  await page.getByRole("button", { name: "Make current v1" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("v2 is current now.");
  await rotate(page, "SHARED", "three");

  await question.getByRole("button", { name: "Make current" }).click();
  await expect(question.getByRole("alert")).toContainText(
    "admin@example.com rotated it meanwhile: v3 is current. Nothing was changed by you.",
  );
  await expect(question).toContainText("v3 is current now.");
  await expectWellMade(page);
  await question.getByRole("button", { name: "Make current anyway" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("v1 is current now")).toBeVisible();
  const timeline = page.getByRole("list", { name: "Versions" });
  await expect(timeline.getByRole("listitem").filter({ hasText: /v\dcurrent/ })).toContainText(
    "v1",
  );

  await rotate(page, "SHARED", "four");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("v3 was not made current again")).toBeVisible();
  await expect(timeline.getByRole("listitem").first()).toContainText("v4current");
});

test("a version is destroyed once the name is typed, says so, and the current one can't be", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "SHARED", "one");
  await rotate(page, "SHARED", "two");
  await page.goto(`${coffer.url}/e/default/secrets/SHARED`);
  const rows = page.getByRole("list", { name: "Versions" }).getByRole("listitem");
  await expect(rows.first().getByRole("button")).toHaveCount(0);
  await page.getByRole("button", { name: "Destroy v1" }).click();
  const question = page.getByRole("dialog");
  const destroy = question.getByRole("button", { name: "Destroy for good" });
  await expect(destroy).toBeDisabled();
  await question.getByLabel("Type SHARED to confirm").fill("SHARED");

  await call(page, "POST", "/secrets/SHARED/versions/1/activate");
  await destroy.click();
  await expect(question.getByRole("alert")).toContainText("Version 1 is the current one.");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(rows.filter({ hasText: /v\dcurrent/ })).toContainText("v1");

  await page.getByRole("button", { name: "Destroy v2" }).click();
  await question.getByLabel("Type SHARED to confirm").fill("SHARED");
  await destroy.press("Enter");
  await expect(question).toBeHidden();
  await expect(rows.filter({ hasText: "v2" })).toContainText(
    /destroyed.*value erased just now.* by admin@example.com/,
  );
  await expect(rows.filter({ hasText: "v2" }).getByRole("button")).toHaveCount(0);
  await expectWellMade(page);
});
