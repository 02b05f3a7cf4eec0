import { expect, inject, onTestFinished, test } from "vitest";
import { readSettings } from "../../lib/config";
import { openSnapshot } from "../../lib/store/backup-rows";
import { openVault } from "../../lib/vault/open-vault";
import type { Vault } from "../../lib/vault/vault";
import {
  asAdmin,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  startCoffer,
  tamper,
} from "../support/coffer";
import { TEST_KEY } from "../support/keys";
import { dropDatabase, makeDatabase } from "../support/postgres";

// tests/api/start.test.ts has the same of a file.

const server = inject("postgresUrl");
const OTHER_KEY = "another master key for tests";
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the vault as a start of Coffer does, and closes it when the test ends. */
async function open(databaseUrl: string, key: string): Promise<Vault> {
  const { config, masterKey } = readSettings({
    ...{ root: process.cwd(), home: "/nowhere" },
    env: { DATABASE_URL: databaseUrl, TYK_AI_SECRET_KEY: key } as never,
  });
  const { vault } = await openVault({ config, masterKey, log });
  onTestFinished(() => vault.close());
  return vault;
}

/** Every row that there is. */
async function everythingIn(databaseUrl: string): Promise<string> {
  const snapshot = await openSnapshot(databaseUrl, {});
  const all: unknown[] = [];
  for (const table of snapshot.tables) {
    for await (const page of snapshot.rows(table)) all.push(table.table, page);
  }
  await snapshot.close();
  return JSON.stringify(all);
}

/** A vault with a secret, which no process works on. */
async function leftVault(): Promise<string> {
  const coffer = await startCoffer();
  await mustCreateSecret(await asAdmin(coffer), "KEPT", "kept value");
  await coffer.stop();
  return coffer.config.databaseUrl;
}

test("a key that does not open the database is refused with the fingerprint that is needed, and no row is changed", async () => {
  const databaseUrl = await leftVault();
  const before = await everythingIn(databaseUrl);
  for (const key of [OTHER_KEY, `${TEST_KEY} `]) {
    const refused = expect(open(databaseUrl, key)).rejects;
    await refused.toMatchObject({ code: "wrong_key" });
    await refused.toThrow(/[0-9a-f]{4}(-[0-9a-f]{4}){3}/);
  }
  expect(await everythingIn(databaseUrl)).toBe(before);
  await open(databaseUrl, TEST_KEY);
});

test("a database that has lost its keyring is refused, and no keyring is made for it", async () => {
  const coffer = await startCoffer();
  await tamper(coffer, async (tx) => {
    await tx.wrappedKey.deleteMany();
    await tx.keyring.deleteMany();
  });
  await coffer.stop();
  const { databaseUrl } = coffer.config;
  const before = await everythingIn(databaseUrl);
  await expect(open(databaseUrl, TEST_KEY)).rejects.toThrow(/no keyring/);
  expect(await everythingIn(databaseUrl)).toBe(before);
});

test("of ten that start at once on an empty database one makes a keyring, and all use that", async () => {
  const databaseUrl = await makeDatabase(server, "nothing");
  onTestFinished(() => dropDatabase(server, databaseUrl));
  const vaults = await Promise.all(Array.from({ length: 10 }, () => open(databaseUrl, TEST_KEY)));
  expect(new Set(vaults.map((vault) => vault.sessionCookie().key)).size).toBe(1);
});

test("after a restart sessions and tokens go on, and what was revoked stays revoked", async () => {
  const coffer = await startCoffer();
  const admin = await asAdmin(coffer);
  const service = await mustHaveService(coffer, admin, ["*"]);
  const { id } = await mustCreateService(admin, "revoked", ["*"]);
  const revoked = await mustMintToken(admin, id);
  await admin.delete(`/api/v1/services/${id}/tokens/${revoked.id}`);
  await coffer.stop();
  const again = await startCoffer({ home: coffer.home, admin: false });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${again.url}/api/v1/whoami`, { headers })).status;
  expect(await status(admin.headers)).toBe(200);
  expect(await status(service.headers)).toBe(200);
  expect(await status({ authorization: `Bearer ${revoked.token}` })).toBe(401);
});
