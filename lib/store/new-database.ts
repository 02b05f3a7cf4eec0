import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { providerOf } from "./provider";
import type { CopyWatch } from "./row-sums";
import { sqlitePath } from "./sqlite";
import { hasNoRows } from "./sqlite-snapshot";

/** A database that is made beside its place, and is in its place only once it is whole. */
export interface NewDatabase {
  /** Where to make it: a SQLite file. Close every connection before it moves. */
  temporaryUrl: string;
  /** Whether there is no database in its place, or one without rows. */
  isFree(): Promise<boolean>;
  /** Moves it, durable, to where it belongs. False if there is something that came meanwhile. */
  moveIntoPlace(watch: CopyWatch): Promise<boolean>;
  /** Removes what is left of it, and of earlier ones whose process was killed. */
  clean(): void;
}

/** Prepares to make a database. One that is in its place has to have no rows. */
export async function newDatabase(
  databaseUrl: string,
  prismaDirectory: string,
): Promise<NewDatabase> {
  if (providerOf(databaseUrl) === "sqlite") return newDatabaseFile(databaseUrl);
  const { newDatabaseOnServer } = await import("./postgres/new-database");
  return newDatabaseOnServer(databaseUrl, prismaDirectory);
}

/** The same for a file. One that is there is replaced. */
export function newDatabaseFile(databaseUrl: string): NewDatabase {
  const path = sqlitePath(databaseUrl);
  const folder = dirname(path);
  const prefix = `${basename(path)}.restoring-`;
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${prefix}${String(process.pid)}-${randomUUID()}`);
  const existed = existsSync(path);
  function removeLeft(): void {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      const pid = name.startsWith(prefix) ? parseInt(name.slice(prefix.length), 10) : undefined;
      if (pid !== undefined && (pid === process.pid || !isRunning(pid))) {
        rmSync(join(folder, name), { force: true });
      }
    }
  }
  function clean(): void {
    removeLeft();
    if (made !== undefined) removeEmpty(folder, made);
  }
  function move(): boolean {
    sync(temporary);
    if (existed) for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    try {
      linkSync(temporary, path); // as a rename, but that it replaces nothing
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
      throw error;
    }
    rmSync(temporary);
    sync(folder);
    return true;
  }
  removeLeft();
  return {
    temporaryUrl: `file:${temporary}`,
    isFree: () => Promise.resolve().then(() => !existsSync(path) || hasNoRows(databaseUrl)),
    moveIntoPlace: () => Promise.resolve().then(move),
    clean,
  };
}

/** Removes the folders that were made, from the innermost out, as far as nothing is in them. */
function removeEmpty(folder: string, made: string): void {
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  if (folder !== made && dirname(folder) !== folder) removeEmpty(dirname(folder), made);
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether there is a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
