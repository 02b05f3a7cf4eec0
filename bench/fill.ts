import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openKeyring } from "../lib/crypto/keyring";
import { readKeyring } from "../lib/store/keyring-rows";
import { openStore } from "../lib/store/store";
import { Rows } from "../lib/vault/rows";
import { TEST_ADMIN, TEST_KEY } from "../tests/support/keys";
import { startProcess, type CofferProcess } from "../tests/support/process";
import { signIn } from "../tests/support/sign-in";

/** Several, because one service may not ask as often as this benchmark does (lib/limits.ts). */
const SERVICES = 8;
const ROWS_AT_ONCE = 500;

/** A folder with a database that has so many secrets, and tokens of services that may resolve those of the first half. */
export interface Filled {
  home: string;
  tokens: string[];
}

export const ADMIN_ENV = {
  COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
  COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
};

/** The name of secret number `index`. */
export const nameOf = (index: number): string => `BENCH_KEY_${String(index)}`;

/**
 * Makes a database with so many secrets: a file in a folder of its own, or where `env` says. They are written as Coffer would, without its
 * API: that would take minutes.
 */
export async function fill(
  folder: string,
  name: string,
  secrets: number,
  env: { DATABASE_URL?: string } = {},
): Promise<Filled> {
  const home = join(folder, name);
  mkdirSync(home);
  const coffer = await startProcess({ home, env: { ...ADMIN_ENV, ...env } });
  const tokens = await makeTokens(coffer);
  await coffer.end("SIGTERM");
  const store = await openStore({
    databaseUrl: env.DATABASE_URL ?? `file:${join(home, "data", "coffer.db")}`,
    prismaDirectory: join(process.cwd(), "prisma"),
  });
  const record = await readKeyring(store.db);
  if (!record) throw new Error("The database has no keyring.");
  const keyring = await openKeyring(record, TEST_KEY);
  const rows = new Rows(keyring.derive("row-mac"));
  const { id: environmentId } = await store.db.environment.findFirstOrThrow();
  const now = new Date();
  for (let at = 0; at < secrets; at += ROWS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ROWS_AT_ONCE, secrets - at) }, (_, index) => {
      const name = nameOf(at + index);
      const place = { environmentId, nameKey: name.toLowerCase(), secretId: randomUUID() };
      const value = `sk-${randomBytes(20).toString("hex")}`;
      const sealed = keyring.seal({ ...place, version: 1 }, value);
      return { name, place, sealed };
    });
    const by = { createdAt: now, createdBy: "bench" };
    await store.write(async (tx) => {
      await tx.revision.update({ where: { id: 1 }, data: { counter: { increment: 1 } } });
      await tx.secret.createMany({
        data: some.map(({ name, place: { secretId: id, nameKey } }) =>
          rows.sealed("secret", {
            ...{ id, environmentId, name, nameKey, searchKey: nameKey, description: "" },
            ...{ tags: "[]", currentVersion: 1, highestVersion: 1, ...by },
            ...{ rotatedAt: now, rotatedBy: "bench", expiresAt: null, deletedAt: null },
          }),
        ),
      });
      await tx.secretVersion.createMany({
        data: some.map(({ place: { secretId }, sealed }) => ({
          secretId,
          version: 1,
          sealed,
          ...by,
        })),
      });
    });
  }
  await store.close();
  return { home, tokens };
}

/** The same database again, for another process. */
export function copyOf(filled: Filled, name: string): Filled {
  const home = join(filled.home, "..", name);
  cpSync(filled.home, home, { recursive: true });
  return { ...filled, home };
}

async function makeTokens(coffer: CofferProcess): Promise<string[]> {
  const cookie = await signIn(coffer.url, TEST_ADMIN.email, TEST_ADMIN.password);
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${coffer.url}/api/v1${path}`, {
      method: "POST",
      headers: { cookie, origin: coffer.url, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${String(answer.status)}.`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const tokens: string[] = [];
  for (let i = 0; i < SERVICES; i++) {
    const rules = [{ actions: ["resolve"], names: ["BENCH_*"] }];
    const { id } = await post("/services", { name: `bench-${String(i)}`, rules });
    const { token } = await post(`/services/${String(id)}/tokens`, {});
    tokens.push(String(token));
  }
  return tokens;
}
