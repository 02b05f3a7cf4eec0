import { basename } from "node:path";
import { run } from "./run.mjs";

/** Runs npm: the one that runs this script if there is one, else the one on the PATH. */
export function npm(args, env = {}) {
  const cli = process.env.npm_execpath ?? "";
  if (/^npm-cli\.[cm]?js$/.test(basename(cli)))
    return run(process.execPath, [cli, ...args], { env });
  return run("npm", args, { env, shell: process.platform === "win32" });
}
