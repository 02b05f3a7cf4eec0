import { randomUUID } from "node:crypto";
import { expect, type Page } from "playwright/test";
import type { CofferProcess } from "../support/process";
import {
  call,
  changeDatabase,
  createSecret,
  expectAlive,
  expectWellMade,
  setUp,
  settled,
  test,
} from "../support/page";

/** A service that may read secrets of that pattern, by its token. Made by the page's own session. */
async function serviceOf(page: Page, coffer: CofferProcess, name: string) {
  const post = async (path: string, body: object) => {
    const headers = { origin: coffer.url };
    const answer = await page.request.post(`${coffer.url}/api/v1${path}`, { data: body, headers });
    expect(answer.status()).toBe(201);
    return (await answer.json()) as { id: string; token: string };
  };
  const rules = [{ actions: ["resolve"], names: ["OPENAI_*"] }];
  const { id } = await post("/services", { name, rules });
  const { token } = await post(`/services/${id}/tokens`, {});
  const resolve = (config: unknown) =>
    fetch(`${coffer.url}/api/v1/resolve`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ config }),
    });
  return { id, resolve };
}

test("audit: who read what is found by filters in the address, told in words and in every field", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_API_KEY", "one");
  await createSecret(page, "OPENAI_ORG", "two");
  const proxy = await serviceOf(page, coffer, "llm-proxy");
  for (let i = 0; i < 3; i++) {
    expect((await proxy.resolve(["$SECRET/OPENAI_API_KEY", "$SECRET/OPENAI_ORG"])).status).toBe(
      200,
    );
  }
  expect((await proxy.resolve("$SECRET/STRIPE_KEY")).status).toBe(422);

  await page.getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("heading", { name: "Audit" })).toBeVisible();
  await settled(page);
  const events = page.getByRole("list", { name: "Events" });
  await expect(events).toContainText("llm-proxy resolved OPENAI_API_KEY v1 and 1 more, from");
  await expect(events).toContainText("llm-proxy was refused to resolve STRIPE_KEY (unresolved)");
  await expect(page.getByLabel("Over time")).toContainText("3 reads");
  await expectWellMade(page);

  // By filter, and the address has it.
  await page.getByLabel("Secret", { exact: true }).fill("stripe_key");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/secret=stripe_key/);
  await expect(events.getByRole("listitem")).toHaveCount(1);
  await page.reload();
  await expect(events.getByRole("listitem")).toHaveCount(1);

  // One that can't be searched by is told, in place of a list without it.
  const secret = page.getByLabel("Secret", { exact: true });
  await secret.fill("openai-key");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/secret=openai-key/);
  const fault = page.getByRole("alert").filter({ hasText: "Nothing was looked for" });
  await expect(fault).toContainText("openai-key: A secret's name has 1 to 128 letters");
  await expect(secret).toHaveValue("openai-key");
  await expect(events).toBeHidden();
  await expect(page.getByRole("button", { name: "Export" })).toBeHidden();
  await expectWellMade(page);
  await page.goBack();
  await expect(events.getByRole("listitem")).toHaveCount(1);

  // An address, or all of a block of them.
  const address = page.getByLabel("Address", { exact: true });
  await address.fill("127.0.0.0/33");
  await page.keyboard.press("Enter");
  await expect(fault).toContainText("127.0.0.0/33: It is an address, or a block such as");
  await address.fill("127.0.0.0/8");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/address=127.0.0.0%2F8/);
  await expect(events.getByRole("listitem")).toHaveCount(1);
  await address.fill("");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/address/);

  // Every field, by keyboard, and the focus comes back.
  const row = events.getByRole("button").first();
  await row.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer).toContainText("secrets.resolve");
  await expect(drawer).toContainText("denied, unresolved");
  await expectWellMade(page);
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();

  // The ways on from an event lead to it, however old it is.
  await page.keyboard.press("Enter");
  await drawer.getByRole("link", { name: "secrets.resolve" }).click();
  await expect(page).toHaveURL(/action=secrets.resolve&range=all/);
  await expect(events).toContainText("llm-proxy was refused to resolve STRIPE_KEY");
  await page.goBack();

  // What comes meanwhile is told, and shown when it is wanted.
  await page.request.post(`${coffer.url}/api/v1/secrets`, {
    data: { name: "STRIPE_KEY", value: "three" },
    headers: { origin: coffer.url },
  });
  await page.getByRole("button", { name: "Show 1 new event" }).click({ timeout: 30_000 });
  await expect(events.getByRole("listitem")).toHaveCount(2);

  // The chart by keyboard: the last stretch of time, and what was then.
  await page.goto(`${coffer.url}/audit?actor=llm-proxy&range=1h`);
  const chart = page.getByRole("slider");
  await chart.focus();
  await expect(chart).toHaveAttribute("aria-valuetext", /reads?, \d+ refused/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*to=/);

  // By a tap, which moves no pointer there before: the stretch that was tapped.
  await page.goto(`${coffer.url}/audit?actor=llm-proxy&range=24h`);
  await expectAlive(chart);
  const box = await chart.boundingBox();
  await chart.dispatchEvent("click", { clientX: (box?.x ?? 0) + 1, bubbles: true });
  await expect(page).toHaveURL(/from=.*to=/);
  const from = new URL(page.url()).searchParams.get("from") ?? "";
  expect(Date.parse(from)).toBeLessThan(Date.now() - 20 * 60_000); // a chart shows half an hour at least
  await page.goto(`${coffer.url}/audit?actor=llm-proxy&range=1h`);
  await page.getByText("As a table").click();
  await expect(page.getByRole("table")).toBeVisible();
  await expectWellMade(page);

  // Nothing found, and the way on.
  await page.goto(`${coffer.url}/audit?actor=nobody-of-that-name`);
  await expect(page.getByText("No event passes these filters")).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(events.getByRole("listitem").first()).toBeVisible();

  // The secret's page and the service's have their own.
  await page.goto(`${coffer.url}/e/default/secrets/OPENAI_ORG`);
  const latest = page.getByRole("list", { name: "Latest events" });
  await expect(latest).toContainText("llm-proxy resolved");
  await expect(page.getByRole("row", { name: /llm-proxy/ })).toContainText("3 reads on 1 day");
  await expectWellMade(page);
  await page.getByRole("link", { name: "All in the audit record" }).click();
  await expect(page).toHaveURL(/audit\?secret=OPENAI_ORG&environment=default/);
  await page.goto(`${coffer.url}/e/default/services/${proxy.id}`);
  await expect(latest).toContainText("llm-proxy was refused to resolve STRIPE_KEY");
  await expectWellMade(page);

  // A file of what is shown.
  await page.goto(`${coffer.url}/audit?secret=STRIPE_KEY`);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^coffer-audit-.*\.csv$/);
});

test("audit: a record that can't be searched keeps nobody from a secret or a service", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_API_KEY", "one");
  const proxy = await serviceOf(page, coffer, "llm-proxy");
  await changeDatabase(coffer.home, (tx) =>
    tx.$executeRawUnsafe(`ALTER TABLE "AuditAnchor" RENAME TO "Elsewhere"`),
  );
  const trouble = page.getByText("The audit record can't be searched at the moment.");
  await page.goto(`${coffer.url}/e/default/services/${proxy.id}`);
  await expect(page.getByRole("heading", { name: "llm-proxy" })).toBeVisible();
  await expect(trouble).toBeVisible();
  await page.goto(`${coffer.url}/e/default/secrets/OPENAI_API_KEY`);
  await expect(trouble).toBeVisible();
  await expectWellMade(page);
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("New value", { exact: true }).fill("two");
  await sheet.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(page.getByRole("button", { name: "Make current v1" })).toBeVisible();
});

test("audit: by keys, with the time of each event, and new events at their place whatever their clock said", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  const write = (target: string, at: number) =>
    changeDatabase(coffer.home, async (tx) => {
      const journalId = randomUUID();
      await tx.journal.create({ data: { id: journalId, openedAt: new Date() } });
      await tx.auditEvent.create({
        data: {
          ...{ journalId, seq: 1, at: new Date(at), actorKind: "user", actorId: "u" },
          ...{ actorName: "ann@example.com", action: "secrets.create", environment: "default" },
          ...{ target, names: "[]", outcome: "ok", code: "", address: "192.0.2.1" },
          ...{ userAgent: "", requestId: "r" },
        },
      });
    });
  const now = Date.now();
  const hour = 60 * 60 * 1000;
  await write("FIRST", now - 3 * 24 * hour);
  await write("THIRD", now - 1_000);
  await page.goto(`${coffer.url}/audit?actor=ann@example.com`);
  const rows = page.getByRole("list", { name: "Events" }).getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(/\d\d:\d\d:\d\d/);
  await expect(rows.nth(1)).toContainText(/\d\d:\d\d:\d\d \d+ \w+/);

  // The chart spans what was chosen, and says so below it.
  const { chart } = await call<{ chart: { from: string; steps: unknown[] } }>(
    page,
    "GET",
    `/audit?chart=true&from=${new Date(now - 7 * 24 * hour).toISOString()}`,
  );
  expect(chart.steps.length).toBeGreaterThan(50);
  await expect(page.getByRole("slider")).toContainText(/\d+ \w+, \d\d:\d\d/);

  // Keys.
  await page.keyboard.press("/");
  await expect(page.getByLabel("Who")).toBeFocused();
  await rows.first().getByRole("button").focus();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(1).getByRole("button")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(rows.first().getByRole("button")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("THIRD");
  await page.keyboard.press("Escape");

  // By a clock that is an hour behind.
  await write("SECOND", now - hour);
  await page.getByRole("button", { name: "Show 1 new event" }).click({ timeout: 30_000 });
  await expect(rows).toContainText(["THIRD", "SECOND", "FIRST"]);
  await expectWellMade(page);

  // A search that has ended does not stand there as if nothing happened.
  await page.route("**/audit?*newer=*", (route) =>
    route.fulfill({
      status: 400,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "invalid_request", detail: "The search is over." }),
    }),
  );
  const ended = page.getByRole("alert").filter({ hasText: "New events are no longer looked for" });
  await expect(ended).toBeVisible({ timeout: 30_000 });
  await expectWellMade(page);
  await page.unroute("**/audit?*newer=*");
  await ended.getByRole("button", { name: "Search again" }).click();
  await expect(ended).toBeHidden();
  await write("FOURTH", now - 2 * hour);
  await expect(page.getByRole("button", { name: "Show 1 new event" })).toBeVisible({
    timeout: 30_000,
  });
});

test("audit: scrolling goes on to the first event, without repeating one", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  const day = 24 * 60 * 60 * 1000;
  await changeDatabase(coffer.home, async (tx) => {
    const journalId = randomUUID();
    await tx.journal.create({ data: { id: journalId, openedAt: new Date() } });
    await tx.auditEvent.createMany({
      data: Array.from({ length: 450 }, (_, index) => ({
        ...{ journalId, seq: 1 + index, at: new Date(Date.now() - (index / 450) * 5 * day) },
        ...{ actorKind: "user", actorId: "u", actorName: "many@example.com" },
        ...{ action: "secrets.list", environment: "default", target: `NAME_${String(index)}` },
        ...{
          names: "[]",
          outcome: "ok",
          code: "",
          address: "192.0.2.1",
          userAgent: "",
          requestId: "r",
        },
      })),
    });
  });
  await page.goto(`${coffer.url}/audit?actor=many@example.com`);
  const rows = page.getByRole("list", { name: "Events" }).getByRole("listitem");
  await expect(rows.first()).toBeVisible();
  await expect(async () => {
    await page.keyboard.press("End");
    expect(await rows.count()).toBe(450);
  }).toPass();
  await expect(page.getByText("450 events. Nothing older passes.")).toBeVisible();
  const texts = await rows.allTextContents();
  expect(new Set(texts.map((text) => /NAME_\d+/.exec(text)?.[0])).size).toBe(450);
});
