import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "playwright/test";
import {
  changeDatabase,
  createSecret,
  expectWellMade,
  setUp,
  settled,
  test,
} from "../support/page";

test("audit: whether the record is as Coffer wrote it is told on its page, with the way to what is not", async ({
  page,
  coffer,
}) => {
  await setUp(page, coffer);
  await createSecret(page, "OPENAI_API_KEY", "one");
  await createSecret(page, "OPENAI_ORG", "two");
  await page.goto(`${coffer.url}/audit`);
  await settled(page);
  const box = page.getByRole("region", { name: "Verification" });
  await expect(box).toContainText("Not verified since Coffer was started.");
  await expectWellMade(page);

  // As it was written.
  await box.getByRole("button", { name: "Verify" }).click();
  await expect(box).toContainText(/Verified to event \d+/);
  await expect(box).toContainText("Nothing was changed, moved or added.");
  await expectWellMade(page);

  // It is there for who comes later, too.
  await page.reload();
  await settled(page);
  await expect(box).toContainText(/Verified to event \d+/);

  // A checkpoint is kept, and the record held against it.
  await box.getByRole("button", { name: "Checkpoint…" }).click();
  const dialog = page.getByRole("dialog", { name: "Checkpoints" });
  await expectWellMade(page);
  const downloaded = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download a checkpoint" }).click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toMatch(/^coffer-\d{4}-\d\d-\d\dT\d{6}\.checkpoint$/);
  const kept = join(coffer.home, "kept.checkpoint");
  await download.saveAs(kept);
  const text = readFileSync(kept, "utf8");
  expect(text).toMatch(/^coffer-checkpoint 1\n/);
  const changed = join(coffer.home, "changed.checkpoint");
  writeFileSync(changed, text.replace(/^at 2/m, "at 3"));
  await dialog.locator("input[type=file]").setInputFiles(changed);
  await expect(dialog.getByRole("alert").last()).toContainText("This checkpoint was changed");
  await dialog.locator("input[type=file]").setInputFiles(kept);
  await expect(dialog).toBeHidden();
  await expect(box).toContainText("nothing that the checkpoint knows is cut off");

  // Somebody writes to the database.
  await changeDatabase(coffer.home, (tx) =>
    tx.auditEvent.updateMany({
      where: { action: "secrets.create", names: { contains: "OPENAI_API_KEY" } },
      data: { actorName: "somebody-else@example.com" },
    }),
  );
  await box.getByRole("button", { name: "Verify" }).click();
  const alert = box.getByRole("alert").filter({ hasText: "Something other than Coffer" });
  await expect(alert).toContainText("Stop Coffer, keep the database file as it is");
  await expect(alert).toContainText(/Changed: event \d+/);
  await expect(box).toContainText("Not as Coffer wrote it in 1 place");
  await expectWellMade(page);

  // The way to it.
  await alert.getByRole("link", { name: "Show the event" }).click();
  await expect(page).toHaveURL(/from=.*to=/);
  const events = page.getByRole("list", { name: "Events" });
  await expect(events).toContainText("somebody-else@example.com");
  await expect(box).toContainText("Not as Coffer wrote it in 1 place");
});
