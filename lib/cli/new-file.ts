import { randomUUID } from "node:crypto";
import { linkSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CofferError } from "../errors";
import { UsageError } from "./command";

/**
 * Writes a file that is its owner's only, and is there under its name once it is whole and durable, or not at all.
 * Replaces nothing. Returns its length in bytes.
 * @throws UsageError where there is one of that name, CofferError `unavailable` where it can't be written
 */
export async function writeNewFile(path: string, content: AsyncIterable<Buffer>): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  let length = 0;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      for await (const piece of content) {
        await file.writeFile(piece);
        length += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    linkSync(temporary, path); // as a rename, but that it replaces nothing
    await syncFolder(dirname(path));
    return length;
  } catch (error) {
    throw inWords(error, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

const CAUSES: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "it is larger than files may be here",
  EACCES: "this folder may not be written to",
  EPERM: "this folder may not be written to",
  EROFS: "this folder may not be written to",
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
};

function inWords(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  const code = String(error.code);
  if (code === "EEXIST") return new UsageError(`${path} exists already. Nothing was changed.`);
  const cause = CAUSES[code] ?? code;
  return new CofferError(
    "unavailable",
    `${path} could not be written: ${cause}. No part of it was left.`,
    { cause: error },
  );
}
