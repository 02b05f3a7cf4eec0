import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { npm } from "./npm.mjs";

/**
 * Node's C++ headers, which compiling better-sqlite3 takes. node-gyp would download them from nodejs.org;
 * most installations of Node have them already.
 */
function versionOf(nodeFolder) {
  const file = join(nodeFolder, "include", "node", "node_version.h");
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return `${part("MAJOR")}.${part("MINOR")}.${part("PATCH")}`;
}

/** The folder to give node-gyp as `nodedir`: the running Node's own, if it has its headers beside it. */
export function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return versionOf(prefix) === process.versions.node ? prefix : undefined;
}

/**
 * Gives `work` a `nodedir` from the npm package that carries this very version of Node with its headers,
 * for networks that reach the npm registry but not nodejs.org. Undefined if there is no such package.
 */
export async function withFetchedHeaders(work) {
  const os = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${os}-${process.arch}`;
  const folder = mkdtempSync(join(tmpdir(), "coffer-node-headers-"));
  try {
    const wanted = `${name}@${process.versions.node}`;
    await npm(["install", "--prefix", folder, "--no-save", "--ignore-scripts", wanted]);
    const headers = join(folder, "node_modules", name);
    return versionOf(headers) === process.versions.node ? await work(headers) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
