import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, threadId } from "node:worker_threads";
import { isRunning } from "./new-database";

/*
 * Folders with copies of the audit record, which processes on PostgreSQL search and verify. They are found by the ids of
 * their process and thread, because a thread that is ended, or a process that is killed, leaves its own.
 */
const PREFIX = "coffer-record-";
const NAME = /^coffer-record-(\d+)-(\d+)-/;

let areLeftRemoved = false;

/**
 * Makes one. Its name can't be foretold and it is always new, so nothing in it is of another user, or of an earlier process
 * that had the same id.
 */
export function makeCopyFolder(): string {
  if (isMainThread) removeLeftCopies();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${String(process.pid)}-${String(threadId)}-`));
}

/** Removes, once, what earlier processes have left. Before a thread of this one makes a copy: in a container all have its id. */
export function removeLeftCopies(): void {
  if (areLeftRemoved) return;
  areLeftRemoved = true;
  removeCopies((pid) => pid === process.pid || !isRunning(pid));
}

/** Removes those of a thread of this process that has ended. */
export function removeCopiesOfThread(id: number): void {
  removeCopies((pid, thread) => pid === process.pid && thread === id);
}

/** In a folder that is everybody's, only what is this user's. What can't be removed is in nobody's way. */
function removeCopies(of: (pid: number, thread: number) => boolean): void {
  try {
    for (const name of readdirSync(tmpdir())) {
      const [, pid, thread] = NAME.exec(name) ?? [];
      if (pid === undefined || !of(Number(pid), Number(thread))) continue;
      removeIfMine(join(tmpdir(), name));
    }
  } catch {
    // No such folder, or none to read: who makes a copy in it is told.
  }
}

function removeIfMine(path: string): void {
  try {
    const found = lstatSync(path);
    if (found.isDirectory() && found.uid === process.getuid?.())
      rmSync(path, { recursive: true, force: true });
  } catch {
    // Gone meanwhile, or not to be removed.
  }
}
