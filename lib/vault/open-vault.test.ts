import { expect, test } from "vitest";
import { readSettings } from "../config";
import { openVault } from "./open-vault";

test.each([
  ["postgresql://coffer@db.invalid/coffer", undefined, "DATABASE_URL leads"],
  ["postgresql://coffer@db.invalid/coffer?sslmode=verify-full", undefined, null],
  [
    "postgresql://coffer@db.invalid/coffer?sslmode=disable",
    "postgresql://db.invalid/coffer",
    "DATABASE_URL_DIRECT leads",
  ],
])(
  "a start warns of a connection in the clear, before it is made: %s %s",
  async (url, direct, warned) => {
    const urls = { DATABASE_URL: url, DATABASE_URL_DIRECT: direct };
    const env = { TYK_AI_SECRET_KEY: "a key of this test", ...urls } as never;
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
    const ofClear = warnings.filter((text) => text.includes("is not encrypted"));
    expect(ofClear).toEqual(warned === null ? [] : [expect.stringContaining(warned)]);
  },
);
