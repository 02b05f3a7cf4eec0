import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "playwright/test";
import { runCoffer } from "../support/command";
import { TEST_ADMIN } from "../support/keys";
import {
  anotherPage,
  createSecret,
  expectWellMade,
  removeHome,
  setUp,
  settled,
  showedIdentityLongAgo,
  test,
} from "../support/page";
import { startProcess } from "../support/process";

const PASSPHRASE = "seven plain wooden chairs";

test("after a restore: every page says that services are held, and an admin decides about each", async ({
  page,
  coffer,
  browser,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "API_KEY", "the value");
  const api = async (path: string, data: object) => {
    const headers = { origin: coffer.url };
    const answer = await page.request.post(`${coffer.url}/api/v1${path}`, { data, headers });
    expect(answer.ok(), await answer.text().catch(() => "")).toBe(true);
    return answer;
  };
  const rules = [{ actions: ["resolve"], names: ["API_*"] }];
  const tokens: string[] = [];
  for (const name of ["gateway", "left-behind", "proxy"]) {
    const { id } = (await (await api("/services", { name, rules })).json()) as { id: string };
    const made = (await (await api(`/services/${id}/tokens`, {})).json()) as { token: string };
    tokens.push(made.token);
  }
  const bytes = await (await api("/backup", { passphrase: PASSPHRASE })).body();
  const home = mkdtempSync(join(tmpdir(), "coffer-restored-"));
  writeFileSync(join(home, "coffer.backup"), bytes);
  const ran = await runCoffer(["restore", "coffer.backup", "--passphrase-stdin"], {
    ...{ home, input: PASSPHRASE },
  });
  expect(ran.stderr + String(ran.code)).toBe("0");
  const restored = await startProcess({ home });
  try {
    const admin = await anotherPage(browser);
    await admin.goto(`${restored.url}/sign-in`);
    await admin.getByLabel("E-mail").fill("admin@example.com");
    await admin.getByLabel("Password").fill(TEST_ADMIN.password);
    await admin.getByRole("button", { name: "Sign in" }).click();
    await expect(admin.getByText("3 services are held")).toBeVisible();
    await settled(admin);
    await admin.getByRole("link", { name: "Look at them" }).press("Enter");
    const list = admin.getByRole("list", { name: "Held services", exact: true });
    await expect(list).toContainText("gateway");
    await expect(list).toContainText("resolves API_*");
    await expect(list).toContainText(`${tokens[0]?.slice(0, 8) ?? ""}…`);
    await settled(admin);
    await expectWellMade(admin);

    const resolves = async (token: string | undefined) => {
      const headers = { authorization: `Bearer ${token ?? ""}` };
      const data = { config: "$SECRET/API_KEY" };
      const url = `${restored.url}/api/v1/resolve`;
      const context = await browser.newContext(); // without the cookie of who is signed in
      const answer = await context.request.post(url, { headers, data });
      await context.close();
      return answer.status();
    };
    expect(await resolves(tokens[0])).toBe(401);

    await list.getByRole("checkbox", { name: "left-behind" }).press("Space");
    await admin.getByRole("button", { name: "Leave off" }).press("Enter");
    await admin.getByRole("dialog").getByRole("button", { name: "Leave off" }).press("Enter");
    await expect(admin.getByText("2 services are held")).toBeVisible();
    await expect(list).not.toContainText("left-behind");

    await showedIdentityLongAgo(home);
    await admin.getByRole("checkbox", { name: "Choose all 2" }).press("Space");
    await admin.getByRole("button", { name: "Enable 2" }).press("Enter");
    await expectWellMade(admin);
    await admin.getByRole("dialog").getByRole("button", { name: "Enable" }).press("Enter");
    const question = admin.getByRole("dialog", { name: "Confirm that it is you" });
    await question.getByLabel("Password").fill(TEST_ADMIN.password);
    await question.getByRole("button", { name: "Confirm" }).press("Enter");
    await expect(admin.getByText("No service is held")).toBeVisible();
    await expect(admin.getByText("are held")).toHaveCount(0);
    await expectWellMade(admin);
    expect(await Promise.all(tokens.map(resolves))).toEqual([200, 401, 200]);
    await admin.context().close();
  } finally {
    await restored.end("SIGTERM");
    await removeHome(home);
  }
});
