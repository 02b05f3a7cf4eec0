import { expect, test } from "vitest";
import { readSettings } from "../config";
import { openVault } from "./open-vault";

test.each([
  ["postgresql://coffer@db.invalid/coffer", true],
  ["postgresql://coffer@db.invalid/coffer?sslmode=verify-full", false],
])("a start warns of a connection in the clear, before it is made: %s", async (url, isWarned) => {
  const env = { TYK_AI_SECRET_KEY: "a key of this test", DATABASE_URL: url } as never;
  const { config, masterKey } = readSettings({ root: process.cwd(), home: "/nowhere", env });
  const warnings: string[] = [];
  const none = () => undefined;
  const log = {
    info: none,
    error: none,
    warn: (_: object, text: string) => void warnings.push(text),
  };
  await expect(openVault({ config, masterKey, log })).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(warnings.some((text) => text.includes("is not encrypted"))).toBe(isWarned);
});
