import type { KeyringRecord } from "../crypto/keyring-record";
import { listed } from "./dialect";
import { Prisma } from "./generated/sqlite/client";
import { addWraps, countStored, type KeyringHead } from "./keyring-rows";
import type { Db } from "./store";

/** The tables whose rows carry a MAC and are found by a text id. */
export type MacTable =
  "Environment" | "Secret" | "Service" | "ServiceToken" | "User" | "OneTimeLink";

/** Writes `mark` in the place of every sealed value, and notes of each secret up to which version it is lost. */
export async function loseValues(tx: Db, mark: string): Promise<void> {
  await tx.$executeRaw`UPDATE "SecretVersion" SET "sealed" = ${mark} WHERE "sealed" IS NOT NULL`;
  await tx.$executeRaw`UPDATE "Secret" SET "lostVersion" = "highestVersion"`;
}

/** Gives rows another MAC: one statement for all of them. */
export async function writeMacs(
  tx: Db,
  table: MacTable,
  rows: readonly { id: string; mac: string }[],
): Promise<void> {
  const named = Prisma.raw(`"${table}"`);
  await tx.$executeRaw(Prisma.sql`
    UPDATE ${named} SET "mac" = r."mac"
    FROM ${listed(tx, "r", { id: "text", mac: "text" }, JSON.stringify(rows))} WHERE ${named}."id" = r."id"`);
}

/** Puts a keyring in the place of the one that is there. */
export async function replaceKeyring(
  tx: Db,
  { id, salt, kdf, wrapped }: KeyringRecord,
  head: KeyringHead,
  { createdAt, createdBy }: { createdAt: Date; createdBy: string },
): Promise<void> {
  await tx.wrappedKey.deleteMany();
  await tx.dataKey.deleteMany();
  await tx.keyring.deleteMany();
  await tx.keyring.create({ data: { ...head, id, salt, kdf, createdAt } });
  await addWraps(tx, id, wrapped);
  const storedBefore = await countStored(tx);
  const keyId = head.newestKeyId;
  await tx.dataKey.create({ data: { keyringId: id, keyId, createdAt, createdBy, storedBefore } });
}

/** The names and current versions of all secrets, the trash's too, by environment. */
export async function readSecretNames(
  db: Db,
): Promise<{ environment: string; secrets: [name: string, version: number][] }[]> {
  const environments = await db.environment.findMany({ orderBy: { slug: "asc" } });
  const all: { environment: string; secrets: [string, number][] }[] = [];
  for (const { id, slug } of environments) {
    const rows = await db.secret.findMany({
      ...{ where: { environmentId: id }, orderBy: { nameKey: "asc" } },
      select: { name: true, currentVersion: true },
    });
    const secrets = rows.map((row): [string, number] => [row.name, row.currentVersion]);
    if (secrets.length > 0) all.push({ environment: slug, secrets });
  }
  return all;
}
