import { timeText } from "./column";
import { listed, type ColumnType } from "./dialect";
import { Prisma } from "./generated/sqlite/client";
import type { Db } from "./store";

/** A secret that is written with many others. */
export interface NewSecretRow {
  id: string;
  environmentId: string;
  name: string;
  nameKey: string;
  description: string;
  tags: string;
  searchKey: string;
  currentVersion: number;
  highestVersion: number;
  expiresAt: Date | null;
  rotateEveryDays: number | null;
  rotateDueAt: Date | null;
  createdAt: Date;
  createdBy: string;
  rotatedAt: Date;
  rotatedBy: string;
  mac: string;
}

export interface NewVersionRow {
  secretId: string;
  version: number;
  sealed: string;
  createdAt: Date;
  createdBy: string;
}

/** What becomes of a secret that gets a new version. */
export interface RotatedRow {
  id: string;
  currentVersion: number;
  highestVersion: number;
  rotatedAt: Date;
  rotatedBy: string;
  rotateDueAt: Date | null;
  mac: string;
}

/** What is to be told apart when a name is looked at twice: the row's MAC, and the highest version of one purged. */
export interface NameMark {
  mac: string | null;
  purgedVersion: number;
}

/** Rows in one statement: a few milliseconds, after which the event loop has its turn. */
const ROWS_AT_ONCE = 250;
/** Characters of them, roughly: values of 64 KiB count more than their number. */
const CHARACTERS_AT_ONCE = 1_048_576;

const SECRET = {
  ...({ id: "text", environmentId: "text", name: "text", nameKey: "text" } as const),
  ...({ description: "text", tags: "text", searchKey: "text" } as const),
  ...({ currentVersion: "int", highestVersion: "int", expiresAt: "time" } as const),
  ...({
    rotateEveryDays: "int",
    rotateDueAt: "time",
    createdAt: "time",
    createdBy: "text",
  } as const),
  ...({ rotatedAt: "time", rotatedBy: "text", mac: "text" } as const),
} satisfies Record<keyof NewSecretRow, ColumnType>;
const VERSION = {
  ...({ secretId: "text", version: "int", sealed: "text" } as const),
  ...({ createdAt: "time", createdBy: "text" } as const),
} satisfies Record<keyof NewVersionRow, ColumnType>;
const ROTATED = {
  ...({ id: "text", currentVersion: "int", highestVersion: "int", rotatedAt: "time" } as const),
  ...({ rotatedBy: "text", rotateDueAt: "time", mac: "text" } as const),
} satisfies Record<keyof RotatedRow, ColumnType>;

const named = (columns: object): Prisma.Sql =>
  Prisma.raw(
    Object.keys(columns)
      .map((name) => `"${name}"`)
      .join(", "),
  );

/** What stands under each of the names, also under those that nothing stands under. */
export async function readNameMarks(
  db: Db,
  environmentId: string,
  nameKeys: readonly string[],
): Promise<Map<string, NameMark>> {
  const rows = await db.$queryRaw<
    { nameKey: string; mac: string | null; purged: number | bigint | null }[]
  >(Prisma.sql`
    SELECT n."nameKey" AS "nameKey", s."mac" AS "mac", p."highestVersion" AS "purged"
    FROM ${listed(db, "n", { nameKey: "text" }, JSON.stringify(nameKeys.map((nameKey) => ({ nameKey }))))}
    LEFT JOIN "Secret" s ON s."environmentId" = ${environmentId} AND s."nameKey" = n."nameKey"
    LEFT JOIN "PurgedName" p ON p."environmentId" = ${environmentId} AND p."nameKey" = n."nameKey"`);
  return new Map(
    rows.map(({ nameKey, mac, purged }) => [nameKey, { mac, purgedVersion: Number(purged ?? 0) }]),
  );
}

/**
 * Writes new secrets, their versions, and what becomes of those that get a new version. A statement for many rows
 * each: with one for each row, ten thousand would hold the write lock for seconds.
 */
export async function writeImported(
  tx: Db,
  rows: { secrets: NewSecretRow[]; versions: NewVersionRow[]; rotated: RotatedRow[] },
  /** Is told which part of it is written: from 0 to 1. */
  told: (part: number) => void,
): Promise<void> {
  const all = rows.secrets.length + rows.versions.length + rows.rotated.length;
  let done = 0;
  const written = (count: number) => told((done += count) / all);
  for (const { json, count } of portions(rows.secrets)) {
    await tx.$executeRaw(Prisma.sql`
      INSERT INTO "Secret" (${named(SECRET)}) SELECT ${named(SECRET)} FROM ${listed(tx, "r", SECRET, json)}`);
    written(count);
  }
  for (const { json, count } of portions(rows.versions)) {
    await tx.$executeRaw(Prisma.sql`
      INSERT INTO "SecretVersion" (${named(VERSION)}) SELECT ${named(VERSION)} FROM ${listed(tx, "r", VERSION, json)}`);
    written(count);
  }
  for (const { json, count } of portions(rows.rotated)) {
    await tx.$executeRaw(Prisma.sql`
      UPDATE "Secret" SET "currentVersion" = r."currentVersion", "highestVersion" = r."highestVersion",
        "rotatedAt" = r."rotatedAt", "rotatedBy" = r."rotatedBy", "rotateDueAt" = r."rotateDueAt", "mac" = r."mac"
      FROM ${listed(tx, "r", ROTATED, json)} WHERE "Secret"."id" = r."id"`);
    written(count);
  }
}

/** The rows as JSON lists that one statement each can take, and how many are in each. */
function* portions(rows: readonly object[]): Generator<{ json: string; count: number }> {
  let portion: string[] = [];
  let size = 0;
  for (const row of rows) {
    const text = JSON.stringify(row, replaceTimes);
    if (portion.length === ROWS_AT_ONCE || size + text.length > CHARACTERS_AT_ONCE) {
      if (portion.length > 0) yield listOf(portion);
      portion = [];
      size = 0;
    }
    portion.push(text);
    size += text.length;
  }
  if (portion.length > 0) yield listOf(portion);
}

function listOf(portion: readonly string[]): { json: string; count: number } {
  return { json: `[${portion.join(",")}]`, count: portion.length };
}

/** Times as Prisma's adapter writes them, so that they compare as text with those that it wrote. */
function replaceTimes(this: unknown, key: string, value: unknown): unknown {
  const own = (this as Record<string, unknown>)[key];
  return own instanceof Date ? timeText(own) : value;
}
