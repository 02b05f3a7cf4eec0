import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import config from "../eslint.config.mjs";

// The project's own configuration, without the rules that need types: the files here don't exist.
const eslint = new ESLint({
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  overrideConfigFile: true,
  overrideConfig: [
    ...config,
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
    { linterOptions: { reportUnusedDisableDirectives: "off" } },
  ] as never,
});

/** The rules that `code` breaks if it stands in `filePath`. */
async function broken(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return result?.messages.map((message) => message.ruleId ?? message.message) ?? [];
}

const DIRECTION = "coffer/import-direction";

describe("an import against the direction is an error", () => {
  it.each([
    // Leaves know nothing above them.
    ["lib/name.ts", 'export * from "./vault/vault";'],
    ["lib/shapes.ts", 'export type { Caller } from "./access/caller";'],
    // Pure layers know neither each other, nor the database, nor the world outside.
    ["lib/access/may.ts", 'export * from "../store/store";'],
    ["lib/access/may.ts", 'export * from "../vault/vault";'],
    ["lib/crypto/keyring.ts", 'export * from "../access/rules";'],
    ["lib/crypto/keyring.ts", 'export type { Store } from "../store/store";'],
    ["lib/crypto/keyring.ts", 'export { readFile } from "node:fs/promises";'],
    ["lib/reference/parse.ts", 'export { request } from "node:http";'],
    ["lib/reference/parse.ts", 'export { request } from "http";'],
    ["lib/reference/parse.ts", 'export { fastify } from "fastify";'],
    ["lib/reference/documents/yaml.ts", 'export * from "../../vault/vault";'],
    // The store and the audit record know nobody who uses them.
    ["lib/store/store.ts", 'export * from "../audit/journal";'],
    ["lib/store/store.ts", 'export * from "../crypto/keyring";'],
    ["lib/audit/journal.ts", 'export * from "../vault/vault";'],
    ["lib/audit/journal.ts", 'export * from "../access/may";'],
    // Nobody above the vault goes around it, and it knows nobody above it.
    ["lib/vault/secrets.ts", 'export * from "../api/routes";'],
    ["lib/vault/secrets.ts", 'export * from "../auth/session";'],
    ["lib/auth/session.ts", 'export * from "../store/store";'],
    ["lib/auth/session.ts", 'export * from "../api/routes";'],
    ["lib/api/secrets.ts", 'export * from "../store/store";'],
    ["lib/api/secrets.ts", 'export * from "../crypto/keyring";'],
    ["lib/api/secrets.ts", 'export * from "../audit/journal";'],
    ["lib/api/secrets.ts", 'export * from "../../app/console";'],
    ["lib/api/secrets.ts", 'export * from "../server/stop";'],
    ["lib/server/stop.ts", 'export * from "../store/store";'],
    ["server.ts", 'export * from "./lib/store/store";'],
    ["server.ts", 'export * from "./app/console";'],
    ["server.ts", 'export const later = import("./lib/crypto/keyring");'],
    // Next's copy of the vault would be a second one.
    ["app/page.tsx", 'export { openVault } from "../lib/vault/open";'],
    ["app/page.tsx", 'export { type Vault } from "../lib/vault/vault";'],
    ["app/page.tsx", 'export { openStore } from "../lib/store/store";'],
    ["app/page.tsx", 'export const later = import("../lib/vault/vault");'],
    ["app/page.tsx", 'export * from "../lib/crypto/keyring";'],
    // What may run in a browser.
    ["components/secrets/list.tsx", 'export { readConfig } from "../../lib/config";'],
    ["components/secrets/list.tsx", 'export { compile } from "../../lib/access/caller";'],
    ["components/secrets/list.tsx", 'export * from "../../lib/vault/vault";'],
    ["components/secrets/list.tsx", 'export * from "../../app/console";'],
    // Tests are no part of the product.
    ["lib/vault/vault.ts", 'export * from "../../tests/support/server";'],
  ])("%s: %s", async (file, code) => {
    expect(await broken(file, code)).toEqual([DIRECTION]);
  });
});

describe("only the store knows Prisma and the database driver", () => {
  it.each([
    ["lib/vault/vault.ts", 'export { Prisma } from "../store/generated/sqlite/client";'],
    ["lib/vault/vault.ts", 'export type { Prisma } from "@prisma/client";'],
    ["lib/vault/vault.ts", 'export type P = import("@prisma/client").Prisma;'],
    ["lib/api/routes.ts", 'export * from "better-sqlite3";'],
    ["lib/vault/vault.test.ts", 'export * from "@prisma/client";'],
    ["tests/api/a.test.ts", 'export * from "../../lib/store/generated/sqlite/client";'],
    ["scripts/seed.ts", 'export * from "@prisma/client";'],
  ])("%s: %s", async (file, code) => {
    expect(await broken(file, code)).toEqual([DIRECTION]);
  });
});

describe("an import along the direction is fine", () => {
  it.each([
    ["lib/name.ts", 'export * from "./errors";'],
    ["lib/access/may.ts", 'export type { Role } from "../shapes";'],
    ["lib/crypto/token.ts", 'export { createHash } from "node:crypto";'],
    ["lib/reference/documents/yaml.ts", 'export * from "../parse";'],
    ["lib/store/store.ts", 'export { PrismaClient } from "./generated/sqlite/client";'],
    ["lib/store/sqlite.ts", 'export * from "@prisma/adapter-better-sqlite3";'],
    ["lib/audit/journal.ts", 'export * from "../store/store";'],
    ["lib/audit/journal.ts", 'export type { Caller } from "../access/caller";'],
    ["lib/vault/secrets.ts", 'export * from "../crypto/keyring";'],
    ["lib/auth/session.ts", 'export * from "../vault/vault";'],
    ["lib/api/secrets.ts", 'export * from "../auth/session";'],
    ["server.ts", 'export * from "./lib/api/routes";'],
    ["app/page.tsx", 'export type { Vault } from "../lib/vault/vault";'],
    ["app/page.tsx", 'export * from "../components/ui/button";'],
    ["components/ui/row.tsx", 'export type { Vault } from "../../lib/vault/vault";'],
    ["components/ui/row.tsx", 'export { may } from "../../lib/access/may";'],
    ["lib/vault/vault.test.ts", 'export * from "../../tests/support/server";'],
    ["tests/api/resolve.test.ts", 'export * from "../../lib/vault/vault";'],
  ])("%s: %s", async (file, code) => {
    expect(await broken(file, code)).toEqual([]);
  });
});

describe("house rules", () => {
  it.each([
    ["lib/vault/vault.ts", "export const a = process.env;", "no-restricted-properties"],
    ["app/page.tsx", "export const { env } = process;", "no-restricted-properties"],
    ["server.ts", 'export { env } from "node:process";', "no-restricted-imports"],
    ["lib/vault/vault.ts", "console.log(1);", "no-console"],
    ["lib/vault/vault.ts", "export default 1;", "no-restricted-syntax"],
    ["tests/api/a.test.ts", "export const a: any = 1;", "@typescript-eslint/no-explicit-any"],
  ])("%s: %s is an error", async (file, code, rule) => {
    expect(await broken(file, code)).toEqual([rule]);
  });

  it.each([
    ["lib/config.ts", "export const a = process.env;"],
    ["tests/support/server.ts", "export const a = process.env;"],
    ["app/page.tsx", "export default function Page() {\n  return null;\n}"],
    ["vitest.config.ts", "export default {};"],
  ])("%s: %s is fine", async (file, code) => {
    expect(await broken(file, code)).toEqual([]);
  });
});
