import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { timeOf } from "./column";
import { providerOf } from "./provider";
import { sqlitePath } from "./sqlite";

/** What a vault holds that nobody can open, and who works on it. */
export interface Census {
  secrets: number;
  /** Versions that have a value. */
  values: number;
  services: number;
  people: number;
  /** E-mail addresses of the admins who are enabled, as the database has them. */
  admins: string[];
  instances: { seenAt: Date }[];
  /** By which time they were seen, where that is not the host's (`sharedTime`). */
  at: Date | null;
}

/** How long it waits for somebody who writes: nothing else is done meanwhile. */
const PATIENCE_MS = 5_000;

/** Counts what is there, of a database that may be of an older version. Changes nothing. */
export async function takeCensus(databaseUrl: string): Promise<Census> {
  if (providerOf(databaseUrl) === "sqlite") return takeFileCensus(databaseUrl);
  const { takePostgresCensus } = await import("./postgres/lost-vault");
  return takePostgresCensus(databaseUrl);
}

function takeFileCensus(databaseUrl: string): Census {
  const database = open(databaseUrl);
  try {
    const count = (what: string) =>
      database.prepare(`SELECT count(*) FROM ${what}`).pluck().get() as number;
    const admins = `SELECT "email" FROM "User" WHERE "role" = 'admin' AND "disabledAt" IS NULL ORDER BY 1`;
    const isThere = database.prepare(`SELECT 1 FROM sqlite_master WHERE "name" = 'Instance'`).get();
    const seen: unknown[] = isThere
      ? database.prepare(`SELECT "seenAt" FROM "Instance"`).pluck().all()
      : [];
    return {
      secrets: count(`"Secret"`),
      values: count(`"SecretVersion" WHERE "sealed" IS NOT NULL`),
      services: count(`"Service"`),
      people: count(`"User"`),
      admins: database.prepare(admins).pluck().all() as string[],
      instances: seen.map((seenAt) => ({ seenAt: timeOf(seenAt) })),
      at: null,
    };
  } finally {
    database.close();
  }
}

export interface CopyOptions {
  databaseUrl: string;
  prismaDirectory: string;
  /** Of a PostgreSQL database: the path of the file to copy it into. */
  copyTo: string | null;
  at: Date;
}

/**
 * Copies the database as it is at one moment into a SQLite file, durable, and there whole or not at all: beside the one
 * that it is in, or where it is told. Returns its path.
 * @throws Error where there is no room
 */
export async function copyDatabase(options: CopyOptions): Promise<string> {
  const { databaseUrl, prismaDirectory, copyTo, at } = options;
  if (providerOf(databaseUrl) === "sqlite") return copyFile(databaseUrl, at);
  if (copyTo === null)
    throw new TypeError("What is on a server is copied into a file that is named.");
  const { copyToFile } = await import("./postgres/lost-vault");
  await copyToFile(databaseUrl, prismaDirectory, copyTo);
  return copyTo;
}

function copyFile(databaseUrl: string, at: Date): string {
  const path = sqlitePath(databaseUrl);
  const copy = `${path}.before-reset-${at.toISOString().replaceAll(/[-:]|\..*$/g, "")}Z`;
  const partial = `${path}.before-reset.partial`;
  rmSync(partial, { force: true }); // of one that was killed
  const database = open(databaseUrl);
  try {
    database.prepare("VACUUM INTO ?").run(partial);
    sync(partial);
    if (existsSync(copy)) throw new Error("There is a copy of this second already.");
    renameSync(partial, copy);
    sync(dirname(copy));
    return copy;
  } finally {
    database.close();
    rmSync(partial, { force: true });
  }
}

function open(databaseUrl: string): Database {
  const options = { readonly: true, fileMustExist: true, timeout: PATIENCE_MS };
  return new Database(sqlitePath(databaseUrl), options);
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
