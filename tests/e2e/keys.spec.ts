import { expect, type Page } from "playwright/test";
import type { KeyCheck } from "../../lib/shapes";
import type { CofferProcess } from "../support/process";
import { admit, refuse } from "../support/database";
import { TEST_ADMIN, TEST_KEY } from "../support/keys";
import { runToEnd, startProcess } from "../support/process";
import {
  changeDatabase,
  createSecret,
  expectWellMade,
  setUp,
  showedIdentityLongAgo,
  test,
} from "../support/page";

const NEW_KEY = "the-master-key-that-comes-next";

async function openKeys(page: Page, coffer: CofferProcess): Promise<void> {
  await page.goto(`${coffer.url}/settings/keys`);
  await expect(page.getByRole("heading", { name: "Keys", exact: true })).toBeVisible();
}

/** Makes secrets by the page's own session. */
async function createMany(page: Page, coffer: CofferProcess, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const answer = await page.request.post(`${coffer.url}/api/v1/secrets`, {
      data: { name: `KEY_${String(at)}`, value: `value ${String(at)}` },
      headers: { origin: coffer.url },
    });
    expect(answer.status()).toBe(201);
  }
}

function row(page: Page, table: string, name: string | RegExp) {
  return page.getByRole("table", { name: table }).getByRole("row", { name });
}

test("keys: the page is found from the settings, and says of an empty vault which keys there are", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Open the keys" }).click();
  await expect(page.getByRole("heading", { name: "Keys", exact: true })).toBeVisible();
  await expect(page.getByText("scrypt, 128 MiB a guess")).toBeVisible();
  const own = page.getByRole("list", { name: "Master keys" }).getByRole("listitem").first();
  await expect(own).toContainText(/[0-9a-f]{4}(-[0-9a-f]{4}){3}/);
  await expect(own).toContainText("this process works with it");
  await expect(own).toContainText("(this one)");
  await expect(own.getByRole("button")).toBeHidden();
  await expect(page.getByText("None is under way.")).toBeVisible();
  await expect(page.getByText("There are no values yet.")).toBeVisible();
  await expectWellMade(page);

  await page.getByRole("button", { name: "Check every value" }).press("Enter");
  await expect(page.getByText("There are no values yet.")).toHaveCount(2);
});

test("keys: a new data key seals every value anew; where it stops is said, also after a reload, and its end", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createMany(page, coffer, 40);
  // Stands for a disk that is full when the sealing anew comes to the last value.
  await changeDatabase(coffer.home, async (tx) => {
    const rows = await tx.secretVersion.findMany({ orderBy: { secretId: "asc" } });
    const last = rows.at(-1)?.secretId ?? "";
    const which = { before: 'UPDATE OF "sealed"', when: `OLD."secretId" = '${last}'` };
    await refuse(tx, { name: "full", table: "SecretVersion", ...which, saying: "full" });
  });
  await openKeys(page, coffer);
  await expect(page.getByText("All 40 values are under data key 1.")).toBeVisible();
  await expect(row(page, "Data keys", /^1 current/)).toContainText("40");

  await showedIdentityLongAgo(coffer.home);
  await page.getByRole("button", { name: "Rotate the data key" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Rotate the data key?" });
  await expect(dialog).toContainText("the 40 older ones are sealed anew in the background");
  await expectWellMade(page);
  await dialog.getByRole("button", { name: "Rotate it" }).press("Enter");
  const identity = page.getByRole("dialog", { name: "Confirm that it is you" });
  await identity.getByLabel("Password").fill(TEST_ADMIN.password);
  await identity.getByRole("button", { name: "Confirm" }).press("Enter");
  await expect(page.getByText("New values are sealed under data key 2 now")).toBeVisible();

  const bar = page.getByRole("progressbar", { name: "Values sealed anew" });
  await expect(page.getByText(/8 values to be sealed anew.*32 of 40 done/)).toBeVisible();
  await expect(page.getByText("The disk is full, or the database may not grow.")).toBeVisible();
  await expect(bar).toHaveAttribute("value", "32");
  await expect(page.getByRole("button", { name: "Rotate the data key" })).toBeDisabled();
  await page.reload();
  await expect(bar).toHaveAttribute("value", "32");
  await expect(row(page, "Data keys", /^2 current/)).toContainText("32");
  await expectWellMade(page);

  await changeDatabase(coffer.home, (tx) => admit(tx, "full"));
  await expect(bar).toBeHidden({ timeout: 60_000 }); // taken up again at the next beat
  await expect(page.getByText("All 40 values are under data key 2.").first()).toBeVisible();
  await expect(row(page, "Data keys", /^2 current/)).toContainText("40");
  await expect(row(page, "Data keys", /^1 /)).toContainText("0");
  await expect(page.getByRole("button", { name: "Rotate the data key" })).toBeEnabled();
  await expectWellMade(page);
});

test("keys: a check says that every value opens, or which don't, why, and what to do", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "ONLY_KEY", "v");
  await createMany(page, coffer, 59);
  await openKeys(page, coffer);
  await expect(page.getByText("No check since this process was started.")).toBeVisible();
  // A check of sixty values is over before anybody sees it: the API's answers are held half-way.
  await page.route("**/api/v1/keys/check", async (held) => {
    if (held.request().method() !== "GET") return held.continue();
    const answer = await held.fetch();
    const { check } = (await answer.json()) as { check: KeyCheck };
    const json = { check: { ...check, state: "running", checked: 30, finishedAt: null } };
    await held.fulfill({ response: answer, json });
  });
  await page.getByRole("button", { name: "Check every value" }).press("Enter");
  await expect(page.getByText("Opening every value: 30 of 60")).toBeVisible();
  const bar = page.getByRole("progressbar", { name: "Values opened" });
  await expect(bar).toHaveAttribute("value", "30");
  await expectWellMade(page);
  await page.unroute("**/api/v1/keys/check");
  await expect(page.getByText("All 60 values open.")).toBeVisible();
  await expect(bar).toBeHidden();
  await expectWellMade(page);

  await changeDatabase(coffer.home, async (tx) => {
    const ids = new Map((await tx.secret.findMany()).map(({ name, id }) => [name, id]));
    const where = (name: string) => ({ secretId: ids.get(name) ?? "" });
    const { sealed } = await tx.secretVersion.findFirstOrThrow({ where: where("KEY_9") });
    const set = (name: string, text: string) =>
      tx.secretVersion.updateMany({ where: where(name), data: { sealed: text } });
    await set("KEY_1", sealed ?? "");
    await set("KEY_2", sealed?.replace("cfv1.1.", "cfv1.9.") ?? "");
    await set("KEY_3", "no sealed text");
    const long = { name: LONG, nameKey: LONG.toLowerCase() };
    await tx.secret.update({ where: { id: ids.get("KEY_4") ?? "" }, data: long });
    await set("KEY_4", "lost");
  });
  await page.getByRole("button", { name: "Check every value" }).press("Enter");
  await expect(page.getByText("4 of 60 values do not open").first()).toBeVisible();
  const table = "Values that do not open";
  await expect(row(page, table, /KEY_1/)).toContainText("moved here from another place");
  await expect(row(page, table, /KEY_2/)).toContainText("The keyring has no data key 9.");
  await expect(row(page, table, /KEY_3/)).toContainText("in no format");
  // What a reset has lost is marked so in the secret too; the text alone is damage.
  await expect(row(page, table, new RegExp(LONG))).toContainText("in no format");
  await page.reload();
  await expect(row(page, table, /KEY_1/)).toBeVisible();
  await expect(row(page, "Data keys", /Under none of these/)).toContainText("2");
  await expect(row(page, "Data keys", /Lost with a keyring of before/)).toContainText("1");
  await expectWellMade(page);
  await page.getByRole("link", { name: "KEY_3" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("KEY_3");
});

test("keys: a page that nobody is at stops asking, and goes on at the next key", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "ONLY_KEY", "v");
  await page.clock.install();
  await openKeys(page, coffer);
  let asked = 0;
  await page.route("**/api/v1/keys/check", async (held) => {
    if (held.request().method() !== "GET") return held.continue();
    asked++;
    await held.fulfill({ json: { check: { ...RUNNING, checked: asked } } });
  });
  await page.getByRole("button", { name: "Check every value" }).press("Enter");
  await expect(page.getByText("Opening every value: 2 of 60")).toBeVisible();
  await page.clock.pauseAt(Date.now() + 60 * 60_000);
  await page.evaluate(() => fetch("/api/v1/keys").then((answer) => answer.text())); // no answer is on its way
  const before = asked;
  for (let times = 0; times < 5; times++) {
    await page.clock.runFor(10_000);
    await page.evaluate(() => fetch("/api/v1/keys").then((answer) => answer.text()));
  }
  expect(asked).toBe(before);
  await page.keyboard.press("Shift");
  await expect(page.getByText(`Opening every value: ${String(before + 1)} of 60`)).toBeVisible();
  await page.clock.resume();
  await expect(page.getByText(`Opening every value: ${String(before + 3)} of 60`)).toBeVisible();
});

const RUNNING: KeyCheck = {
  state: "running",
  startedAt: new Date().toISOString(),
  finishedAt: null,
  total: 60,
  checked: 0,
  unopened: 0,
  lost: 0,
  items: [],
};

const LONG = `A_${"VERY_".repeat(24)}LONG`;

test("keys: a rekey is followed from its steps to the end of the old key, which waits for who works with it", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "A_KEY", "v");
  const { home } = coffer;
  const env = { TYK_AI_SECRET_KEY: NEW_KEY, TYK_AI_SECRET_KEY_PREVIOUS: TEST_KEY };
  const next = await startProcess({ home, env });
  try {
    // The process on the old key has not been given the new one.
    await openKeys(page, coffer);
    await expect(page.getByText("A rekey is under way")).toBeVisible();
    await expect(page.getByText("not given to this process")).toBeVisible();
    await expect(
      page.getByText("If it is the new key of a rekey, start this process"),
    ).toBeVisible();
    await expect(page.getByRole("button", { name: "End this key" })).toBeDisabled();
    await expect(page.getByRole("button", { name: "Rotate the data key" })).toBeDisabled();
    await expectWellMade(page);

    await openKeys(page, next);
    const end = page.getByRole("button", { name: "End the old key" });
    await expect(end).toBeDisabled();
    await expect(end).toHaveAccessibleDescription(/A process works with it still: start it with/);
    await expect(page.getByRole("button", { name: "Rotate the data key" })).toBeEnabled();
    await expectWellMade(page);

    await coffer.end("SIGTERM");
    await page.getByRole("button", { name: "Look again" }).press("Enter");
    await expect(end).toBeEnabled();
    await showedIdentityLongAgo(home);
    await end.press("Enter");
    const dialog = page.getByRole("dialog", { name: "End the old key?" });
    await expect(dialog).toContainText("A backup from before the rekey opens with the old key");
    await expectWellMade(page);
    await dialog.getByRole("button", { name: "End it" }).press("Enter");
    const identity = page.getByRole("dialog", { name: "Confirm that it is you" });
    await expect(identity).toBeVisible();
    await expectWellMade(page);
    await identity.getByLabel("Password").fill(TEST_ADMIN.password);
    await identity.getByRole("button", { name: "Confirm" }).press("Enter");
    await expect(page.getByText("opens the vault no more").first()).toBeVisible();
    await expect(page.getByText("TYK_AI_SECRET_KEY_PREVIOUS is not needed any more")).toBeVisible();
    await expect(
      page.getByRole("list", { name: "Master keys" }).getByText("this process works with it"),
    ).toHaveCount(1);
    await expectWellMade(page);
  } finally {
    await next.end("SIGTERM");
  }
  const refused = await runToEnd({ home, env: { TYK_AI_SECRET_KEY: TEST_KEY } });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("fingerprint");
});
