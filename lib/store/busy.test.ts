import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { isBusy, retryBusy } from "./busy";
import { peekKeyring } from "./keyring-rows";
import { openStore } from "./store";

const prismaDirectory = join(process.cwd(), "prisma");

/** A file that another connection has to itself until it is let go of. */
function lockedFile() {
  const folder = mkdtempSync(join(tmpdir(), "coffer-busy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "coffer.db");
  const other = new Database(path, {});
  other.exec(`CREATE TABLE "other" ("a"); DROP TABLE "other"; BEGIN EXCLUSIVE`);
  const letGo = () => {
    other.exec("COMMIT");
    other.close();
  };
  return { databaseUrl: `file:${path}`, letGo };
}

test("who opens a file that another process has to itself waits until that is over", async () => {
  const { databaseUrl, letGo } = lockedFile();
  const opened = openStore({ databaseUrl, prismaDirectory });
  const early = await Promise.race([opened, new Promise((done) => setTimeout(done, 500))]);
  expect(early).toBeUndefined();
  letGo();
  const store = await opened;
  expect(await peekKeyring(databaseUrl)).toBeNull();
  await store.close();
});

test("what is no lock is not tried again, and a lock not for ever", async () => {
  let tries = 0;
  const failing = (message: string) =>
    retryBusy(
      () => {
        tries++;
        throw new Error(message);
      },
      { patienceMs: 30, pauseMs: 1 },
    );
  await expect(failing("no such table")).rejects.toThrow("no such table");
  expect(tries).toBe(1);
  await expect(failing("database is locked")).rejects.toThrow("locked");
  expect(tries).toBeGreaterThan(2);
});

test.each([
  ["the driver", new Error("SQLITE_BUSY: database is locked")],
  ["Prisma's adapter", new Error("SocketTimeout")],
  ["Prisma", Object.assign(new Error("Operations timed out"), { code: "P1008" })],
])("a lock is known in the words of %s", (_who, error) => {
  expect(isBusy(error)).toBe(true);
});
