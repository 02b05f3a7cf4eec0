import { spawn } from "node:child_process";
import { root } from "./root.mjs";

/** Something the user has to act on. The commands print its message, without a stack, and exit 1. */
export class SetupError extends Error {}

const children = new Set();

const SECRETS =
  /^(TYK_AI_SECRET_KEY|TYK_AI_SECRET_KEY_PREVIOUS|COFFER_ADMIN_PASSWORD|COFFER_BACKUP_PASSPHRASE|DATABASE_URL(_DIRECT)?|COFFER_AUDIT_WEBHOOK_(URL|SECRET)|COFFER_OIDC_[A-Z0-9_]+_CLIENT_SECRET)$/i;

/**
 * The environment of every program that is started here: no telemetry, no downloads on the side, and no secrets, because
 * installing and building need none and run code of many packages. The address of a webhook may have one in it.
 */
export const quietEnv = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !SECRETS.test(name))),
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
  // Prisma wants an engine that Coffer does not use, and would download it: any executable will do.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
});

/**
 * Runs a program to its end. With `show`, its output goes to the terminal; otherwise it is returned. An
 * `env` entry that is undefined is removed. Never rejects: a program that can't be started has code 127.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, show?: boolean, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { env = {}, cwd = root, show = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const stdio = show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd, shell, stdio, env: { ...quietEnv(), ...env } });
    children.add(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    const end = (code) => {
      children.delete(child);
      resolve({ code, output });
    };
    child.on("error", (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/** Runs one of the project's own Node programs; see `run`. */
export const runNode = (args, options) => run(process.execPath, args, options);

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Does `work`; a signal meanwhile ends the programs it started, then this process. */
export async function interruptible(work) {
  const stop = (signal) => {
    for (const child of children) child.kill(signal);
    process.exit(128 + SIGNALS[signal]);
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, stop);
  }
}
