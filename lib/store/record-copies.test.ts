import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

const MINE = String(process.pid);
const LIVE = String(process.ppid);
const DEAD = String(2 ** 31 - 1); // above every id that there is

/** The module as a process begins with it, in a temporary folder of its own. */
let folder: string;
let copies: typeof import("./record-copies");

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "coffer-copies-"));
  vi.stubEnv("TMPDIR", folder);
  vi.resetModules();
  copies = await import("./record-copies");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
});

function put(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "record.db"), "left");
  return path;
}

test("each copy has a new folder that is this user's alone", () => {
  const made = [copies.makeCopyFolder(), copies.makeCopyFolder()];
  expect(new Set(made).size).toBe(2);
  for (const path of made) {
    expect(readdirSync(path)).toEqual([]);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
});

test("what an earlier process has left is removed, also one that had this id; what a live one has is not", () => {
  const left = [put(`coffer-record-${MINE}-0-1`), put(`coffer-record-${DEAD}-0-abcdef`)];
  const live = put(`coffer-record-${LIVE}-0-abcdef`);
  copies.makeCopyFolder();
  expect(left.filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(live)).toBe(true);
});

test("a link and a file of such a name are left, and are in nobody's way; nor is there an error before a copy is made", () => {
  const elsewhere = put("elsewhere");
  symlinkSync(elsewhere, join(folder, `coffer-record-${DEAD}-0-a`));
  writeFileSync(join(folder, `coffer-record-${DEAD}-0-b`), "");
  expect(copies.makeCopyFolder()).toContain(folder);
  expect(readdirSync(elsewhere)).toEqual(["record.db"]);
  vi.stubEnv("TMPDIR", join(folder, "none"));
  expect(() => copies.removeCopiesOfThread(0)).not.toThrow();
  expect(() => copies.makeCopyFolder()).toThrow("ENOENT");
});

test("a thread's copies go with it, those of this process's others stay", () => {
  copies.removeLeftCopies();
  const its = put(`coffer-record-${MINE}-7-abcdef`);
  const others = [put(`coffer-record-${MINE}-77-abcdef`), copies.makeCopyFolder()];
  copies.removeCopiesOfThread(7);
  expect(existsSync(its)).toBe(false);
  expect(others.filter((path) => !existsSync(path))).toEqual([]);
});
