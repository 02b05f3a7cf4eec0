import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * Folders with copies of the audit record, which processes on PostgreSQL search and verify. They are found by the id of
 * their process, because a thread that is ended, or a process that is killed, leaves its own.
 */
const PREFIX = "coffer-record-";

/** The path of one of this process. */
export function copyFolder(name: string): string {
  return join(tmpdir(), `${PREFIX}${String(process.pid)}-${name}`);
}

/** Removes those of the processes named: those of this one unless given. */
export function removeCopies(of: (pid: number) => boolean = (pid) => pid === process.pid): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? parseInt(name.slice(PREFIX.length), 10) : NaN;
    if (pid > 0 && of(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
