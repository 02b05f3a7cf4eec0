import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { inRoot } from "./root.mjs";

/** What never changes a build: tests, and what is generated from files that are hashed anyway. */
const SKIPPED = /\.test\.tsx?$|^generated$|^\.|~$/;

function* filesIn(path) {
  const entry = statSync(inRoot(path), { throwIfNoEntry: false });
  if (entry?.isFile()) yield path;
  if (!entry?.isDirectory()) return;
  for (const name of readdirSync(inRoot(path)).sort()) {
    if (!SKIPPED.test(name)) yield* filesIn(join(path, name));
  }
}

/** SHA-256 over the names and contents of files and whole folders of the project. Missing ones count as such. */
export function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of filesIn(path)) {
      const content = readFileSync(inRoot(file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

/** A file that says from what something was made. Written last, removed first: unfinished work has none. */
export const stamp = {
  says(file, text) {
    try {
      return readFileSync(inRoot(file), "utf8") === text;
    } catch {
      return false;
    }
  },
  remove(file) {
    rmSync(inRoot(file), { force: true });
  },
  write(file, text) {
    mkdirSync(dirname(inRoot(file)), { recursive: true });
    writeFileSync(inRoot(`${file}.new`), text);
    renameSync(inRoot(`${file}.new`), inRoot(file));
  },
};
