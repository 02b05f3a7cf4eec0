import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "playwright/test";
import { openSnapshot } from "../../lib/store/backup-rows";
import { databaseUrlOf, ON_POSTGRES } from "../support/database";
import { createSecret, setUp, test } from "../support/page";

/** Every byte of the files; on PostgreSQL every row. */
async function everythingStored(home: string): Promise<string[]> {
  if (!ON_POSTGRES) {
    const data = join(home, "data");
    return readdirSync(data).map((name) => readFileSync(join(data, name)).toString("latin1"));
  }
  const snapshot = await openSnapshot(await databaseUrlOf(home), {});
  const stored: string[] = [];
  for (const table of snapshot.tables) {
    for await (const page of snapshot.rows(table)) stored.push(page.flat().join("\n"));
  }
  await snapshot.close();
  return stored;
}

const VALUES = {
  OPENAI_API_KEY: "sk-proj-7Qm2vX9pLk4RtY8wZ3nB6cD1",
  JIRA_BASIC_AUTH_TOKEN: "amlyYS1ib3Q6czNjcjN0LXQwazNuIQ==",
  PINECONE_API_KEY: "pcsk_5HfTg2_WmQ9xKd7RvN4bYs8L",
  MySecret: 'quote " backslash \\ dollar $& and $SECRET/OPENAI_API_KEY',
  SIGNING_TIME: "1767225600",
} as const;
const ROTATED = "sk-proj-rotated-0aJ4uN8eC2yV6xT1";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join("tests", "fixtures", "configs", name), "utf8"));

test("a newcomer makes a secret in the browser, and a service gets its real config back", async ({
  page,
  coffer,
}) => {
  const shown: string[] = [];
  page.on(
    "framenavigated",
    () =>
      void page.content().then(
        (html) => shown.push(html),
        () => null,
      ),
  );
  const answers: string[] = [];
  page.on("response", (response) => {
    void response.text().then(
      (text) => answers.push(text),
      () => null,
    );
  });

  await setUp(page, coffer);
  for (const [name, value] of Object.entries(VALUES)) await createSecret(page, name, value);
  const token = await makeServiceWithToken(page);

  const resolve = async (config: unknown) => {
    const answer = await fetch(`${coffer.url}/api/v1/resolve`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ config }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const resolved = async (name: string) => (await resolve(fixture(name))).body["config"];

  await test.step("each config comes back expanded, and otherwise as it was", async () => {
    expect(await resolved("tyk-llm.json")).toEqual({
      name: "OpenAI GPT",
      vendor: "openai",
      api_endpoint: "https://api.openai.example/v1",
      api_key: VALUES.OPENAI_API_KEY,
      privacy_score: 50,
      active: true,
    });
    expect(await resolved("tyk-tool.json")).toEqual({
      name: "JIRA",
      tool_type: "REST",
      base_url: "https://jira.example.com/rest/api/3",
      headers: {
        Authorization: `Basic ${VALUES.JIRA_BASIC_AUTH_TOKEN}`,
        Accept: "application/json",
      },
      datasource: {
        vendor: "pinecone",
        index: "support-tickets",
        api_key: VALUES.PINECONE_API_KEY,
      },
    });
    expect(await resolved("apistore-endpoint.json")).toEqual({
      baseUrl: "https://api.example.com",
      auth: { type: "bearer", token: VALUES.MySecret },
      headers: [{ name: "X-Signature", value: `v1=${VALUES.MySecret};t=${VALUES.SIGNING_TIME}` }],
    });
  });

  await test.step("a rotation in the browser is in the next answer", async () => {
    await page.getByRole("link", { name: "Secrets", exact: true }).click();
    await page.getByRole("row", { name: /OPENAI_API_KEY/ }).hover();
    await page.getByRole("button", { name: "Rotate OPENAI_API_KEY" }).click();
    const sheet = page.getByRole("dialog");
    await expect(sheet.getByText("llm-proxy")).toBeVisible();
    await sheet.getByLabel("New value").fill(ROTATED);
    await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
    await expect(sheet).toBeHidden();
    await expect(page.getByRole("row", { name: /OPENAI_API_KEY/ })).toContainText("v2");
    expect(await resolved("tyk-llm.json")).toMatchObject({ api_key: ROTATED });
  });

  await test.step("a secret in the trash fails every config that refers to it, place by place", async () => {
    await page.getByRole("row", { name: /OPENAI_API_KEY/ }).hover();
    await page.getByRole("button", { name: "More for OPENAI_API_KEY" }).click();
    await page.getByRole("menuitem", { name: /trash/i }).click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await expect(dialog.getByText("llm-proxy")).toBeVisible();
    await dialog.getByRole("button", { name: "Move to trash" }).click();
    await expect(dialog).toBeHidden(); // as long as it is there, no row is to be found behind it
    await expect(page.getByRole("row", { name: /OPENAI_API_KEY/ })).toBeHidden();
    const { status, body } = await resolve({
      llm: fixture("tyk-llm.json"),
      again: ["$SECRET/OPENAI_API_KEY", "$SECRET/PINECONE_API_KEY"],
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: "unresolved",
      failures: [
        {
          reference: "$SECRET/OPENAI_API_KEY",
          reason: "trashed",
          paths: ["/llm/api_key", "/again/0"],
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain(VALUES.PINECONE_API_KEY);
  });

  await test.step("no page, answer, log line or byte of the database holds a value", async () => {
    for (const path of [
      "/e/default/secrets",
      "/e/default/secrets/MySecret",
      "/e/default/services",
    ]) {
      await page.goto(coffer.url + path);
      shown.push(await page.content());
    }
    const stored = await everythingStored(coffer.home);
    const everything = [...shown, ...answers, ...stored, coffer.output()].join("\n");
    expect(everything).toContain("MySecret"); // the search sees what is there
    for (const value of [...Object.values(VALUES), ROTATED]) {
      const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
      for (const form of [...forms, Buffer.from(value).toString("base64")]) {
        expect(everything.includes(form)).toBe(false);
      }
    }
  });
});

/** Makes a service that resolves all five names, and a token for it. Returns the token. */
async function makeServiceWithToken(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Services", exact: true }).click();
  await page.getByRole("button", { name: "New service" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Name", { exact: true }).fill("llm-proxy");
  const patterns = sheet.getByLabel("Secret names");
  for (const pattern of ["OPENAI_*", "JIRA_*", "PINECONE_API_KEY", "mysecret", "SIGNING_TIME"]) {
    await patterns.fill(pattern);
    await patterns.press("Enter");
  }
  await sheet.getByRole("button", { name: "Create service" }).click();
  await expect(page.getByRole("heading", { name: "llm-proxy" })).toBeVisible();
  await page.getByRole("button", { name: /token/i }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Make token" }).click();
  const token = await page.getByLabel("Token", { exact: true }).textContent();
  expect(token).toMatch(/^cfr_[0-9A-Za-z]{49}$/);
  const example = await page.getByLabel("Example", { exact: true }).textContent();
  expect(example).toContain("$SECRET/"); // ready to run, and without the token
  expect(example).not.toContain(token ?? "");
  await page.getByRole("dialog").getByRole("button", { name: "Copy token" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  return token ?? "";
}
