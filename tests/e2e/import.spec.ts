import { expect, type Page } from "playwright/test";
import { createSecret, expectWellMade, setUp, test } from "../support/page";
import { sealTykV2 } from "../support/tyk";

async function openImport(page: Page, url: string, query = ""): Promise<void> {
  await page.goto(`${url}/e/default/import${query}`);
  await expect(page.getByRole("heading", { name: "Import" })).toBeVisible();
}

const row = (page: Page, name: string) =>
  page.getByRole("row", { name: new RegExp(`\\b${name}\\b`) });

test("import: a pasted .env is previewed without its values, chosen from, and taken as a whole", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await expect(page.getByRole("link", { name: "Import a .env" })).toBeVisible();
  await createSecret(page, "OLD_KEY", "first");
  await openImport(page, coffer.url);
  await page
    .getByLabel("Or paste it here")
    .fill("# Of the proxy\nNEW_KEY='never-drawn-1'\nOLD_KEY=never-drawn-2\n9_LIVES=x\nTOO=y\n");
  await page.getByRole("button", { name: "Preview" }).press("Enter");
  await expect(row(page, "NEW_KEY")).toContainText("New secret");
  await expect(row(page, "NEW_KEY")).toContainText("With the description “Of the proxy”");
  await expect(row(page, "OLD_KEY")).toContainText("Exists at v1: left as it is");
  await expect(row(page, "9_LIVES")).toContainText("_9_LIVES");
  const shown = page.getByRole("main");
  await expect(shown).not.toContainText("never-drawn");
  await expectWellMade(page);

  await page.getByLabel("Import OLD_KEY").press("Space");
  await page.getByLabel("Import TOO").press("Space");
  await expect(page.getByText("1 new secret and 1 new version of what exists")).toBeVisible();
  await page.getByRole("button", { name: "Import 2" }).press("Enter");
  await expect(page.getByText("Imported: 1 new secret and 1 new version in default")).toBeVisible();
  await expect(page.locator("textarea")).toHaveCount(0);
  await page.getByRole("link", { name: "Back to secrets" }).press("Enter");
  await expect(page.getByRole("row", { name: /NEW_KEY/ })).toContainText("Of the proxy");
  await expect(page.getByRole("row", { name: /OLD_KEY/ })).toContainText("v2");
  await expect(page.getByRole("row", { name: /TOO/ })).toHaveCount(0);
});

test("import: a suggested name is taken by one click, and what is new gets tags, expiry and rotation", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OLD_KEY", "first");
  await openImport(page, coffer.url);
  await page.getByLabel("Or paste it here").fill("9_LIVES=cat\nA-B=x\nNEW_KEY=y\nOLD_KEY=z\n");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByLabel("Import 9_LIVES")).toBeDisabled();
  await page.getByRole("button", { name: "Take it as _9_LIVES" }).press("Enter");
  await expect(row(page, "9_LIVES")).toContainText("New secret, as _9_LIVES");
  await expect(page.getByLabel("Import 9_LIVES")).toBeChecked();
  const other = page.getByRole("button", { name: "Take it as A_B" });
  await other.click();
  await page.getByRole("button", { name: "Leave out A-B" }).press("Enter");
  await expect(other).toBeFocused();
  await expect(row(page, "A-B")).toContainText("Can't be taken");

  await expect(page.getByText("Secrets that exist keep theirs.")).toBeHidden();
  await page.getByLabel("Import OLD_KEY").press("Space");
  await expect(page.getByText("Secrets that exist keep theirs.")).toBeVisible();
  await page.getByLabel("Tags").fill("Proxy,");
  await page.getByLabel("Rotate every … days").fill("30");
  await page.getByLabel("Expires").fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Import 3" }).click();
  await expect(page.getByText(/That time is past/)).toBeVisible();
  await expect(page.getByLabel("Expires")).toBeFocused();
  await expectWellMade(page);
  await page.getByLabel("Expires").fill("2099-01-01T10:00");
  await page.getByRole("button", { name: "Import 3" }).click();
  await expect(
    page.getByText("Imported: 2 new secrets and 1 new version in default"),
  ).toBeVisible();

  const infoOf = (name: string) =>
    page.evaluate(async (name) => {
      const answer = await fetch(`/api/v1/secrets/${name}`);
      return (await answer.json()) as Record<string, unknown>;
    }, name);
  for (const name of ["_9_LIVES", "NEW_KEY"]) {
    expect(await infoOf(name)).toMatchObject({
      ...{ tags: ["proxy"], rotateEveryDays: 30 },
      expiresAt: expect.stringMatching(/^209[89]-/),
    });
  }
  const none = { tags: [], rotateEveryDays: null, expiresAt: null };
  expect(await infoOf("OLD_KEY")).toMatchObject({ version: 2, ...none });
});

/**
 * Holds the import that the page posts, first before it is sent and then before the page has its answer; meanwhile
 * Coffer says to the page that it is sealing. Not by `route`, which holds what is sent for as long as the answer.
 */
async function holdImport(page: Page) {
  const browser = await page.context().newCDPSession(page);
  const held = (stage: "Request" | "Response") =>
    new Promise<string>((resolve) => {
      browser.on("Fetch.requestPaused", ({ requestId, request, responseStatusCode }) => {
        const is = responseStatusCode === undefined ? "Request" : "Response";
        if (request.method === "POST" && is === stage) resolve(requestId);
      });
    });
  const [isToBeSent, isAnswered] = [held("Request"), held("Response")];
  browser.on("Fetch.requestPaused", ({ requestId, request }) => {
    if (request.method === "POST") return;
    const progress = { step: "seal", done: 4_000, of: 10_000 };
    const body = Buffer.from(JSON.stringify({ progress })).toString("base64");
    const responseHeaders = [{ name: "content-type", value: "application/json" }];
    const answer = { requestId, responseCode: 200, responseHeaders, body };
    void browser.send("Fetch.fulfillRequest", answer);
  });
  const urlPattern = "*/api/v1/import";
  await browser.send("Fetch.enable", {
    patterns: [
      { urlPattern, requestStage: "Request" },
      { urlPattern, requestStage: "Response" },
    ],
  });
  const goOn = async (requestId: Promise<string>) =>
    browser.send("Fetch.continueRequest", { requestId: await requestId });
  return {
    ...{ isToBeSent, isAnswered },
    send: () => goOn(isToBeSent),
    answer: () => goOn(isAnswered),
  };
}

test("import: one that takes a while says which step it is at and how far", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await openImport(page, coffer.url);
  await page.clock.install();
  const post = await holdImport(page);
  let asked = 0;
  page.on("request", (request) => {
    if (request.method() === "GET" && request.url().endsWith("/api/v1/import")) asked++;
  });
  await page.getByLabel("Or paste it here").fill("A_KEY=y\n");
  await page.getByRole("button", { name: "Preview" }).click();
  await post.isToBeSent;
  await expect(page.getByRole("status").filter({ hasText: "Sending" })).toBeVisible();
  await page.clock.fastForward(60_000);
  await page.evaluate(() => fetch("/health/live")); // what was asked before it would be known by now
  expect(asked, "questions before all is sent").toBe(0);
  await post.send();
  await post.isAnswered;
  await page.clock.fastForward(1_500);
  await expect(page.getByRole("status").filter({ hasText: "Sealing" })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Sealing" })).toHaveJSProperty("value", 40);
  await expectWellMade(page);
  await post.answer();
  await expect(row(page, "A_KEY")).toContainText("New secret");
  await expect(page.getByRole("progressbar")).toHaveCount(0);
});

test("import: what is refused keeps what was pasted, and a change in between is looked at again", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await openImport(page, coffer.url);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("Paste something, or choose a file.")).toBeVisible();
  const field = page.getByLabel("Or paste it here");
  await field.fill("A='no end");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "1:3" })).toBeVisible();
  await expect(field).toHaveValue("A='no end");

  await field.fill("TAKEN=one\nFREE=two");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(row(page, "TAKEN")).toContainText("New secret");
  const other = await page.context().newPage();
  await other.goto(`${coffer.url}/e/default/secrets`);
  await createSecret(other, "TAKEN", "somebody else's");
  await other.close();
  await page.getByRole("button", { name: "Import 2" }).click();
  await expect(
    page.getByText(/Nothing was imported: TAKEN changed since the preview/),
  ).toBeVisible();
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(row(page, "TAKEN")).toContainText("Exists at v1");
  await page.getByRole("button", { name: "Import 1" }).click();
  await expect(page.getByText("Imported: 1 new secret in default")).toBeVisible();
});

test("import: a dump of Tyk AI Studio comes in with its key, and a wrong key is named", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await openImport(page, coffer.url, "?from=tyk");
  const dump = JSON.stringify([
    { id: 1, deleted_at: null, var_name: "OPENAI_KEY", value: sealTykV2("sk-1", "the key of tyk") },
  ]);
  await page.locator("input[type=file]").setInputFiles({
    ...{ name: "secrets.json", mimeType: "application/json", buffer: Buffer.from(dump) },
  });
  await expectWellMade(page);
  await page.getByLabel("Its TYK_AI_SECRET_KEY").fill("another key");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText(/most likely not the TYK_AI_SECRET_KEY/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Import 0" })).toBeDisabled();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByLabel("Its TYK_AI_SECRET_KEY").fill("the key of tyk");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Import 1" }).click();
  await expect(page.getByText("Imported: 1 new secret in default")).toBeVisible();
});

test("import: ten thousand entries stay usable", async ({ page, coffer }) => {
  await setUp(page, coffer);
  await openImport(page, coffer.url);
  const text = Array.from({ length: 10_000 }, (_, i) => `MANY_${String(i)}=v`).join("\n");
  await page.locator("input[type=file]").setInputFiles({
    ...{ name: "many.env", mimeType: "text/plain", buffer: Buffer.from(text) },
  });
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("button", { name: "Show 200 more of 9,800" })).toBeVisible();
  await page.getByLabel("Choose all that are shown").press("Space");
  await expect(page.getByRole("button", { name: "Import 0" })).toBeDisabled();
  await page.getByLabel("Choose all that are shown").press("Space");
  await page.getByRole("button", { name: "Import 10,000" }).click();
  await expect(page.getByText("Imported: 10,000 new secrets in default")).toBeVisible();
});
