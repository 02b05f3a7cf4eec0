import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "playwright/test";
import { expectWellMade, removeHome, setUp, test as base } from "../support/page";
import { startProcess, type CofferProcess } from "../support/process";

const NOBODY_LISTENS = "http://127.0.0.1:9";

/** A Coffer that streams its record into a file, and to an address that nobody listens at. */
const streaming = base.extend<{ coffer: CofferProcess & { home: string } }>({
  coffer: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), "coffer-e2e-"));
    const env = {
      COFFER_AUDIT_STREAM: join(home, "audit.jsonl"),
      COFFER_AUDIT_WEBHOOK_URL: `${NOBODY_LISTENS}/?key=not-to-be-shown`,
      COFFER_AUDIT_WEBHOOK_SECRET: "a-secret-not-to-be-shown",
    };
    const coffer = await startProcess({ home, env });
    await use({ ...coffer, home });
    await coffer.end("SIGTERM");
    await removeHome(home);
  },
});

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["COFFER_TEST_SCREENSHOTS"];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

base(
  "settings: an admin is told that the audit record goes nowhere, and what to set",
  async ({ page, coffer }) => {
    await setUp(page, coffer);
    await page.goto(`${coffer.url}/settings`);
    await expect(page.getByRole("heading", { name: "Audit stream" })).toBeVisible();
    await expect(page.getByText("COFFER_AUDIT_STREAM")).toBeVisible();
    await expectWellMade(page);
    await picture(page, "no-sink");
  },
);

streaming(
  "settings: an admin sees where the audit record arrives, and why it does not",
  async ({ page, coffer }) => {
    await setUp(page, coffer);
    const failing = page.getByText(`Nothing can be delivered to ${NOBODY_LISTENS}`);
    await expect(async () => {
      await page.goto(`${coffer.url}/settings`);
      await expect(
        page.getByText(`${join(coffer.home, "audit.jsonl")} is given every event`),
      ).toBeVisible();
      await expect(failing).toBeVisible();
    }).toPass();
    await expect(page.getByText("ECONNREFUSED")).toBeVisible();
    await expect(page.getByText("Coffer goes on trying")).toBeVisible();
    expect(await page.content()).not.toContain("not-to-be-shown");
    await expectWellMade(page);
    await picture(page, "sinks");
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(page, "sinks-dark");
  },
);
